"""How answers leave the site: addresses, limits, static files, headers."""
