"""Pages for administrators of the platform: files handed in, versions taken back."""
