"""The blend of a plain and a mitigated model, with a dial set by cross-validation."""

import warnings
from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skdir.density import RareTargets
from skdir.ensemble._blend_candidates import (
    DIAL,
    METRICS,
    blend,
    candidate_errors,
    choose,
    in_units,
)
from skdir.ensemble._blend_models import (
    BlendModels,
    TrainingRows,
    blend_folds,
    finite_predictions,
    out_of_fold,
)
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._estimators.meta_regressor import MetaRegressor
from skdir.utils._estimators.protocols import REGRESSOR, WEIGHTER
from skdir.utils._fitting.sample_weight import sample_weight_key
from skdir.utils._fitting.seeds import draw_seed
from skdir.utils._sklearn_compat import (
    N_JOBS,
    HasMethods,
    Interval,
    StrOptions,
    _VisualBlock,
)
from skdir.utils._validation import check_target, parameter_error
from skdir.weighting import LDSWeighter

_AUTO_EXPONENTS = (0.5, 1.0)
_AUTO_LOCALITIES = (1.0, 2.0, 4.0, 8.0)
_AUTO_SHARES = tuple(np.linspace(0, 1, 21).round(2).tolist())


class BlendRegressor(MetaRegressor):
    r"""Blend a plain and a mitigated model, as much as a cap on the overall error allows.

    The plain model is the regressor as it is; the mitigated one is fitted with weights that are
    larger where targets are rare. The prediction is a weighted mean of the two, in which the
    mitigated model's share is larger where it predicts a rare target. This share, its locality and
    the exponent of the weights are a dial between errors on rare and on frequent targets. By
    default cross-validation sets it: to the least error on rare targets at which the error over
    all targets is at most 3 % above the plain model's.

    Parameters
    ----------
    regressor : estimator, default=None
        The regressor, cloned before it is fitted. It, or the last step of a pipeline, must take
        `sample_weight` in `fit`. None is :class:`~sklearn.linear_model.LinearRegression`.

    weighter : estimator, default=None
        Weighter with ``fit_transform(y, sample_weight)``, cloned before it is fitted. None is
        :class:`~skdir.weighting.LDSWeighter` with ``reweight="inverse"``, the inverse effective
        density of the target.

    share : float or "auto", default="auto"
        Share of the mitigated model in the prediction where that is rarest, from 0 to 1, or
        "auto": chosen from 0, 0.05, ..., 1.

    locality : float, array-like of shape (n_localities,) or "auto", default="auto"
        How much the share is confined to rare predictions: it is multiplied with this power of the
        prediction's rarity. 0 is the same share for all rows. A number of at least 0, a list to
        choose from, or "auto": chosen from 1, 2, 4 and 8.

    exponent : float, array-like of shape (n_exponents,) or "auto", default=1.0
        Power to which the weights of the weighter are raised, at least 0; a list to choose from;
        "auto" chooses from 0.5 and 1, for another `cv` fits.

    cv : int, splitter or iterable, default=5
        How to choose: a number of folds, stratified by the target and shuffled; a splitter; or
        pairs of training and test rows. Not used where there is nothing to choose.

    max_overall_cost : float, default=0.03
        How much larger than the plain model's the error over all targets may be, as a share of it.
        Infinity is no cap.

    rare_fraction : float, default=0.1
        Share of the training targets that are rare, those with the smallest effective density, see
        :class:`~skdir.density.RareTargets`. Where none is rare, the share is 0.

    metric : {"absolute_error", "squared_error"}, default="absolute_error"
        Error of a row. The choice looks at its means over rare and over all rows out of fold.

    n_standard_errors : float, default=0.5
        By how many of its standard errors the cost of a candidate is raised before it is compared
        with the cap. Costs are estimates; a larger number makes it more certain that the cap holds
        on new rows, and the blend more timid, most of all with few rows.

    unsupported : {"raise", "resample"}, default="raise"
        What to do if the regressor takes no `sample_weight`, as in
        :class:`~skdir.weighting.WeightedRegressor`.

    n_jobs : int, default=None
        Number of fits at the same time in cross-validation.

    random_state : int, RandomState instance or None, default=None
        Seed of the folds, and of the draws of ``unsupported="resample"``.

    Attributes
    ----------
    share_ : float
        Share of the mitigated model. 0, the plain model alone, if no other candidate keeps to the
        cap.

    locality_ : float
        Power of the rarity with which the share is multiplied.

    exponent_ : float
        Exponent of the mitigated model's weights.

    plain_ : estimator
        The regressor fitted to all rows.

    mitigated_ : WeightedRegressor
        The regressor fitted to all rows with weights.

    cv_results_ : dict of str to ndarray of shape (n_candidates,) or None
        The candidates, one entry for each: "exponent", "locality", "share", "rare_error",
        "overall_error" (in units of y, or their square), "overall_cost" (relative to the plain
        model), "overall_cost_se" (its standard error) and "within_cap". None if nothing was
        chosen.

    n_features_in_ : int
        Number of features seen during `fit`.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features, if X had names that are all strings.

    See Also
    --------
    skdir.weighting.WeightedRegressor : The mitigated model alone.
    sklearn.ensemble.VotingRegressor : Means of any models.

    Notes
    -----
    With predictions :math:`f` of the plain model and :math:`f_a` of the model with weights
    :math:`w^a`, the blend predicts :math:`f + s\, r(f_a)^l (f_a - f)`, with the share s, the
    locality l, and the rarity :math:`r(v)`: the share of the training targets at which the
    effective density is at least that at v, 1 at the rarest. Where the mitigated model predicts a
    frequent target, its weights have cost it accuracy, and the plain model is the better guess.

    Predictions of a blend are those of its parts, so one set of predictions out of fold for the
    plain model and for each exponent serves all shares and localities:
    `cv` (1 + n_exponents) fits, and 2 on all rows.

    Which rows of a fold are rare, :class:`~skdir.density.RareTargets` tells by the *training* rows
    of the fold. Errors of all folds are pooled.

    Rows of `sample_weight` zero change nothing. A number of folds makes folds of rows: a row of
    weight 2 is in one fold, where the same row twice may be in two.

    References
    ----------
    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import Ridge
    >>> from skdir.ensemble import BlendRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = BlendRegressor(Ridge(), random_state=0).fit(X, y)
    >>> model.share_, model.locality_
    (1.0, 1.0)
    >>> results = model.cv_results_
    >>> plain = results["share"] == 0
    >>> chosen = (results["share"] == model.share_) & (results["locality"] == model.locality_)
    >>> for error in ("rare_error", "overall_error"):
    ...     print(results[error][plain][0].round(1), results[error][chosen][0].round(1))
    96.0 74.4
    48.8 48.7
    """

    _fitted = "plain_"
    _strategy_kind = "mean"

    _parameter_constraints: dict = {
        "regressor": REGRESSOR,
        "weighter": WEIGHTER,
        "share": [StrOptions({"auto"}), Interval(Real, 0, 1, closed="both")],
        "locality": [StrOptions({"auto"}), Interval(Real, 0, None, closed="left"), "array-like"],
        "exponent": [StrOptions({"auto"}), Interval(Real, 0, None, closed="left"), "array-like"],
        "cv": [Interval(Integral, 2, None, closed="left"), HasMethods(["split"]), "array-like"],
        "max_overall_cost": [Interval(Real, 0, None, closed="both")],
        "rare_fraction": [Interval(Real, 0, 1, closed="neither")],
        "metric": [StrOptions(set(METRICS))],
        "n_standard_errors": [Interval(Real, 0, None, closed="left")],
        "unsupported": [StrOptions({"raise", "resample"})],
        "n_jobs": N_JOBS,
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        regressor=None,
        *,
        weighter=None,
        share="auto",
        locality="auto",
        exponent=1.0,
        cv=5,
        max_overall_cost=0.03,
        rare_fraction=0.1,
        metric="absolute_error",
        n_standard_errors=0.5,
        unsupported="raise",
        n_jobs=None,
        random_state=None,
    ):
        self.regressor = regressor
        self.weighter = weighter
        self.share = share
        self.locality = locality
        self.exponent = exponent
        self.cv = cv
        self.max_overall_cost = max_overall_cost
        self.rare_fraction = rare_fraction
        self.metric = metric
        self.n_standard_errors = n_standard_errors
        self.unsupported = unsupported
        self.n_jobs = n_jobs
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y, sample_weight=None, **fit_params):
        """Choose the dial out of fold, then fit both models to all rows.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
            Features, as the regressor takes them.

        y : array-like of shape (n_samples,) or (n_samples, 1)
            Targets. The regressor gets them in their shape: some nets need a column.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of your own: both models are fitted with them, the mitigated one with their
            product with the weighter's, and the errors are weighted by them.

        **fit_params : dict
            Further parameters of the regressor's `fit`; with metadata routing those that it
            requests. Those with one entry for each row are split as X is.

        Returns
        -------
        self : BlendRegressor
            Fitted estimator.

        Raises
        ------
        ValueError
            If the target does not fit the weighter, the regressor takes no `sample_weight` or
            does not predict one finite number for each row, or there are fewer rows than folds.
        """
        caller = type(self).__name__
        X, y, target, sample_weight = self._check_data(X, y, sample_weight)
        shares = _AUTO_SHARES if isinstance(self.share, str) else (float(self.share),)
        localities = self._candidates("locality", _AUTO_LOCALITIES)
        exponents = self._candidates("exponent", _AUTO_EXPONENTS)
        regressor = self._get_regressor()
        sample_weight_key(regressor, caller=caller, resample=self.unsupported == "resample")
        rows = TrainingRows(X, y, sample_weight, self._routed("fit", fit_params))

        rng = check_random_state(self.random_state)
        seed = draw_seed(rng)
        models = BlendModels(regressor, self._component("weighter"), self.unsupported, seed)
        self.exponent_, self.locality_, self.share_ = exponents[0], localities[0], shares[0]
        self.cv_results_ = None
        if len(exponents) * len(localities) * len(shares) > 1:
            outcome = out_of_fold(
                models,
                exponents,
                rows,
                target,
                blend_folds(self.cv, target, sample_weight, rng, caller=caller),
                rare_fraction=self.rare_fraction,
                n_jobs=self.n_jobs,
                caller=caller,
            )
            results, unit = candidate_errors(outcome, exponents, localities, shares, self.metric)
            best = choose(results, self.max_overall_cost, self.n_standard_errors)
            self.cv_results_ = in_units(results, unit, self.metric)
            self._set_dial(best)
        self.plain_ = models.fit_plain(rows)
        self.mitigated_ = models.fit_mitigated(rows, self.exponent_)
        self._rare = RareTargets(rare_fraction=self.rare_fraction).fit(target, sample_weight)
        self._set_names(self.plain_)
        return self

    def predict(self, X, **predict_params):
        """Predict with both models and blend.

        Parameters
        ----------
        X : {array-like, sparse matrix} of shape (n_samples, n_features)
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
            If the regressor predicts anything but one finite number for each row.
        """
        check_is_fitted(self)
        predict_params = self._routed("predict", predict_params)
        plain = self._predict(self.plain_, X, predict_params)
        if self.share_ == 0:
            return plain
        mitigated = self._predict(self.mitigated_, X, predict_params)
        rarity = self._rare.rarity(mitigated.ravel()).reshape(mitigated.shape)
        return blend(plain, mitigated, rarity, self.share_, self.locality_)

    def _predict(self, model, X, predict_params):
        """Return the predictions of one of the models, which must be finite."""
        caller = type(self).__name__
        return finite_predictions(model, X, caller=caller, predict_params=predict_params)

    def _default_components(self):
        weighter = partial(LDSWeighter, reweight="inverse")
        return {**super()._default_components(), "weighter": weighter}

    def __sklearn_is_fitted__(self):
        return hasattr(self, "mitigated_")

    def _candidates(self, name, auto):
        """Return the values of a parameter to choose from."""
        value = getattr(self, name)
        if isinstance(value, str):
            return auto
        if isinstance(value, Real):
            return (float(value),)
        values = check_target(value, caller=type(self).__name__, name=name)
        if values.min() < 0:
            raise parameter_error(name, type(self).__name__, "at least 0", f"{values.min():g}")
        return tuple(values.tolist())

    def _set_dial(self, best):
        """Set the dial to the best candidate; say what to do where there is none."""
        results = self.cv_results_
        if best is None and isinstance(self.share, str):
            best = 0  # there were no rare rows to choose by: the plain model, share 0
        elif best is None:
            warnings.warn(
                f"Nothing keeps to max_overall_cost={self.max_overall_cost:g} with "
                f"share={self.share:g}; what costs least is taken.",
                UserWarning,
                stacklevel=3,
            )
            best = int(np.argmin(results["overall_cost"]))
        for name in DIAL:
            setattr(self, f"{name}_", float(results[name][best]))

    def _sk_visual_block_(self):
        parts = [self._get_regressor(), self._component("weighter")]
        return _VisualBlock(
            "parallel",
            parts,
            names=[
                f"{label}: {type(part).__name__}"
                for label, part in zip(("regressor", "weighter"), parts)
            ],
            name_details=[str(part) for part in parts],
            dash_wrapped=True,
        )
