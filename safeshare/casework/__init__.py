"""Triage, conflict of interest, messages, status and outcome."""
