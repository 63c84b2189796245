"""A page as files: its tables, its figures as pictures."""
