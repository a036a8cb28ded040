"""Things that people have on them, made of software."""
