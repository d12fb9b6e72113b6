"""Scorers by balanced errors, relevance and shot."""
