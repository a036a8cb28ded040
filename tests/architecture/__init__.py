"""What must hold for the tree as a whole, whatever the code in it does."""
