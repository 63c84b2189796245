"""What several publishers share in how their tables are written."""
