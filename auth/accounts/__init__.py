"""Accounts: made, signed in to, changed, looked after by administrators, deleted."""
