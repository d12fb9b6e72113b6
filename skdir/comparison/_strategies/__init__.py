"""Strategies: what is built in, what is deep, and how they are grouped."""
