"""The pipeline for pairs of sentences."""
