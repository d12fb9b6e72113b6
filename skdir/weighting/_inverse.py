"""Weights by the inverse frequency of target bins (INV, SQINV)."""

from numbers import Integral

import numpy as np

from skdir.utils._sklearn_compat import Interval, StrOptions
from skdir.utils._targets.bins import TargetBins
from skdir.utils._targets.weights import counting_weights
from skdir.utils._validation import drop_unweighted, parameter_error
from skdir.weighting._base import BaseWeighter
from skdir.weighting._binned import (
    REWEIGHT_CONSTRAINT,
    BinWeights,
    inverse_power,
    reweight_exponent,
)
from skdir.weighting._scale import RawWeights


class InverseFrequencyWeighter(BaseWeighter):
    r"""Sample weights by the inverse frequency of the target's bin.

    The baselines INV and SQINV: the target is cut into bins and a row weighs the inverse (or a
    power of it) of the number of training rows in its bin, whatever the neighbouring bins hold.

    Parameters
    ----------
    bins : "auto", "integer", int or array-like of shape (n_bins + 1,), default="auto"
        "auto" takes the finer of Sturges' and Freedman and Diaconis' rules, at most 1,000 bins
        and whole numbers wide if all targets are whole; "integer" one bin per integer; a number
        bins of equal width over the range of y; an array the edges.

    reweight : {"inverse", "sqrt_inverse"} or float, default="sqrt_inverse"
        Power of the inverse frequency: 1 (INV), 0.5 (SQINV) or any number from 0 to 1.

    clip : tuple of (float, float), default=None
        Bounds of the weights. The weights between them are scaled so that the mean stays 1.

    Attributes
    ----------
    bin_edges_ : ndarray of shape (n_bins + 1,)
        Edges of the bins, in units of y.

    counts_ : ndarray of shape (n_bins,)
        Number of targets in each bin, as the sample weights count them: whole ones are numbers of
        targets, others are scaled to mean 1.

    effective_sample_size_ : float
        :math:`(\sum w)^2 / \sum w^2`.

    See Also
    --------
    LDSWeighter : The same with smoothing, so that a weight depends on the neighbourhood.

    Notes
    -----
    With :math:`n_b` rows per unit of y in the row's bin and the exponent a,
    :math:`w \propto n_b^{-a}`, scaled to mean 1 over the training rows. Targets in an empty bin or
    outside of the bins weigh as much as the rarest training row. The cost is O(n), and O(n log n)
    for ``bins="auto"``.

    References
    ----------
    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> from skdir.weighting import InverseFrequencyWeighter
    >>> weighter = InverseFrequencyWeighter(bins=2, reweight="inverse")
    >>> weighter.fit_transform([0.0, 0.1, 0.2, 1.0])
    array([0.66666667, 0.66666667, 0.66666667, 2.        ])
    """

    _parameter_constraints: dict = {
        "bins": [
            StrOptions({"auto", "integer"}),
            Interval(Integral, 1, None, closed="left"),
            "array-like",
        ],
        "reweight": REWEIGHT_CONSTRAINT,
        "clip": ["array-like", None],
    }

    def __init__(self, *, bins="auto", reweight="sqrt_inverse", clip=None):
        self.bins = bins
        self.reweight = reweight
        self.clip = clip

    def _raw_weights(self, y, sample_weight):
        caller = type(self).__name__
        sample_weight, y = drop_unweighted(sample_weight, y)
        bins = TargetBins.of(self.bins, y, sample_weight, caller=caller)
        index, widths = bins.index(y), bins.widths
        counts = bins.sums(index, counting_weights(sample_weight)).astype(np.float64)
        with np.errstate(over="ignore", invalid="ignore"):
            narrowness = widths.max() / widths
        if not np.isfinite(narrowness).all():
            raise parameter_error(
                "bins",
                caller,
                "of widths whose ratios float64 holds",
                f"widths from {widths.min():g} to {widths.max():g}",
            )
        values = inverse_power(counts * narrowness, reweight_exponent(self.reweight))
        self.bin_edges_, self.counts_ = bins.edges, counts
        self._rule = BinWeights(bins, values)
        return RawWeights(values, counts, index)

    def _raw(self, y):
        return self._rule(y)
