"""Arithmetic of targets: bins, ranges, order statistics, kernels, logarithms and weights."""
