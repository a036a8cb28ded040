"""Making, settling and sweeping promises."""
