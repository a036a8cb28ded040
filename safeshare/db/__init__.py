"""The relational base: column types, naming convention, engines and sessions."""
