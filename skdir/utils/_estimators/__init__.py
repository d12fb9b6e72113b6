"""Base classes and decorators of the estimators."""
