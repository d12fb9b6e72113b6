"""Gradient boosting libraries write neither files nor lines in a comparison, unless told to."""

import os

import pytest
from catboost import CatBoostRegressor
from lightgbm import LGBMRegressor
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.comparison import compare_strategies

MODELS = {
    "catboost": CatBoostRegressor(iterations=3, thread_count=1),
    "lightgbm": LGBMRegressor(n_estimators=3, n_jobs=1),
    "pipeline": make_pipeline(StandardScaler(), CatBoostRegressor(iterations=3, thread_count=1)),
}


@pytest.mark.parametrize("name", MODELS)
def test_nothing_is_written(name, data, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    model = MODELS[name]
    before = repr(model.get_params())
    result = compare_strategies(model, *data, strategies=["VANILLA", "LDS", "BLEND"], cv=2)
    assert result.complete_ == ["VANILLA", "LDS", "BLEND"]
    assert capfd.readouterr() == ("", "")
    assert os.listdir(tmp_path) == []
    assert repr(model.get_params()) == before
    assert repr(clone(result.estimators_["VANILLA"]).get_params()) == before


@pytest.mark.parametrize(
    "model",
    [
        CatBoostRegressor(iterations=3, thread_count=1, verbose=1),
        LGBMRegressor(n_estimators=3, n_jobs=1, verbose=1),
    ],
    ids=["catboost", "lightgbm"],
)
def test_what_the_user_wants_to_see_is_written(model, data, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = compare_strategies(model, *data, strategies=["VANILLA", "LDS"], cv=2)
    assert result.complete_ == ["VANILLA", "LDS"]
    assert len(capfd.readouterr().out.splitlines()) >= 4


def test_a_folder_that_the_user_names_is_written_to(data, tmp_path):
    model = CatBoostRegressor(iterations=3, thread_count=1, train_dir=str(tmp_path / "logs"))
    compare_strategies(model, *data, strategies=["VANILLA"], cv=2)
    assert (tmp_path / "logs").is_dir()
