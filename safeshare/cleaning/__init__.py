"""Takes out of a file what may say who made it, in a child process of little time and memory.

The web's own process never parses what a stranger sent: it seals the bytes, hands them to the child
through a pipe, and seals what comes back. Nothing here knows a case, a database or a key.
"""
