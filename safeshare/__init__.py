"""SafeShare: a confidential way to raise a concern at work, and the casework behind it."""

__version__ = "0.1.0"
