"""The web server: `python -m data.server`. A parent holds the port, workers answer requests."""
