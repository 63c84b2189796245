"""Workspaces of practices and PCNs: who belongs to them, their presets and documents."""
