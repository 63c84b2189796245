"""Backups of everything that cannot be fetched again, and their way back."""
