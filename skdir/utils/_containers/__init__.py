"""Tables and targets in their containers: numbers out of them, rows of their type back."""
