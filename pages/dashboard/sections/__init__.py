"""The sections that every dashboard has, a module each."""
