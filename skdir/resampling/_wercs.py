"""Sampling of single rows by their relevance (WERCS)."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

from skdir.relevance import check_relevance
from skdir.resampling._base import CATEGORICAL_CONSTRAINT, NewRows, RegressionSampler
from skdir.resampling._docs import complete_docs
from skdir.resampling._gaussian_noise import noisy_targets
from skdir.resampling._plan import MOST_ROWS, is_learned
from skdir.utils._estimators.relevance import RELEVANCE
from skdir.utils._sklearn_compat import Interval
from skdir.utils._text.warnings import warn_user
from skdir.utils._validation import parameter_error


@dataclass(frozen=True)
class RelevancePlan:
    """The relevance of each row, and how many rows to add and to remove by it."""

    relevance: np.ndarray
    n_added: int
    n_removed: int


@complete_docs
class WERCS(RegressionSampler):
    r"""Repeat rows by their relevance, and remove rows by the lack of it.

    Weighted relevance-based combination strategy: there is no threshold, and there are no bumps.

    Parameters
    ----------
    over : float, default=0.5
        Rows to add, as a share of all rows; rounded down.

    under : float, default=0.5
        Rows to remove, as a share of all rows in [0, 1); rounded down. Of the rows whose relevance
        is below 1, one stays: with a relevance that is fitted to y fewer are removed then, with a
        warning, and with a function or an array more are an error.

    noise : bool, default=False
        Whether the added rows get Gaussian noise.

    perturbation : float, default=0.1
        With noise: its standard deviation, as a share of that of each numeric feature, and of the
        target, over all rows.

    {relevance}

    {categorical_features}
        Used with noise alone, which draws levels by their frequency over all rows.

    {random_state}

    Attributes
    ----------
    relevance_ : object
        The fitted relevance.

    sampling_strategy_ : dict of str to int
        Numbers of rows added ("over") and removed ("under").

    {row_attributes}

    See Also
    --------
    RandomOverSampler : Repeat the rows of rare bumps.
    skdir.weighting.RelevanceWeighter : Weigh rows by relevance instead of repeating them.

    Notes
    -----
    Rows to add are drawn with replacement with probabilities proportional to the relevance
    :math:`\varphi`, rows to remove without replacement and in proportion to
    :math:`1 - \varphi`; both from the original rows. (The R package UBL draws the latter with
    replacement, so that the number that it removes is random.) Noise is that of
    :class:`GaussianNoise`, with the deviations of all rows, and makes no impossible targets either.
    Without noise X may hold anything, and a Series or DataFrame keeps the labels of its index. The
    cost is O(n log n).

    References
    ----------
    {branco_2019}

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.resampling import WERCS
    >>> rng = np.random.default_rng(0)
    >>> X, y = rng.normal(size=(1000, 3)), rng.gamma(1.0, size=1000)
    >>> X_new, y_new = WERCS(over=0.8, under=0.2, random_state=0).fit_resample(X, y)
    >>> X_new.shape, bool(y_new.mean() > y.mean())
    ((1600, 3), True)
    """

    _parameter_constraints: dict = {
        "over": [Interval(Real, 0, None, closed="left")],
        "under": [Interval(Real, 0, 1, closed="left")],
        "noise": ["boolean"],
        "perturbation": [Interval(Real, 0, None, closed="left")],
        "relevance": [*RELEVANCE, None],
        "categorical_features": CATEGORICAL_CONSTRAINT,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        *,
        over=0.5,
        under=0.5,
        noise=False,
        perturbation=0.1,
        relevance=None,
        categorical_features="auto",
        random_state=None,
    ):
        self.over = over
        self.under = under
        self.noise = noise
        self.perturbation = perturbation
        self.relevance = relevance
        self.categorical_features = categorical_features
        self.random_state = random_state

    @property
    def _reads_features(self):
        """Copies are made of rows of any kind; noise needs to read them."""
        return self.noise

    def _learn(self, y):
        """Fit the relevance, and count the rows to add and to remove."""
        caller = self._caller
        self.relevance_, values = check_relevance(self.relevance, y, caller=caller)
        if self.over * len(y) > MOST_ROWS:
            accepted = f"a share of the {len(y)} rows that adds at most 2**40"
            raise parameter_error("over", caller, accepted, f"{self.over:g}")
        n_over, n_under = int(self.over * len(y)), int(self.under * len(y))
        if n_over and not values.any():
            raise parameter_error(
                "relevance", caller, "positive for some rows where 'over' adds rows", "0 for all"
            )
        lacking = int(np.count_nonzero(values < 1))
        most = max(lacking - 1, 0)
        if n_under > most and is_learned(self.relevance):
            cause = f"of {lacking} rows whose relevance is below 1, one stays"
            warn_user(
                f"{caller} removes {most} rows in place of {n_under} (under={self.under:g} of "
                f"{len(y)}): {cause if lacking else 'no row has a relevance below 1'}."
            )
            n_under = most
        elif n_under > most:
            raise parameter_error(
                "under",
                caller,
                f"at most {most}/{len(y)}, so that of {lacking} rows whose relevance is below 1, "
                "one stays",
                f"{self.under:g}, which is {n_under} rows",
            )
        self.sampling_strategy_ = {"over": n_over, "under": n_under}
        return RelevancePlan(values, n_over, n_under)

    def _fit_resample(self, X, y, learned, rng):
        """Draw the rows to repeat and those to remove, independently."""
        relevance, added = learned.relevance, None
        if learned.n_added:
            seeds = rng.choice(len(y), learned.n_added, p=relevance / relevance.sum())
            if self.noise:
                new = X.add_noise(seeds, self.perturbation, rng)
                added = NewRows(new, noisy_targets(y, seeds, self.perturbation, rng), seeds)
            else:
                added = NewRows(X.take(seeds), y[seeds], seeds)
        kept = np.ones(len(y), dtype=bool)
        if learned.n_removed:
            lack = 1 - relevance
            removed = rng.choice(len(y), learned.n_removed, replace=False, p=lack / lack.sum())
            kept[removed] = False
        return np.flatnonzero(kept), added
