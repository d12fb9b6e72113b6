"""Tools for developers: validation of targets, weights and bins; `estimator_checks` has checks."""

from skdir.utils._validation import check_bins, check_sample_weight, check_target

__all__ = ["check_bins", "check_sample_weight", "check_target"]
