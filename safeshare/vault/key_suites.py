"""The vault's part for the suites of people's own keys: which is today's, and going over to it.

Nothing here needs a key file.
"""

from dataclasses import dataclass, field

from safeshare.kernel.sealed import PrivateKey, PublicKey, Sealed
from safeshare.vault import hpke


@dataclass(frozen=True)
class KeySuites:
    """`key_suite` is that of new keys; what is sealed to a key of another suite still opens for
    whoever has it (ADR 0017).
    """

    key_suite: int = field(default=hpke.HYBRID, kw_only=True)

    def fits(self, private_key: PrivateKey, public_key: PublicKey) -> bool:
        """Whether two halves belong together. Of a ring, its key of the public half's suite."""
        suite = public_key.raw[0] if public_key.raw else 0
        return suite in hpke.keys_in(private_key) and (
            hpke.public_half(private_key, suite) == public_key
        )

    def public_half(self, private_key: PrivateKey) -> PublicKey:
        """What is sealed to from now on to reach whoever has this key."""
        return hpke.public_half(private_key)

    def is_of_today(self, key: PublicKey | Sealed) -> bool:
        """Whether a person's key, or what is sealed to one, is of today's suite."""
        raw = key.raw if isinstance(key, PublicKey) else key.blob
        return raw[:1] == bytes([self.key_suite])

    def is_key_of_today(self, private_key: PrivateKey) -> bool:
        """Whether the key in use is of today's suite."""
        return next(iter(hpke.keys_in(private_key))) == self.key_suite

    def has_older_keys(self, private_key: PrivateKey) -> bool:
        """Whether it is a ring: somebody went over to another suite since the account was made."""
        return len(hpke.keys_in(private_key)) > 1

    def with_key_of_today(self, private_key: PrivateKey) -> PrivateKey:
        """A ring with a key of today's suite before the others: drawn anew, so that nobody who has
        another of them can tell it. One that is in the ring already is taken again, for something
        may still be sealed to it.
        """
        known = hpke.keys_in(private_key).get(self.key_suite)
        newest = (
            hpke.new_private_key(self.key_suite)
            if known is None
            else hpke.private_key_from(known, self.key_suite)
        )
        return hpke.ring_of(newest, private_key)
