"""Random identifiers. Never ordered by time, so that an id tells nothing of when."""

import secrets
from uuid import UUID, uuid4

ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""Digits and capitals that cannot be mistaken for one another or spell a word."""


def new_id() -> UUID:
    """A random UUIDv4 (RFC 9562 section 5.4)."""
    return uuid4()


def new_reference() -> str:
    """A case's public number, `SS-XXXX-XXXX`: 38 random bits, so that it tells no order."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"SS-{letters[:4]}-{letters[4:]}"
