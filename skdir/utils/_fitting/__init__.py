"""Fits of an estimator inside another: weights, folds and seeds."""
