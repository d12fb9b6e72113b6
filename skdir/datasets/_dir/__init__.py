"""The five benchmarks of deep imbalanced regression (DIR)."""
