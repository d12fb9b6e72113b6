"""Tools for developers: checks that third-party weighters can run on themselves."""

from skdir.utils._validation import check_bins, check_sample_weight, check_target

__all__ = ["check_bins", "check_sample_weight", "check_target"]
