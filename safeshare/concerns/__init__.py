"""Intake, routing, choice of holders, the case and its grants."""
