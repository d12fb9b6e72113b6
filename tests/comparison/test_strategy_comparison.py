"""StrategyComparison: table, best, change, representations, estimators."""

import pickle
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from skdir.comparison import available_strategies, compare_strategies

ERRORS = [
    "MAE", "rare MAE", "frequent MAE", "RMSE", "GM", "SERA", "many MAE", "medium MAE", "few MAE",
]  # fmt: skip


def test_table_holds_mean_and_sd_over_folds(comparison):
    table = comparison.table()
    long = pd.DataFrame(comparison.results_)
    by_name = long.groupby("strategy", sort=False)
    assert list(table.index) == list(comparison.estimators_)
    for metric in [*ERRORS, "fit s", "predict s"]:
        np.testing.assert_allclose(table[metric], by_name[metric].mean(), rtol=1e-12)
        np.testing.assert_allclose(table[f"{metric} sd"], by_name[metric].std(), rtol=1e-9)
    columns = list(table.columns)
    assert columns[:4] == ["MAE", "MAE sd", "rare MAE", "rare MAE sd"]
    assert columns[-2:] == ["failed folds", "error"]


def test_table_of_chosen_metrics(comparison):
    table = comparison.table(sd=False, metrics=["RMSE", "few MAE"])
    assert list(table.columns) == ["RMSE", "few MAE", "failed folds", "error"]
    with pytest.raises(ValueError, match=r"'metrics' parameter of .*table.*Got 'R2'"):
        comparison.table(metrics=["R2"])


@pytest.mark.parametrize("metric", [*ERRORS, "fit s"])
def test_best_has_the_lowest_mean(comparison, metric):
    assert comparison.best(metric) == comparison.table()[metric].idxmin()


def test_best_defaults_to_rare_error_and_ignores_failures(comparison, failing):
    assert comparison.best() == comparison.best("rare MAE")
    assert failing.best("MAE") in ("VANILLA", "never")
    with pytest.raises(ValueError, match=r"'metric' parameter of .*best must be one of MAE"):
        comparison.best("mae")


def test_best_without_any_value(data):
    result = compare_strategies(
        Ridge(), *data, strategies={"broken": Ridge(alpha=-1.0)}, cv=2, bins=5
    )
    with pytest.raises(ValueError, match="at least one strategy without failures"):
        result.best("MAE")
    assert result.finding() == (
        "No strategy could be fitted in all folds; the table names the errors."
    )
    assert "InvalidParameterError" in repr(result)
    assert "failed in every fold" in result.to_html()
    assert "failed in every fold" in result._repr_html_()


def test_best_estimator_is_unfitted_and_fits(comparison, data):
    estimator = comparison.estimators_[comparison.best()]
    assert not hasattr(estimator, "regressor_")
    assert np.isfinite(estimator.fit(*data).predict(data[0])).all()


def test_change_is_paired_and_allows_for_shared_training_rows(comparison):
    change = comparison.change("LDS", "rare MAE", "VANILLA")
    long = pd.DataFrame(comparison.results_).pivot(
        index="fold", columns="strategy", values="rare MAE"
    )
    difference = long["LDS"] - long["VANILLA"]
    assert change.before == pytest.approx(long["VANILLA"].mean())
    assert change.after == pytest.approx(long["LDS"].mean())
    assert change.difference == pytest.approx(difference.mean())
    assert change.relative == pytest.approx(difference.mean() / long["VANILLA"].mean())
    assert change.sd == pytest.approx(difference.std())
    assert (change.n_lower, change.n_folds) == ((difference < 0).sum(), 5)
    # 2.776445 is the 97.5 % point of Student's t with 4 degrees of freedom (any table)
    assert change.half_width == pytest.approx(
        2.776445 * difference.std() * np.sqrt(1 / 5 + 48 / 192), rel=1e-6
    )
    assert change.clear == (abs(change.difference) > change.half_width)


def test_change_names_what_is_wrong(comparison):
    with pytest.raises(ValueError, match=r"'name' parameter.*one of VANILLA.*Got 'NONE'"):
        comparison.change("NONE")
    with pytest.raises(ValueError, match=r"'baseline' parameter.*Got 'PLAIN'"):
        comparison.change("LDS", baseline="PLAIN")
    with pytest.raises(ValueError, match=r"'metric' parameter.*Got 'R2'"):
        comparison.change("LDS", "R2")


def test_plain_text_lists_all_strategies(comparison, failing):
    lines = repr(comparison).splitlines()
    assert lines[0] == f"StrategyComparison: {len(available_strategies())} strategies, 5 folds"
    assert [line.split()[0] for line in lines[2:]] == list(comparison.estimators_)
    mae = comparison.table().loc["LDS", "rare MAE"]
    lds = next(line for line in lines if line.startswith("LDS"))
    assert float(lds.split()[1]) == pytest.approx(mae, rel=0.01)
    assert "RuntimeError: first <target> too high" in repr(failing)


def test_notebook_view_is_escaped_and_works_without_jinja2(failing, monkeypatch):
    html = failing._repr_html_()
    assert "<table" in html
    assert "first &lt;target&gt; too high" in html
    monkeypatch.setitem(sys.modules, "jinja2", None)
    assert failing._repr_html_().startswith("<pre>StrategyComparison: 4 strategies")
    assert "&lt;target&gt;" in failing._repr_html_()


def test_pickle(comparison):
    again = pickle.loads(pickle.dumps(comparison))
    pd.testing.assert_frame_equal(again.table(), comparison.table())


def test_results_describe_the_run(comparison, data):
    np.testing.assert_array_equal(comparison.y_, data[1])
    assert comparison.sample_weight_ is None
    assert comparison.rare_fraction == 0.2
    assert len(comparison.results_) == len(available_strategies()) * 5
    tested = np.concatenate([rows for rows, _ in comparison.predictions_["LDS"]])
    np.testing.assert_array_equal(np.sort(tested), np.arange(240))


def test_table_without_pandas_names_the_extra(comparison, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"StrategyComparison.table.*scikit-dir\[report\]"):
        comparison.table()
