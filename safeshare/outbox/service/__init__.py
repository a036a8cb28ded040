"""Promising mail, and sending what was promised."""
