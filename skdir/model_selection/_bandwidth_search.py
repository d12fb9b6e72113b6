"""A regressor that chooses the bandwidth of its weights by an inner cross-validation."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import clone

from skdir.density import RareTargets, select_bandwidth
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._estimators.meta_regressor import WrappedRegressor, finite_per_row
from skdir.utils._estimators.protocols import REGRESSOR
from skdir.utils._fitting.fit import fit_regressor
from skdir.utils._fitting.folds import keep_rows, make_folds
from skdir.utils._fitting.rows import take_rows, take_weight, used_rows
from skdir.utils._sklearn_compat import Interval, _safe_indexing
from skdir.utils._targets.ranges import is_resolved_range
from skdir.utils._validation import parameter_error
from skdir.weighting import WeightedRegressor

_ENDING = "weighter__bandwidth"


class BandwidthSearchRegressor(WrappedRegressor):
    r"""Regressor whose weights get the bandwidth that is best in an inner cross-validation.

    Candidates are multiples of the bandwidth by the weighter's rule. Each predicts the training
    rows out of fold; the one with the lowest balanced error, the mean of the mean absolute errors
    on the rare and on the frequent ones, is fitted to all of them.

    Parameters
    ----------
    regressor : estimator object, default=None
        A :class:`~skdir.weighting.WeightedRegressor`, or an estimator that contains one, of which
        the weighter's `bandwidth` is a rule. None is ``WeightedRegressor()``.

    multiples : array-like of shape (n_candidates,), default=(0.25, 0.5, 1.0, 2.0, 4.0)
        Candidates, in bandwidths of the rule.

    cv : int, splitter or iterable, default=3
        Inner folds: a number of them, of shuffled rows; a scikit-learn splitter; or (training
        rows, test rows) pairs. Each row must be in one test fold.

    rare_fraction : float, default=0.2
        Share of the training rows that are rare, those of the lowest effective density, see
        :class:`~skdir.density.RareTargets`; the same for all candidates.

    random_state : int, RandomState instance or None, default=None
        Seed of the inner folds.

    Attributes
    ----------
    regressor_ : estimator object
        The fitted clone of `regressor` with the chosen bandwidth.

    multiple_ : float
        The chosen one of `multiples`.

    bandwidths_ : dict of str to float
        The chosen value of each bandwidth parameter of `regressor`, in units of y.

    scores_ : ndarray of shape (n_candidates,)
        Balanced error of each candidate, in units of y.

    n_features_in_ : int
        Number of features seen in `fit`, if the regressor tells.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features seen in `fit`, if the regressor tells.

    See Also
    --------
    compare_strategies : Makes it with ``bandwidth="search"``.
    sklearn.model_selection.GridSearchCV : Searches any parameter, with values in units of y.

    Notes
    -----
    The search sees the rows given to `fit` alone, so that inside of another cross-validation it is
    nested. Of equal candidates the first is taken. The cost is one fit for each candidate and
    inner fold, and one more. A bandwidth given as a number is not searched.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from skdir.model_selection import BandwidthSearchRegressor
    >>> from skdir.weighting import LDSWeighter, WeightedRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> weighted = WeightedRegressor(Ridge(alpha=0.01), LDSWeighter(reweight="inverse"))
    >>> search = BandwidthSearchRegressor(weighted, random_state=0).fit(X, y)
    >>> search.multiple_
    2.0
    """

    _parameter_constraints: dict = {
        "regressor": REGRESSOR,
        "multiples": ["array-like"],
        "cv": "no_validation",  # make_folds
        "rare_fraction": [Interval(Real, 0, 1, closed="neither")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        regressor=None,
        *,
        multiples=(0.25, 0.5, 1.0, 2.0, 4.0),
        cv=3,
        rare_fraction=0.2,
        random_state=None,
    ):
        self.regressor = regressor
        self.multiples = multiples
        self.cv = cv
        self.rare_fraction = rare_fraction
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None, **fit_params):
        """Choose the bandwidth and fit.

        Parameters
        ----------
        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features)
            Features, handed to the regressor as they are.

        y : array-like of shape (n_samples,) or (n_samples, 1)
            Targets. The regressor gets them in their shape: some nets need a column.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each row, in fits, in the rule and in the balanced error.

        **fit_params : dict
            Further parameters of the regressor's `fit`; with metadata routing those that it
            requests. Those with one entry for each row are split as X is.

        Returns
        -------
        self : BandwidthSearchRegressor
            Fitted estimator.

        Raises
        ------
        ValueError
            If a parameter or the data is not valid, or `regressor` has no bandwidth to search, or
            does not predict one finite number for each row.
        """
        name = type(self).__name__
        X, as_given, y, weight = self._check_data(X, y, sample_weight, min_samples=2)
        regressor = self._get_regressor()
        rules = self.bandwidth_rules()
        if not rules:
            raise parameter_error(
                "regressor",
                name,
                "an estimator with a weighter whose bandwidth is a rule",
                f"{regressor!r}, without any",
            )
        multiples = self._check_multiples()
        used = used_rows(weight, len(y))
        base = {p: self._bandwidth(p, rule, y, weight, used) for p, rule in rules.items()}
        with np.errstate(over="ignore"):
            products = np.outer(multiples, list(base.values()))
        if not ((products > 0) & (products < np.inf)).all():
            accepted = "numbers whose products with the bandwidths of the rules are positive floats"
            raise parameter_error("multiples", name, accepted, repr(self.multiples))
        folds = self._folds(X, y, used)
        fit_params = self._routed("fit", fit_params)
        candidates = [
            clone(regressor).set_params(**{p: float(m * h) for p, h in base.items()})
            for m in multiples
        ]
        groups = self._groups(y, weight)
        data = (X, as_given, weight, fit_params)
        predictions = [self._out_of_fold(candidate, *data, folds) for candidate in candidates]
        errors = [np.abs(y - y_pred) for y_pred in predictions]
        self.scores_ = np.array([_balanced(error, groups) for error in errors])
        best = int(np.argmin(self.scores_))
        self.multiple_ = float(multiples[best])
        self.bandwidths_ = {p: float(self.multiple_ * h) for p, h in base.items()}
        self.regressor_ = fit_regressor(candidates[best], *data, caller=name)
        self._set_names(self.regressor_)
        return self

    def bandwidth_rules(self):
        """Return the parameters of the regressor that `fit` chooses, with their rules.

        Returns
        -------
        rules : dict of str to str
            Rule by the name of the parameter, such as ``{"weighter__bandwidth": "silverman"}``;
            empty if there is nothing to choose. A bandwidth given as a number is left out, and so
            is one that means nothing, with ``kernel=None`` or a window instead of a kernel.
        """
        params = self._get_regressor().get_params(deep=True)
        return {
            name: value
            for name, value in params.items()
            if (name == _ENDING or name.endswith(f"__{_ENDING}"))
            and isinstance(value, str)
            and isinstance(params.get(f"{name.removesuffix('bandwidth')}kernel", ""), str)
        }

    def _bandwidth(self, parameter, rule, y, weight, used):
        """Return the bandwidth by a rule; where there is none, raise in the words of this class."""
        name, low, high = type(self).__name__, y[used].min(), y[used].max()
        if low == high:
            raise parameter_error("y", name, "of more than one value", f"only {low:g}")
        if not is_resolved_range(low, high):
            accepted = "of a range that float64 holds (rescale y)"
            raise parameter_error("y", name, accepted, f"{low:g} .. {high:g}")
        try:
            bandwidth = select_bandwidth(y, rule, sample_weight=weight)
        except ValueError as error:
            got = f"{parameter}={rule!r} ({error})"
        else:
            if bandwidth > 0:
                return bandwidth
            got = f"{parameter}={rule!r}, a bandwidth of 0 with these weights"
        raise parameter_error("regressor", name, "one with rules that give y a bandwidth", got)

    def _folds(self, X, y, used):
        """Return folds of the rows with a positive weight."""
        name = type(self).__name__
        if isinstance(self.cv, Integral):
            rows = _safe_indexing(X, used)
            folds = make_folds(self.cv, rows, y[used], self.random_state, caller=name)
            return [(used[train], used[test]) for train, test in folds]
        folds = keep_rows(make_folds(self.cv, X, y, self.random_state, caller=name), used)
        tested = np.sort(np.concatenate([test for _, test in folds]))
        if not np.array_equal(tested, used) or not all(map(len, sum(folds, ()))):
            accepted = "folds that test each row once, with rows of positive weight in each part"
            raise parameter_error("cv", name, accepted, repr(self.cv))
        return folds

    def _out_of_fold(self, candidate, X, y, weight, fit_params, folds):
        """Return the prediction of each row by the fit to the other folds, y where it weighs 0."""
        caller, y_pred = type(self).__name__, np.array(y, dtype=np.float64).ravel()
        for train, test in folds:
            fitted = fit_regressor(
                clone(candidate),
                _safe_indexing(X, train),
                y[train],
                take_weight(weight, train),
                take_rows(fit_params, train, len(y)),
                caller=caller,
            )
            rows = _safe_indexing(X, test)
            part = finite_per_row(fitted.predict(rows), rows, candidate, caller=caller)
            y_pred[test] = part.ravel()
        return y_pred

    def _groups(self, y, weight):
        """Return the weights of the rare rows and those of the frequent ones, the others zero."""
        rare = RareTargets(rare_fraction=self.rare_fraction).fit(y, weight).is_rare(y)
        weight = np.ones(len(y)) if weight is None else weight
        groups = [np.where(rare, weight, 0.0), np.where(rare, 0.0, weight)]
        return [group for group in groups if group.any()]

    def _check_multiples(self):
        """Validate the multiples and return them as an array."""
        multiples = np.asarray(self.multiples)
        valid = multiples.ndim == 1 and multiples.size and multiples.dtype.kind in "iuf"
        if not (valid and np.isfinite(multiples).all() and (multiples > 0).all()):
            raise parameter_error(
                "multiples", type(self).__name__, "positive numbers", repr(self.multiples)
            )
        return multiples

    def _default_components(self):
        return {"regressor": WeightedRegressor}

    def __sklearn_is_fitted__(self):
        return hasattr(self, "regressor_")


def _balanced(error, groups):
    """Return the mean over groups of rows, given by weights, of their mean errors."""
    return float(np.mean([np.average(error, weights=group) for group in groups]))
