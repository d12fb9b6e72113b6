"""The five DIR benchmarks."""
