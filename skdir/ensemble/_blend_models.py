"""The two models of a blend: how they are fitted, and what they predict out of fold."""

from dataclasses import dataclass
from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, clone
from sklearn.utils.parallel import Parallel, delayed

from skdir.density import RareTargets
from skdir.model_selection import BinnedStratifiedKFold
from skdir.utils._estimators.meta_regressor import finite_per_row
from skdir.utils._fitting.folds import keep_rows, make_folds
from skdir.utils._fitting.rows import take_rows, take_weight, used_rows
from skdir.utils._sklearn_compat import _safe_indexing
from skdir.utils._targets.weights import weights_of
from skdir.utils._validation import parameter_error
from skdir.weighting import WeightedRegressor


class PowerWeighter(BaseEstimator):
    """Raise the weights of a weighter to a power and scale them to (weighted) mean 1.

    Parameters
    ----------
    weighter : estimator
        Weighter with ``fit_transform(y, sample_weight)``, cloned before it is fitted.

    exponent : float
        Power: 0 is no weights, 1 the weighter's own.
    """

    def __init__(self, weighter, exponent):
        self.weighter = weighter
        self.exponent = exponent

    def fit_transform(self, y, sample_weight=None):
        """Fit the weighter to targets and return the powers of their weights."""
        self.weighter_ = clone(self.weighter)
        weight = weights_of(self.weighter_, y, sample_weight)
        # by the largest first, so that no power leaves the range of floats
        weight = (weight / weight.max()) ** self.exponent
        if sample_weight is not None:  # their sum may be more than float64 holds
            sample_weight = sample_weight / sample_weight.max()
        return weight / np.average(weight, weights=sample_weight)


def fit_mitigated(X, y, sample_weight, params, *, regressor, weighter, seed, **options):
    """Fit the regressor with powers of the weighter's weights."""
    weighter = PowerWeighter(weighter, options.pop("exponent"))
    model = WeightedRegressor(regressor, weighter, random_state=seed, **options)
    return model.fit(X, y, sample_weight, **params)


def fit_plain(X, y, sample_weight, params, *, regressor, **options):
    """Fit the regressor as it is, with the user's weights if there are any."""
    if sample_weight is None:
        fitted = clone(regressor)
        fitted.fit(X, y, **params)
        return fitted  # what its fit returns may be None
    fitted = fit_mitigated(
        X, y, sample_weight, params, regressor=regressor, exponent=0.0, **options
    )
    return fitted.regressor_


class _PooledKFold(BinnedStratifiedKFold):
    """Folds whose errors are pooled: none needs rows of all strata, and there is no warning.

    Silencing the warning instead would change filters that all threads share.
    """

    _warns = False


@dataclass(frozen=True)
class OutOfFold:
    """Tested rows in the order of the folds, and what each model predicted for them.

    The first model is the plain one; `rarities` are those of the other models' predictions.
    """

    y: np.ndarray
    weight: np.ndarray
    rare: np.ndarray
    predictions: list
    rarities: list


def blend_folds(cv, y, sample_weight, rng, *, caller):
    """Return the folds as pairs of row numbers, without the rows of zero weight."""
    used = used_rows(sample_weight, len(y))
    if isinstance(cv, Integral):
        if cv > len(used):
            raise parameter_error(
                "cv", caller, "at most the number of rows", f"{cv} for n_samples={len(used)}"
            )
        splitter = _PooledKFold(cv, shuffle=True, random_state=rng)
        return [(used[train], used[test]) for train, test in splitter.split(None, y[used])]
    folds = keep_rows(make_folds(cv, np.empty((len(y), 1)), y, None, caller=caller), used)
    if not all(len(train) and len(test) for train, test in folds):
        accepted = "folds with training and test rows of positive weight"
        raise parameter_error("cv", caller, accepted, repr(cv))
    return folds


def out_of_fold(
    fits, X, y, target, sample_weight, folds, rare_fraction, fit_params, n_jobs, *, caller
):
    """Fit each model on the training rows of each fold and predict the test rows.

    `fits` are functions of (X, y, sample_weight, fit_params) that return a fitted model.
    """
    jobs = [(fit, train, test) for fit in fits for train, test in folds]
    predictions = Parallel(n_jobs=n_jobs)(
        delayed(_fit_predict)(fit, X, y, sample_weight, train, test, fit_params, caller)
        for fit, train, test in jobs
    )
    by_model = [
        predictions[start : start + len(folds)] for start in range(0, len(jobs), len(folds))
    ]
    rules = [
        RareTargets(rare_fraction=rare_fraction).fit(
            target[train], take_weight(sample_weight, train)
        )
        for train, _ in folds
    ]
    tested = np.concatenate([test for _, test in folds])
    weight = np.ones(len(tested)) if sample_weight is None else sample_weight[tested]
    return OutOfFold(
        y=target[tested],
        weight=weight,
        rare=np.concatenate([rule.is_rare(target[test]) for rule, (_, test) in zip(rules, folds)]),
        predictions=[np.concatenate(parts) for parts in by_model],
        rarities=[
            np.concatenate([rule.rarity(part) for rule, part in zip(rules, parts)])
            for parts in by_model[1:]
        ],
    )


def _fit_predict(fit, X, y, sample_weight, train, test, fit_params, caller):
    """Return the predictions of one model for the test rows of one fold."""
    params = take_rows(fit_params, train, len(y))
    model = fit(_safe_indexing(X, train), y[train], take_weight(sample_weight, train), params)
    return finite_predictions(model, _safe_indexing(X, test), caller=caller).ravel()


def finite_predictions(model, X, *, caller, predict_params=None):
    """Return the predictions of a model in its shape, which must be one finite number per row."""
    params = {} if predict_params is None else predict_params
    regressor = model.regressor_ if isinstance(model, WeightedRegressor) else model
    return finite_per_row(model.predict(X, **params), X, regressor, caller=caller, params=params)
