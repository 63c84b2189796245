"""API keys: asked for, issued, and let through request by request."""
