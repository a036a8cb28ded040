"""The private servers that a test run starts for itself and stops again."""
