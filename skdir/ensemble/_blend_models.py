"""The two models of a blend: how they are fitted, and what they predict out of fold."""

from dataclasses import dataclass
from functools import partial
from numbers import Integral
from typing import NamedTuple

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
from skdir.utils._text.warnings import hold_warnings
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


class TrainingRows(NamedTuple):
    """Rows to fit to: features, targets as they came, weights, and parameters of the fits."""

    X: object
    y: np.ndarray
    sample_weight: np.ndarray | None
    fit_params: dict

    def take(self, rows):
        """Return some of the rows."""
        return TrainingRows(
            _safe_indexing(self.X, rows),
            self.y[rows],
            take_weight(self.sample_weight, rows),
            take_rows(self.fit_params, rows, len(self.y)),
        )


@dataclass(frozen=True)
class BlendModels:
    """How the models of a blend are fitted.

    Parameters
    ----------
    regressor, weighter : estimator
        Cloned before they are fitted.

    unsupported : {"raise", "resample"}
        As in `WeightedRegressor`.

    seed : int
        Seed of the draws of ``unsupported="resample"``.
    """

    regressor: BaseEstimator
    weighter: BaseEstimator
    unsupported: str
    seed: int

    def fit_plain(self, rows):
        """Fit the regressor as it is, with the user's weights if there are any."""
        if rows.sample_weight is None:
            fitted = clone(self.regressor)
            fitted.fit(rows.X, rows.y, **rows.fit_params)
            return fitted  # what its fit returns may be None
        return self.fit_mitigated(rows, 0.0).regressor_

    def fit_mitigated(self, rows, exponent):
        """Fit the regressor with a power of the weighter's weights."""
        model = WeightedRegressor(
            self.regressor,
            PowerWeighter(self.weighter, exponent),
            unsupported=self.unsupported,
            random_state=self.seed,
        )
        return model.fit(rows.X, rows.y, rows.sample_weight, **rows.fit_params)


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
        splitter = BinnedStratifiedKFold(cv, shuffle=True, random_state=rng)
        with hold_warnings():  # errors are pooled over folds: none needs rows of all strata
            folds = list(splitter.split(None, y[used]))
        return [(used[train], used[test]) for train, test in folds]
    folds = keep_rows(make_folds(cv, np.empty((len(y), 1)), y, None, caller=caller), used)
    if not all(len(train) and len(test) for train, test in folds):
        accepted = "folds with training and test rows of positive weight"
        raise parameter_error("cv", caller, accepted, repr(cv))
    return folds


def out_of_fold(models, exponents, rows, target, folds, *, rare_fraction, n_jobs, caller):
    """Fit the plain and the mitigated models in each fold and predict the test rows.

    Parameters
    ----------
    models : BlendModels
        How they are fitted.

    exponents : sequence of float
        One for each mitigated model.

    rows : TrainingRows
        All rows.

    target : ndarray of shape (n_samples,)
        Their valid targets.

    folds : list of (ndarray, ndarray)
        Training and test rows.

    rare_fraction : float
        Share of the training rows of a fold that are rare.

    n_jobs : int or None
        Number of fits at the same time.

    caller : str
        Name of the class for messages.

    Returns
    -------
    outcome : OutOfFold
        The predictions of all test rows.
    """
    fits = [models.fit_plain]
    fits += [partial(models.fit_mitigated, exponent=exponent) for exponent in exponents]
    jobs = [(fit, train, test) for fit in fits for train, test in folds]
    predictions = Parallel(n_jobs=n_jobs)(
        delayed(_fit_predict)(fit, rows, train, test, caller) for fit, train, test in jobs
    )
    by_model = [
        predictions[start : start + len(folds)] for start in range(0, len(jobs), len(folds))
    ]
    rules = [
        RareTargets(rare_fraction=rare_fraction).fit(
            target[train], take_weight(rows.sample_weight, train)
        )
        for train, _ in folds
    ]
    tested = np.concatenate([test for _, test in folds])
    weight = take_weight(rows.sample_weight, tested)
    return OutOfFold(
        y=target[tested],
        weight=np.ones(len(tested)) if weight is None else weight,
        rare=np.concatenate([rule.is_rare(target[test]) for rule, (_, test) in zip(rules, folds)]),
        predictions=[np.concatenate(parts) for parts in by_model],
        rarities=[
            np.concatenate([rule.rarity(part) for rule, part in zip(rules, parts)])
            for parts in by_model[1:]
        ],
    )


def _fit_predict(fit, rows, train, test, caller):
    """Return the predictions of one model for the test rows of one fold."""
    model = fit(rows.take(train))
    return finite_predictions(model, _safe_indexing(rows.X, test), caller=caller).ravel()


def finite_predictions(model, X, *, caller, predict_params=None):
    """Return the predictions of a model in its shape, which must be one finite number per row."""
    params = {} if predict_params is None else predict_params
    regressor = model.regressor_ if isinstance(model, WeightedRegressor) else model
    return finite_per_row(model.predict(X, **params), X, regressor, caller=caller, params=params)
