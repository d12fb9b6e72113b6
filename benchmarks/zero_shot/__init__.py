"""Targets that no training row has."""
