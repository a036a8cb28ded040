"""Mail and pages promised in the same transaction as their cause."""
