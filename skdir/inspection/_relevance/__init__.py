"""The curve of a relevance over the targets that it is for."""
