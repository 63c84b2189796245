"""E-mails: written, put where they wait, sent."""
