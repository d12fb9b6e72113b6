"""Bagging in which each bag is resampled towards rare targets (REBAGG)."""

import warnings
from numbers import Integral, Real

import numpy as np
from sklearn.base import clone
from sklearn.metrics import r2_score
from sklearn.tree import DecisionTreeRegressor
from sklearn.utils import check_random_state
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted

from skdir.ensemble._blend_candidates import power_of_two
from skdir.ensemble._resampled_bags import (
    DefaultPlanner,
    bag_ratio,
    bag_sampler,
    draw_bag,
    fit_bag,
    has_one_bump,
    plan,
    strata_of,
)
from skdir.resampling import SmoteR
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._estimators.meta_regressor import MetaRegressor, one_per_row
from skdir.utils._estimators.protocols import REGRESSOR, SAMPLER
from skdir.utils._fitting.pipelines import check_no_sampler_before
from skdir.utils._fitting.rows import take_weight
from skdir.utils._fitting.seeds import set_seeds
from skdir.utils._sklearn_compat import (
    N_JOBS,
    Interval,
    StrOptions,
    _safe_indexing,
)
from skdir.utils._validation import parameter_error


class ResampledBaggingRegressor(MetaRegressor):
    r"""Average regressors that are fitted to bags of resampled rows.

    Each bag is a bootstrap sample of the training rows that a sampler brings to a ratio of rare to
    normal rows: as REBAGG does, equal parts, or parts that vary from bag to bag.

    Parameters
    ----------
    regressor : estimator, default=None
        The regressor, cloned for each bag. None is
        :class:`~sklearn.tree.DecisionTreeRegressor`. It need not take `sample_weight`.

    sampler : estimator, default=None
        Sampler with `fit_resample` that says in `sample_indices_` where its rows come from, as all
        in :mod:`skdir.resampling` do; cloned for each bag. None is
        :class:`~skdir.resampling.SmoteR`.

    sample_method : {"balance", "variation"} or None, default="balance"
        "balance" brings each bag to as many rare as normal rows; "variation" to a share of rare
        rows drawn from 1/3, 2/5, 1/2, 3/5 and 2/3. Both set the sampler's `sampling_strategy`; a
        bag with more rare rows than that keeps its share. None leaves the plan to the sampler.

    n_estimators : int, default=10
        Number of bags.

    max_samples : int or float, default=1.0
        Rows drawn for a bag, before it is resampled: a number, or a share of the training rows of
        positive weight.

    bootstrap : bool, default=True
        Whether rows are drawn with replacement.

    oob_score : bool, default=False
        Whether to predict each row by the bags that it is not in.

    n_jobs : int, default=None
        Number of bags that are fitted at the same time.

    random_state : int, RandomState instance or None, default=None
        Seed of the draws, the samplers and the regressors.

    Attributes
    ----------
    estimators_ : list of estimators
        The fitted regressors.

    samplers_ : list of estimators
        The fitted samplers of the bags.

    estimators_samples_ : list of ndarray of int
        Training rows, in ascending order, that the rows of each bag come from after resampling: as
        themselves, as a copy, or as the seed of a synthetic row.

    oob_prediction_ : ndarray of shape (n_samples,)
        Mean prediction by the regressors that have not seen the row, in units of y; NaN for a row
        that all have seen. Only with `oob_score`.

    oob_score_ : float
        Coefficient of determination of these predictions. Only with `oob_score`.

    n_features_in_ : int
        Number of features seen during `fit`.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features, if X had names that are all strings.

    See Also
    --------
    BlendRegressor : A plain and a mitigated model; its dial limits the overall cost.
    sklearn.ensemble.BaggingRegressor : Bagging without resampling.

    Notes
    -----
    What is rare is learned once, from all training targets, and the same in all bags. Rows are
    drawn within bumps of the target, so that each bag has rare rows; how many are drawn from a bump
    is in proportion to its weights. A sampler without bumps gets rows drawn from all.

    `sample_weight` drives the draw: a row is drawn with a probability in proportion to its weight,
    and one of weight zero never. So the regressor needs no weights, and a weight of 2 is the row
    twice in expectation.

    Rows that a bag has drawn but the sampler has removed are out of the bag. A synthetic row lies
    between rows of its bag, all of which the sampler has kept: no row out of the bag is in it.

    The cost is that of `n_estimators` samplers and fits.

    References
    ----------
    Branco, P., Torgo, L. and Ribeiro, R. P. (2018). REBAGG: REsampled BAGGing for imbalanced
    regression. Proceedings of Machine Learning Research 94 (LIDTA), 67-81.

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.ensemble import ResampledBaggingRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(500, 3))
    >>> y = np.exp(X[:, 0] + 0.5 * rng.normal(size=500))
    >>> model = ResampledBaggingRegressor(n_estimators=20, oob_score=True, random_state=0)
    >>> model.fit(X, y).oob_score_ > 0.3
    True
    """

    _fitted = "_first"
    _strategy_kind = "resampling"

    _parameter_constraints: dict = {
        "regressor": REGRESSOR,
        "sampler": SAMPLER,
        "sample_method": [StrOptions({"balance", "variation"}), None],
        "n_estimators": [Interval(Integral, 1, None, closed="left")],
        "max_samples": [
            Interval(Integral, 1, None, closed="left"),
            Interval(Real, 0, 1, closed="right"),
        ],
        "bootstrap": ["boolean"],
        "oob_score": ["boolean"],
        "n_jobs": N_JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        regressor=None,
        *,
        sampler=None,
        sample_method="balance",
        n_estimators=10,
        max_samples=1.0,
        bootstrap=True,
        oob_score=False,
        n_jobs=None,
        random_state=None,
    ):
        self.regressor = regressor
        self.sampler = sampler
        self.sample_method = sample_method
        self.n_estimators = n_estimators
        self.max_samples = max_samples
        self.bootstrap = bootstrap
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None, **fit_params):
        """Draw and resample the bags and fit a regressor to each.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Features, as the sampler and the regressor take them.

        y : array-like of shape (n_samples,) or (n_samples, 1)
            Targets. The regressor gets them in their shape: some nets need a column.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights: probabilities, up to a factor, with which rows are drawn.

        **fit_params : dict
            Further parameters of the regressor's `fit`; with metadata routing those that it
            requests. Those with one entry for each row follow the rows, a synthetic row having its
            seed's.

        Returns
        -------
        self : ResampledBaggingRegressor
            Fitted estimator.

        Raises
        ------
        ValueError
            If a parameter does not fit the sampler or the rows.
        """
        X, y, target, sample_weight = self._check_data(X, y, sample_weight)
        caller = type(self).__name__
        fit_params = self._routed("fit", fit_params)
        check_no_sampler_before(self._get_regressor(), len(target), fit_params, caller=caller)
        sampler = self._get_sampler()
        rng = check_random_state(self.random_state)
        with_ratio = self.sample_method is not None
        planner = DefaultPlanner() if self.sampler is None else clone(sampler)
        used = plan(planner, X, y, sample_weight, with_ratio=with_ratio, caller=caller)
        with_ratio = with_ratio and not has_one_bump(planner)
        n_rows = self._n_rows(len(used))
        strata = strata_of(planner, target)
        bags = []
        for _ in range(self.n_estimators):
            rows = draw_bag(strata, sample_weight, n_rows, self.bootstrap, rng)
            ratio = bag_ratio(self.sample_method, rng) if with_ratio else None
            regressor = set_seeds(clone(self._get_regressor()), rng)
            seeded = set_seeds(bag_sampler(sampler, planner, target, rows, used), rng)
            bags.append((regressor, seeded, rows, ratio))
        fitted = Parallel(n_jobs=self.n_jobs)(
            delayed(fit_bag)(regressor, sampler, X, y, rows, ratio, fit_params, caller=caller)
            for regressor, sampler, rows, ratio in bags
        )
        self.estimators_, self.samplers_, self.estimators_samples_ = map(list, zip(*fitted))
        self._set_names(self.estimators_[0])
        for name in ("oob_prediction_", "oob_score_"):  # of an earlier fit
            vars(self).pop(name, None)
        if self.oob_score:
            self._set_oob_score(X, target, sample_weight)
        return self

    def predict(self, X, **predict_params):
        """Predict the mean of the regressors.

        Parameters
        ----------
        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Features.

        **predict_params : dict
            Further parameters of the regressor's `predict`; with metadata routing those that it
            requests.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,)
            Predictions, in units of y; in the shape in which the regressor returns them.

        Raises
        ------
        ValueError
            If the regressor returns several arrays, such as with ``return_std=True``.
        """
        check_is_fitted(self)
        predict_params = self._routed("predict", predict_params)
        predictions = [model.predict(X, **predict_params) for model in self.estimators_]
        if isinstance(predictions[0], tuple):  # such as of return_std: no mean of these is right
            one_per_row(
                predictions[0],
                X,
                self._first,
                caller=type(self).__name__,
                params=predict_params,
            )
        return sum(map(np.asarray, predictions)) / len(predictions)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "estimators_")

    def _n_rows(self, n):
        """Return the number of rows to draw for a bag."""
        if isinstance(self.max_samples, Integral):
            if self.max_samples > n and not self.bootstrap:
                raise parameter_error(
                    "max_samples",
                    type(self).__name__,
                    f"at most the number of rows ({n}) with bootstrap=False",
                    self.max_samples,
                )
            return int(self.max_samples)
        return max(1, round(self.max_samples * n))

    def _set_oob_score(self, X, target, sample_weight):
        """Predict each row by the regressors that have not seen it."""
        caller = type(self).__name__
        total, count = np.zeros(len(target)), np.zeros(len(target))
        for model, seen in zip(self.estimators_, self.estimators_samples_):
            out = np.setdiff1d(np.arange(len(target)), seen)
            if len(out):
                rows = _safe_indexing(X, out)
                total[out] += one_per_row(model.predict(rows), rows, model, caller=caller).ravel()
                count[out] += 1
        self.oob_prediction_ = np.full(len(target), np.nan)
        np.divide(total, count, out=self.oob_prediction_, where=count > 0)
        known = count > 0
        if not known.all():
            warnings.warn(
                f"{len(known) - known.sum()} of {len(known)} rows are in every bag: they have no "
                "prediction out of bag. Use more estimators.",
                UserWarning,
                stacklevel=3,
            )
        self.oob_score_ = np.nan
        if known.sum() > 1:
            weight = take_weight(sample_weight, known)
            unit = power_of_two(np.abs(target[known]).max())  # so that no square overflows
            y, y_pred = target[known] / unit, self.oob_prediction_[known] / unit
            self.oob_score_ = r2_score(y, y_pred, sample_weight=weight)

    def _default_components(self):
        return {"regressor": DecisionTreeRegressor, "sampler": SmoteR}

    def _get_sampler(self):
        """Return the sampler, or the default one; raise if it takes no ratio though it must."""
        sampler = self._component("sampler")
        takes = "sampling_strategy" in sampler.get_params(deep=False)
        if self.sample_method is not None and not takes:
            raise parameter_error(
                "sample_method",
                type(self).__name__,
                f"None with {type(sampler).__name__}, which takes no 'sampling_strategy'",
                repr(self.sample_method),
            )
        return sampler

    @property
    def _first(self):
        """The first regressor, of which the features are known."""
        return self.estimators_[0]
