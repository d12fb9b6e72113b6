"""Fifteen tables of the literature, eleven strategies, ranks and tests of them."""
