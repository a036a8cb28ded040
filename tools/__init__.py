"""What developers and `make` run. No part of the product."""
