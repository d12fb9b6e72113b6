"""Errors by shot: labels, the report, its metrics and their intervals."""
