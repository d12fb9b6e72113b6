"""Neighbors of rows: the space of distances and the searches in it."""
