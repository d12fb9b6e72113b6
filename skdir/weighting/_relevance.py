"""Weights by the relevance of the target."""

from numbers import Real

import numpy as np

from skdir.relevance import RelevanceFunction, check_relevance, relevance_values
from skdir.utils._estimators.components import DefaultComponents
from skdir.utils._estimators.relevance import RELEVANCE
from skdir.utils._sklearn_compat import Interval
from skdir.utils._targets.weights import counting_weights
from skdir.utils._validation import drop_unweighted, parameter_error
from skdir.weighting._base import BaseWeighter
from skdir.weighting._scale import RawWeights

# The square of a smaller relevance is lost in float64.
_NOTHING = 1e-100


class RelevanceWeighter(DefaultComponents, BaseWeighter):
    r"""Sample weights proportional to the relevance of the target.

    A squared loss with these weights is the squared error-relevance area (SERA) of the training
    rows, up to a factor: whatever minimises the one minimises the other.

    Parameters
    ----------
    relevance : RelevanceFunction, callable or array-like of shape (n_samples,), default=None
        Relevance of targets, in [0, 1]. An estimator with `fit` and `transform` is cloned and
        fitted to the training targets; to keep a fitted one as it is, pass its method `transform`.
        A function maps targets to relevances. An array holds the relevance of each training row.
        None is ``RelevanceFunction()``.

    floor : float, default=0.0
        The least relevance, in [0, 1]: targets of a smaller one count as if they had it. With 0
        the targets in the middle weigh next to nothing and those of relevance 0 nothing; with 1
        all rows weigh alike.

    Attributes
    ----------
    relevance_ : RelevanceFunction, callable or ndarray of shape (n_samples,)
        The relevance in use: the fitted clone, or the function or the array itself.

    effective_sample_size_ : float
        :math:`(\sum w)^2 / \sum w^2`.

    See Also
    --------
    skdir.relevance.RelevanceFunction : What is relevant, by box plot, quantiles or density.
    DenseWeighter : Weights that fall linearly with the density.

    Notes
    -----
    With the relevance :math:`\phi` and the floor f, :math:`w(y) \propto \max(\phi(y), f)`, scaled
    to mean 1 over the training rows. For f = 0 the weighted squared loss is proportional to

    .. math:: \mathrm{SERA} = \int_0^1 \sum_{i:\,\phi(y_i) \ge t} (\hat y_i - y_i)^2 \, dt
        = \sum_i \phi(y_i) (\hat y_i - y_i)^2.

    A row of weight 0 is no row to a loss, but it is one to rules that count rows, such as the least
    number of rows in a leaf.

    An unseen target weighs at most as much as the most relevant training row. With an array only
    the training targets have weights.

    Targets without relevance are an error: that of the relevance where it cannot be fitted, and
    otherwise one that names the floor.

    The cost is that of the relevance, O(n log n) to fit a
    :class:`~skdir.relevance.RelevanceFunction`, and O(n).

    References
    ----------
    Ribeiro, R. P. and Moniz, N. (2020). Imbalanced regression and extreme value prediction.
    Machine Learning 109, 1803-1835. :doi:`10.1007/s10994-020-05900-9`

    Silva, A., Ribeiro, R. P. and Moniz, N. (2022). Model optimization in imbalanced regression.
    Discovery Science. :doi:`10.48550/arXiv.2206.09991`

    Examples
    --------
    >>> from skdir.weighting import RelevanceWeighter
    >>> y = [2, 3, 3, 4, 4, 4, 5, 5, 6, 30]
    >>> weighter = RelevanceWeighter(floor=0.1).fit(y)
    >>> weighter.transform([4, 5, 6, 30]).round(2)
    array([0.28, 1.39, 2.78, 2.78])
    """

    _parameter_constraints: dict = {
        "relevance": [*RELEVANCE, None],
        "floor": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(self, *, relevance=None, floor=0.0):
        self.relevance = relevance
        self.floor = floor

    def _default_components(self):
        return {"relevance": RelevanceFunction}

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.weighter_tags.allows_zero = self.floor == 0
        tags.weighter_tags.refuses_degenerate = True
        return tags

    def _raw_weights(self, y, sample_weight):
        # with the rows of zero weight: an array has a relevance for them, too
        caller = type(self).__name__
        relevance, values = check_relevance(self.relevance, y, sample_weight, caller=caller)
        masses, values = drop_unweighted(sample_weight, values)
        floor = float(self.floor)
        if max(values.max(), floor) < _NOTHING:
            raise parameter_error(
                "relevance",
                caller,
                "above 0 for some training target (or the floor above 0)",
                f"{values.max():g} for all {len(values)} targets",
            )
        self.relevance_, self._floor = relevance, floor
        self._training = y.copy() if isinstance(relevance, np.ndarray) else None
        return RawWeights(np.maximum(values, floor), counting_weights(masses))

    def _raw(self, y):
        caller = f"{type(self).__name__}.transform"
        if self._training is not None and not np.array_equal(y, self._training):
            raise parameter_error(
                "y",
                caller,
                "the training targets, for which alone an array gives the relevance (a function "
                "or a RelevanceFunction would know others)",
                f"{len(y)} other targets",
            )
        return np.maximum(relevance_values(self.relevance_, y, caller=caller), self._floor)
