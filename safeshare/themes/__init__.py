"""Parcels, facts and releases: what leaders may see."""
