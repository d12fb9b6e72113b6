"""The error by target region over the training counts."""
