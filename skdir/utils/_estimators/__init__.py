"""What estimators share: base classes, frozen values, constraints, tags and a decorator."""
