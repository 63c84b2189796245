"""What an account adds to the tools: linked practices and PCNs, workspaces, presets, documents."""
