"""The pages of accounts: plain forms that work without scripts."""
