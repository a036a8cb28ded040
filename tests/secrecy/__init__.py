"""What a thief of the database, Redis, the logs or the mail finds: nothing that was said."""
