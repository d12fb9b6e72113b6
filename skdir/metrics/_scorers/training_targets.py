"""Training targets that a fitted estimator remembers, for scorers."""

from typing import Any, NamedTuple

import numpy as np

_WRAP = "FoldAwareRegressor of skdir.model_selection"


class TrainingTargets(NamedTuple):
    """What a :class:`~skdir.model_selection.FoldAwareRegressor` learned from its targets."""

    y: np.ndarray
    sample_weight: np.ndarray | None
    relevance: Any


def training_targets(estimator, *, caller):
    """Return the training targets that a fitted estimator remembers, None if it does not.

    They are looked for in the estimator, in the last step of a pipeline and in the best estimator
    of a search. Where they are found on another scale, or resampled, that is an error.
    """
    if hasattr(estimator, "y_train_"):
        return TrainingTargets(
            estimator.y_train_, estimator.train_sample_weight_, estimator.relevance_
        )
    if hasattr(estimator, "best_estimator_"):
        return training_targets(estimator.best_estimator_, caller=caller)
    steps = getattr(estimator, "steps", None)
    inner = steps[-1][1] if steps else getattr(estimator, "regressor_", None)
    found = None if inner is None else training_targets(inner, caller=caller)
    if found is not None and not (steps and _keeps_rows(steps)):
        raise ValueError(
            f"{caller} needs the training targets as they were. Got a FoldAwareRegressor inside "
            f"of {type(estimator).__name__}, which changes targets, weights or rows: put the "
            "FoldAwareRegressor around it."
        )
    return found


def need_training_targets(estimator, *, caller, remedy):
    """Return the training targets that a fitted estimator remembers, or say what to do."""
    found = training_targets(estimator, caller=caller)
    if found is None:
        raise ValueError(
            f"{caller} must know the training targets. Got {type(estimator).__name__}, which does "
            f"not remember them: put a {_WRAP} around it, or {remedy}."
        )
    return found


def _keeps_rows(steps):
    """Tell whether no step of a pipeline changes the number of rows."""
    return not any(hasattr(step, "fit_resample") for _, step in steps)
