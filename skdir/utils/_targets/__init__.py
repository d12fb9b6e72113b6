"""Arithmetic of targets: bins, order statistics, kernels, correlation and weights of rows."""
