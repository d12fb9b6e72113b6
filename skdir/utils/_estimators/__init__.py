"""What estimators share: base classes, constraints, tags and a decorator."""
