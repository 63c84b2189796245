"""What the site is measured against: the least that could serve the same rows, and the usual."""
