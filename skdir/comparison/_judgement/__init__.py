"""Judgements from the results of a comparison: changes, recommendation, finding."""
