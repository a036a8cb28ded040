"""Who may do what. Pure: an action, an actor and facts go in, yes or no comes out."""
