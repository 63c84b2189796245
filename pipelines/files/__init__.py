"""Files of publishers: what they are, what they hold, and how they are opened safely."""
