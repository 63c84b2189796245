"""Names of organisations: how they are written on pages, and how they are found."""
