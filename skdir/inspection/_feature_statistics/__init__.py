"""The similarity of the features of a network by target."""
