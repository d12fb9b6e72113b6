"""Differences between strategies: the corrected resampled t-test, Holm, and the marks."""

import sys

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from scipy import stats
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import RepeatedKFold, ShuffleSplit

from skdir.comparison import compare_strategies
from skdir.comparison._judgement.changes import adjust, holm, paired_change


@pytest.fixture(scope="module")
def repeated():
    """Enough folds that some differences are distinguishable and some are not."""
    X, y = load_diabetes(return_X_y=True)
    cv = RepeatedKFold(n_splits=5, n_repeats=2, random_state=0)
    return compare_strategies(Ridge(alpha=0.01), X, y, cv=cv, random_state=0)


def by_fold(comparison, metric):
    long = pd.DataFrame(comparison.results_)
    return long.pivot(index="fold", columns="strategy", values=metric)


@pytest.mark.parametrize("metric", ["rare MAE", "MAE", "SERA"])
def test_the_frame_is_the_formula_by_hand(comparison, metric):
    frame = comparison.differences(metric, baseline="LDS", confidence_level=0.9, correction=None)
    assert list(frame.index) == [name for name in comparison.estimators_ if name != "LDS"]
    folds = by_fold(comparison, metric)
    for name, row in frame.iterrows():
        d = (folds[name] - folds["LDS"]).to_numpy()
        error = np.sqrt((1 / 5 + 48 / 192) * np.sum((d - d.mean()) ** 2) / 4)
        # 2.131847 is the 95 % point of Student's t with 4 degrees of freedom (any table)
        assert row["difference"] == pytest.approx(d.mean())
        half_width = pytest.approx(2.131847 * error, rel=1e-6)
        assert row["difference"] - row["low"] == half_width
        assert row["high"] - row["difference"] == half_width
        assert row["p value"] == pytest.approx(2 * stats.t.sf(abs(d.mean()) / error, 4), rel=1e-9)
        assert row["baseline"] == pytest.approx(folds["LDS"].mean())
        assert row["mean"] == pytest.approx(folds[name].mean())
        assert row["relative"] == pytest.approx(d.mean() / folds["LDS"].mean())
        assert (row["lower in"], row["folds"]) == ((d < 0).sum(), 5)
        assert row["distinguishable"] == (row["p value"] < 0.1)
        assert row["distinguishable"] == (not row["low"] <= 0 <= row["high"])


def test_repeated_folds_count_each_fold(data):
    cv = RepeatedKFold(n_splits=4, n_repeats=3, random_state=0)
    result = compare_strategies(Ridge(), *data, strategies=["VANILLA", "LDS"], cv=cv)
    folds = by_fold(result, "rare MAE")
    d = folds["LDS"] - folds["VANILLA"]
    t = d.mean() / (d.std() * np.sqrt(1 / 12 + 60 / 180))
    frame = result.differences()
    assert frame.loc["LDS", "p value"] == pytest.approx(2 * stats.t.sf(abs(t), 11), rel=1e-9)
    assert frame.loc["LDS", "folds"] == 12


def test_the_default_allows_for_the_number_of_strategies(repeated):
    single = repeated.differences("MAE", correction=None)
    frame = repeated.differences("MAE")
    np.testing.assert_array_equal(frame["p value"], single["p value"])
    np.testing.assert_array_equal(single["adjusted p value"], single["p value"])
    p = np.sort(frame["p value"])
    adjusted = np.sort(frame["adjusted p value"])
    assert adjusted[0] == pytest.approx(min(14 * p[0], 1))
    assert (frame["adjusted p value"] >= frame["p value"]).all()
    np.testing.assert_array_equal(frame["distinguishable"], frame["adjusted p value"] < 0.05)
    assert frame["distinguishable"].sum() < single["distinguishable"].sum()


def test_holm_by_hand_and_by_closed_testing():
    # 3 * .01, 2 * .02, then not below the one before; NaN is no test
    np.testing.assert_allclose(
        holm([0.02, 0.01, np.nan, 0.03]), [0.04, 0.03, np.nan, 0.04], rtol=1e-12
    )
    assert holm([]).tolist() == []
    assert holm([0.5, 0.9]).tolist() == [1.0, 1.0]
    rng = np.random.default_rng(0)
    for p in rng.uniform(size=(20, 4)) ** 3:
        # a hypothesis is rejected if Bonferroni rejects every set of hypotheses that holds it
        closed = [
            max(
                min(1.0, len(members) * min(p[j] for j in members))
                for bits in range(1, 16)
                if k in (members := [j for j in range(4) if bits >> j & 1])
            )
            for k in range(4)
        ]
        np.testing.assert_allclose(holm(p), closed, rtol=1e-12)


def null_p_values(n_repeats, n_sets=400):
    """Return p values, corrected and plain, of two models that are equally good by symmetry."""
    rng = np.random.default_rng(0)
    corrected, plain = [], []
    for _ in range(n_sets):
        X = rng.normal(size=(100, 2))
        y = X.sum(axis=1) + rng.normal(size=100)  # both features tell the same about y
        cv = RepeatedKFold(n_splits=5, n_repeats=n_repeats, random_state=rng.integers(2**31))
        errors = np.empty((2, 5 * n_repeats))
        for k, (train, test) in enumerate(cv.split(X)):
            slope = X[train].T @ y[train] / (X[train] ** 2).sum(axis=0)
            errors[:, k] = np.abs(y[test, np.newaxis] - X[test] * slope).mean(axis=0)
        corrected.append(paired_change(*errors, 20 / 80).p_value)
        plain.append(paired_change(*errors, 0.0).p_value)
    return np.array(corrected), np.array(plain)


def test_equally_good_models_are_told_apart_about_as_often_as_promised():
    corrected, plain = null_p_values(n_repeats=4)
    # 5 % of 400 sets are 20, with a standard deviation of 4.4
    assert 0.02 < (corrected < 0.05).mean() < 0.08
    assert (plain < 0.05).mean() > 0.25  # what the correction is for


def test_with_one_round_of_folds_the_test_is_cautious():
    corrected, plain = null_p_values(n_repeats=1)
    assert (corrected < 0.05).mean() < 0.05 < (plain < 0.05).mean()


def test_one_fold_and_equal_strategies():
    one = paired_change(np.array([1.0]), np.array([2.0]), 0.25)
    assert np.isnan(one.p_value)
    assert one.half_width == np.inf
    assert not one.clear
    equal = paired_change(np.arange(3.0), np.arange(3.0), 0.25)
    assert (equal.p_value, equal.half_width, equal.clear) == (1.0, 0.0, False)
    constant = paired_change(np.arange(3.0) + 1, np.arange(3.0), 0.25)
    assert (constant.p_value, constant.clear) == (0.0, True)
    assert adjust({}) == {}
    both = adjust({"a": constant, "b": one})
    assert both["a"].adjusted_p_value == 0.0
    assert np.isnan(both["b"].adjusted_p_value)


def test_one_fold_in_the_frame(data):
    result = compare_strategies(
        Ridge(), *data, strategies=["VANILLA", "LDS"], cv=ShuffleSplit(1, random_state=0)
    )
    row = result.differences().loc["LDS"]
    assert np.isnan(row["p value"])
    assert row["high"] == np.inf
    assert not row["distinguishable"]
    assert "LDS vs" not in repr(result)


def test_nothing_to_compare_with_is_an_empty_frame(data):
    frame = compare_strategies(Ridge(), *data, strategies=["VANILLA"], cv=2).differences()
    assert len(frame) == 0
    assert "distinguishable" in frame


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"metric": "R2"}, "'metric' parameter of StrategyComparison.differences.*Got 'R2'"),
        ({"baseline": "PLAIN"}, "'baseline' parameter.*one of VANILLA.*Got 'PLAIN'"),
        ({"confidence_level": 1}, "'confidence_level' parameter.*between 0 and 1.*Got 1"),
        ({"confidence_level": "0.9"}, "'confidence_level' parameter.*Got '0.9'"),
        ({"correction": "bonferroni"}, "'correction' parameter.*'holm' or None.*Got 'bonf"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "message",
)
def test_bad_parameters_are_named(comparison, arguments, message):
    with pytest.raises(ValueError, match=message):
        comparison.differences(**arguments)


def test_without_pandas_the_error_names_the_extra(comparison, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"StrategyComparison.differences.*scikit-dir\[report\]"):
        comparison.differences()


def expected_marks(comparison, metric):
    frame = comparison.differences(metric)
    return {
        name: ("lower" if row["difference"] < 0 else "higher") if row["distinguishable"] else "~"
        for name, row in frame.iterrows()
    }


def test_the_table_marks_what_is_not_distinguishable(repeated):
    table = repeated.table(baseline="VANILLA")
    marks = table["rare MAE vs VANILLA"]
    assert marks["VANILLA"] == ""
    assert marks.drop("VANILLA").to_dict() == expected_marks(repeated, "rare MAE")
    assert {"lower", "higher"} < set(marks)
    assert "~" in set(table["MAE vs VANILLA"])
    assert "fit s vs VANILLA" not in table
    assert [c for c in repeated.table() if "vs" in c] == []
    other = repeated.table(baseline="LDS", metrics=["MAE"])["MAE vs LDS"]
    assert other["LDS"] == ""
    with pytest.raises(ValueError, match="'baseline' parameter of .*table.*Got 'PLAIN'"):
        repeated.table(baseline="PLAIN")


def test_the_plain_text_marks_it_too(repeated):
    lines = repr(repeated).splitlines()
    assert lines[1].endswith("(~ not distinguishable from VANILLA)")
    rare, mae = expected_marks(repeated, "rare MAE"), expected_marks(repeated, "MAE")
    for line in lines[3:]:
        name, cells = line.split()[0], [[]]
        for part in line.split()[1:]:
            if part == "~":
                cells[-1].append(part)
            else:
                cells.append([part])
        assert (len(cells[1]) == 2) == (rare[name] == "~"), name
        assert (len(cells[3]) == 2) == (mae[name] == "~"), name


def test_failed_strategies_and_those_of_no_baseline_have_no_mark(failing):
    table = failing.table(baseline="VANILLA", metrics=["MAE"])["MAE vs VANILLA"]
    assert (table["always"], table["sometimes"], table["VANILLA"]) == ("", "", "")
    assert table["never"] in ("~", "lower", "higher")
    frame = failing.differences("MAE")
    assert frame.loc["always", "folds"] == 0
    assert frame.loc["sometimes", "folds"] == 1
    assert not frame.loc[["always", "sometimes"], "distinguishable"].any()


def test_the_table_of_report_and_notebook_has_it_in_italics(repeated):
    page = BeautifulSoup(repeated._repr_html_(), "html.parser")
    for k, metric in enumerate(("rare MAE", "frequent MAE", "MAE")):
        marks = expected_marks(repeated, metric)
        for row in page.tbody.find_all("tr", class_=lambda name: name != "kind"):
            small = row.find_all("td")[k].find("small")
            if row.th.text in marks:
                kind = {"~": "chance"}.get(marks[row.th.text], marks[row.th.text])
                assert small["class"] == [kind], (row.th.text, metric)
