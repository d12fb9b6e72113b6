"""Fits of an estimator inside another: weights, rows, samplers in pipelines, folds and seeds."""
