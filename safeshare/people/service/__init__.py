"""Use cases of accounts: setting an installation up, joining, signing in."""
