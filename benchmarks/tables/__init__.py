"""Strategies on tables."""
