"""Every parameter of every public function refuses nonsense with an error that names it."""

import importlib
import inspect

import numpy as np
import pytest
import torch

import skdir

Y = np.array([1.0, 2.0, 3.0, 5.0, 8.0, 13.0])
BATCH = {"prediction": torch.ones(6), "target": torch.as_tensor(Y, dtype=torch.float32)}
VALID = {
    "skdir.datasets.make_imbalance": {"X": Y[:, None], "y": Y, "density": [1, 1], "bins": 2},
    "skdir.datasets.make_imbalanced_regression": {},
    "skdir.density.reference_window": {"kernel": "gaussian", "kernel_size": 5, "sigma": 2.0},
    "skdir.density.select_bandwidth": {"y": Y},
    "skdir.metrics.balanced_mean_absolute_error": {"y_true": Y, "y_pred": Y},
    "skdir.metrics.balanced_mean_squared_error": {"y_true": Y, "y_pred": Y},
    "skdir.metrics.density_error_correlation": {
        "density": abs, "y_true": Y, "y_pred": Y + 1, "bins": 2,
    },
    "skdir.metrics.geometric_mean_absolute_error": {"y_true": Y, "y_pred": Y},
    "skdir.metrics.make_balanced_scorer": {},
    "skdir.metrics.make_relevance_scorer": {"relevance": abs},
    "skdir.metrics.make_shot_scorer": {"bins": 2},
    "skdir.metrics.metrics_by_group": {"y_true": Y, "y_pred": Y + 1, "groups": Y > 3},
    "skdir.metrics.relevance_precision_recall_fscore": {
        "y_true": Y, "y_pred": Y, "relevance": np.vectorize(lambda y: y / 20),
    },
    "skdir.metrics.relevance_weighted_r2_score": {"y_true": Y, "y_pred": Y, "relevance": Y / 20},
    "skdir.metrics.shot_labels": {"y_train": Y, "y": Y, "bins": 2},
    "skdir.metrics.shot_thresholds": {"y_train": Y, "bins": 2},
    "skdir.metrics.squared_error_relevance_area": {"y_true": Y, "y_pred": Y, "relevance": Y / 20},
    "skdir.metrics.squared_error_relevance_curve": {"y_true": Y, "y_pred": Y, "relevance": Y / 20},
    "skdir.model_selection.balanced_train_test_split": {
        "X": np.zeros((8, 1)), "y": [1, 1, 1, 1, 5, 5, 5, 5], "bins": 2, "test_size": 2,
    },
    "skdir.neural_network.bmc_loss": BATCH,
    "skdir.neural_network.bni_loss": {**BATCH, "centers": [2, 9], "weights": [4, 2]},
    "skdir.neural_network.feature_statistics": {"features": Y[:, None], "y": Y, "bins": 2},
    "skdir.neural_network.focal_loss": BATCH,
    "skdir.neural_network.gai_loss": {
        **BATCH, "weights": [0.5, 0.5], "means": [2, 9], "covariances": [1, 4],
    },
    "skdir.neural_network.huber_loss": BATCH,
    "skdir.neural_network.mae_loss": BATCH,
    "skdir.neural_network.make_loss": {
        "loss": "balanced_mse_gai", "y_train": Y, "n_components": 2,
    },
    "skdir.neural_network.mse_loss": BATCH,
    "skdir.density.estimate_density": {"y": Y, "sample_weight": Y, "bins": 3, "kernel": [1, 2, 1]},
    "skdir.relevance.check_relevance": {"relevance": None, "y": Y, "sample_weight": Y},
    "skdir.relevance.find_bumps": {"y": Y, "relevance": Y / 13},
    "skdir.relevance.interpolate_relevance": {"y": Y, "control_points": [[2, 0], [8, 1]]},
    "skdir.relevance.relevance_values": {"relevance": Y / 13, "y": Y},
    "skdir.utils.check_bins": {"bins": 3},
    "skdir.utils.check_sample_weight": {"sample_weight": Y, "n_samples": 6},
    "skdir.utils.check_target": {"y": Y},
}  # fmt: skip
# Names for messages, and lengths that only the caller can get wrong.
FREE = {"caller", "name", "n_samples", "min_samples"}


def public_functions():
    for package in (
        "datasets", "density", "metrics", "model_selection", "neural_network", "relevance", "utils",
    ):  # fmt: skip
        module = importlib.import_module(f"skdir.{package}")
        for name in module.__all__:
            # those that read files are tested with files, in tests/datasets
            if inspect.isfunction(getattr(module, name)) and not name.startswith(("fetch", "load")):
                yield f"skdir.{package}.{name}"


def test_all_functions_are_listed():
    assert set(public_functions()) == set(VALID)
    without_functions = {
        "cli",
        "comparison",
        "compose",
        "ensemble",
        "inspection",
        "resampling",
        "weighting",
    }
    assert set(skdir._SUBMODULES) - without_functions == {
        "datasets", "density", "metrics", "model_selection", "neural_network", "relevance", "utils",
    }  # fmt: skip


@pytest.mark.parametrize("name", VALID)
def test_valid_call(name):
    module, _, function = name.rpartition(".")
    getattr(importlib.import_module(module), function)(**VALID[name])


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (name, parameter)
        for name in VALID
        for parameter in inspect.signature(
            getattr(importlib.import_module(name.rpartition(".")[0]), name.rpartition(".")[2])
        ).parameters
        if parameter not in FREE
    ],
)
def test_nonsense_is_refused_by_name(name, parameter):
    module, _, function = name.rpartition(".")
    call = getattr(importlib.import_module(module), function)
    with pytest.raises((ValueError, TypeError), match=parameter):
        call(**{**VALID[name], parameter: object()})
