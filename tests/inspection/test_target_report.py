"""TargetReport: its numbers against numpy, scipy and loops by hand."""

import numpy as np
import pandas as pd
import pytest
from report_cases import CASES
from scipy import stats

from skdir.compose import LogTargetRegressor
from skdir.density import TargetDensity
from skdir.inspection import TargetReport
from skdir.relevance import RelevanceFunction
from skdir.weighting import LDSWeighter

VARYING = [name for name, y in CASES.items() if len(set(y)) > 1]
USUAL = [name for name in VARYING if name != "near the largest float"]


def hinges(y):
    """Return the medians of the lower and the upper half, with the middle row in both."""
    y = np.sort(y)
    half = (len(y) + 1) // 2
    return np.median(y[:half]), np.median(y[-half:])


@pytest.mark.parametrize("name", USUAL)
def test_distribution_by_numpy_and_scipy(name):
    y = CASES[name]
    found = TargetReport(y).distribution
    low, high = hinges(y)
    expected = {
        "n": len(y),
        "distinct": len(np.unique(y)),
        "min": y.min(),
        "q1": low,
        "median": np.median(y),
        "q3": high,
        "max": y.max(),
        "mean": np.mean(y),
        "sd": np.std(y),
        "skewness": stats.skew(y),
    }
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=1e-9, abs=1e-12), key
    transformed = LogTargetRegressor().fit(np.zeros((len(y), 1)), y)
    z = np.log(y) if transformed.transform_ == "log" else np.arcsinh(y / transformed.scale_)
    assert found["log_skewness"] == pytest.approx(stats.skew(z), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", USUAL)
def test_imbalance_by_hand(name):
    y = CASES[name]
    edges = np.linspace(y.min(), y.max(), 13)
    report = TargetReport(y, bins=edges)
    # half-open, and the last one closed
    ends = [*edges[1:-1], np.inf]
    counts = np.array([np.sum((y >= a) & (y < b)) for a, b in zip(edges, ends)])
    np.testing.assert_array_equal(report.counts, counts)
    found = report.imbalance
    assert found["bins"] == 12
    assert found["empty_bins"] == np.sum(counts == 0)
    assert found["fullest_bin"] == counts.max()
    assert found["emptiest_bin"] == counts[counts > 0].min()
    assert found["density_ratio"] == counts.max() / counts[counts > 0].min()
    for reweight, key in (
        ("sqrt_inverse", "effective_sample_size"),
        ("inverse", "effective_sample_size_inverse"),
    ):
        weight = LDSWeighter(reweight=reweight).fit_transform(y)
        assert found[key] == pytest.approx(weight.sum() ** 2 / (weight**2).sum())
    weight = LDSWeighter().fit_transform(y)
    assert found["largest_weight"] == pytest.approx(weight.max())
    density = TargetDensity().fit(y)
    at_rows = density.density(y)
    assert found["effective_density_ratio"] == pytest.approx(at_rows.max() / at_rows.min())
    assert found["bandwidth"] == density.bandwidth_
    rare = np.sort(at_rows)[int(np.ceil(0.2 * len(y))) - 1]
    tied = np.isclose(at_rows, rare, rtol=1e-9)
    rows = at_rows[at_rows < rare * (1 - 1e-9)] if tied.mean() > 0.2 else at_rows[at_rows <= rare]
    assert found["rare_fifth"] == len(rows) / len(y)
    if not len(rows):  # the rarest value is a pile of its own
        assert np.isnan(found["rare_fifth_of_range"])
        return
    along = density.density(np.linspace(y.min(), y.max(), 20_001))
    assert found["rare_fifth_of_range"] == pytest.approx(np.mean(along <= rows.max()), abs=2e-3)


def test_ratio_in_bins_of_different_widths_is_per_unit():
    y = [0.5] * 30 + [2.0] * 20 + [7.0] * 6
    found = TargetReport(y, bins=[0, 1, 3, 4, 10]).imbalance
    assert found["density_ratio"] == pytest.approx(30 / (6 / 6))
    assert (found["fullest_bin"], found["emptiest_bin"], found["empty_bins"]) == (30, 6, 1)


def test_bins_are_a_number_integers_or_a_rule():
    y = CASES["ages"]
    assert len(TargetReport(y, bins=7).counts) == 7
    integer = TargetReport(y, bins="integer")
    assert len(integer.counts) == y.max() - y.min() + 1
    np.testing.assert_array_equal(integer.counts, np.bincount(y.astype(int))[int(y.min()) :])
    assert 10 <= len(TargetReport(CASES["lognormal with outliers"]).counts) <= 50


@pytest.mark.parametrize("threshold", [0.3, 0.8, 1.0])
@pytest.mark.parametrize("name", USUAL)
def test_rare_rows_by_each_relevance(name, threshold):
    y = CASES[name]
    relevances = {
        "box plot": RelevanceFunction(degenerate="raise"),
        "adjusted box plot": RelevanceFunction(boxplot="adjusted", degenerate="raise"),
        "quantiles": RelevanceFunction(method="quantile"),
        "density": RelevanceFunction(method="density", degenerate="raise"),
    }
    report = TargetReport(y, threshold=threshold)
    assert list(report.rare) == list(relevances)
    for key, relevance in relevances.items():
        found = report.rare[key]
        try:
            values = relevance.fit_transform(y)
        except ValueError as error:
            message = " ".join(str(error).split())
        else:
            message = ""
        assert found.reason == message
        if message:
            assert 0 < len(found.cause) < len(message)
            assert np.isnan(found.share) and found.bumps == ()
            continue
        rare = values >= threshold
        assert found.n_rare == rare.sum()
        assert found.share == pytest.approx(rare.mean())
        inside = np.zeros(len(y), dtype=bool)
        for bump in found.bumps:
            part = (y >= bump.low) & (y <= bump.high)
            assert bump.rare and bump.n_samples == part.sum()
            inside |= part
        np.testing.assert_array_equal(inside, rare)


PUBLISHED = {"Abalone": 679, "Accel": 89, "bank8FM": 288, "boston": 65, "heat": 664, "a1": 28}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_counts_of_rare_rows(name, shared):
    (path,) = [p for p in (shared / "data" / "branco15").iterdir() if p.name.startswith(f"{name}.")]
    y = pd.read_csv(path).iloc[:, 0]
    report = TargetReport(y)
    assert report.rare["box plot"].n_rare == PUBLISHED[name]
    assert report.target_name == y.name


def test_relevances_of_your_own():
    y = CASES["normal"]
    tail = RelevanceFunction(method="quantile", extremes="high")
    report = TargetReport(y, relevances={"tail": tail, "limit": lambda v: (v > 60.0) * 1.0})
    assert list(report.rare) == ["tail", "limit"]
    assert report.rare["limit"].n_rare == np.sum(y > 60.0)
    assert not hasattr(tail, "method_")
    assert report.rare_by == "tail"
    assert "by tail" in next(s.why for s in report.suggestions if s.name == "resampling")


def test_advice_is_based_on_a_relevance_with_enough_rare_rows():
    y = CASES["normal"]

    def top(n):
        limit = np.sort(y)[-n]
        return lambda v: (v >= limit) * 1.0

    step = {f"top {n}": top(n) for n in (1000, 3, 400, 9, 10)}
    assert TargetReport(y, relevances=step).rare_by == "top 10"
    del step["top 10"]
    assert TargetReport(y, relevances=step).rare_by == "top 3"
    assert TargetReport(y, relevances={"all": np.ones_like}).rare_by is None


# ------------------------------------------------------------------- weights


def same(one, two):
    for part in ("distribution", "imbalance"):
        first, second = getattr(one, part), getattr(two, part)
        assert list(first) == list(second)
        np.testing.assert_allclose(
            list(first.values()), list(second.values()), rtol=1e-9, err_msg=part
        )
    np.testing.assert_allclose(one.counts, two.counts)
    np.testing.assert_allclose(one.bin_edges, two.bin_edges)
    assert {k: r.reason for k, r in one.rare.items()} == {k: r.reason for k, r in two.rare.items()}
    for key, found in one.rare.items():
        np.testing.assert_allclose(found.n_rare, two.rare[key].n_rare)
        np.testing.assert_allclose(
            [[b.low, b.high, b.n_samples] for b in found.bumps],
            [[b.low, b.high, b.n_samples] for b in two.rare[key].bumps],
        )
    assert repr(one).partition("First settings")[0] == repr(two).partition("First settings")[0]
    assert one.findings == two.findings


@pytest.mark.parametrize("name", USUAL)
def test_weight_two_is_the_row_twice(name):
    y = CASES[name]
    weight = np.random.default_rng(1).integers(0, 4, size=len(y))
    weight[0] = 2
    same(TargetReport(y, sample_weight=weight), TargetReport(np.repeat(y, weight)))


@pytest.mark.parametrize("name", ["lognormal with outliers", "zero-inflated"])
def test_equal_weights_change_nothing_and_scale_is_free(name):
    y = CASES[name]
    same(TargetReport(y, sample_weight=np.full(len(y), 0.3)), TargetReport(y))
    weight = np.random.default_rng(1).uniform(0.5, 2.0, size=len(y))
    same(TargetReport(y, sample_weight=weight), TargetReport(y, sample_weight=7.3 * weight))


@pytest.mark.parametrize("name", ["normal", "zero-inflated", "long lower tail", "few rows"])
def test_order_and_unit_do_not_matter(name):
    y = CASES[name]
    report = TargetReport(y)
    same(TargetReport(np.random.default_rng(2).permutation(y)), report)
    other = TargetReport(1024.0 * y)
    assert [f.code for f in other.findings] == [f.code for f in report.findings]
    assert other.imbalance["effective_sample_size"] == pytest.approx(
        report.imbalance["effective_sample_size"]
    )
    assert {k: r.n_rare for k, r in other.rare.items()} == pytest.approx(
        {k: r.n_rare for k, r in report.rare.items()}, nan_ok=True
    )


def test_input_is_not_modified():
    y, weight = CASES["normal"].copy(), np.arange(1000.0)
    TargetReport(y, sample_weight=weight)
    np.testing.assert_array_equal(y, CASES["normal"])
    np.testing.assert_array_equal(weight, np.arange(1000.0))


# ------------------------------------------------------------------- the rest


def test_frame_holds_the_numbers():
    report = TargetReport(CASES["zero-inflated"])
    frame = report.to_frame()
    assert frame.index.names == ["part", "measure"]
    for key, value in {**report.distribution, **report.imbalance}.items():
        assert value in frame.xs(key, level="measure")["value"].tolist()
    assert frame.loc[("rare rows", "quantiles"), "value"] == report.rare["quantiles"].n_rare
    assert frame.loc[("rare share", "density"), "value"] == report.rare["density"].share


def test_frame_needs_pandas(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ImportError, match="TargetReport.to_frame requires the package 'pandas'"):
        TargetReport([1.0, 2.0, 4.0]).to_frame()


def test_names():
    y = pd.Series(CASES["normal"], name="rent")
    assert TargetReport(y).target_name == "rent"
    assert TargetReport(y, target_name=7).target_name == "7"
    assert TargetReport(list(y)).target_name == "target"


BAD = [
    ({"y": [1.0, np.nan]}, ValueError, "'y' parameter of TargetReport must be finite"),
    ({"y": []}, ValueError, "'y' parameter of TargetReport"),
    ({"y": [-1e308, 1e308]}, ValueError, "in a range that float64 can hold"),
    ({"sample_weight": [1.0, 2.0]}, ValueError, "'sample_weight' parameter of TargetReport"),
    ({"threshold": 0.0}, ValueError, "'threshold' parameter of TargetReport"),
    ({"bins": 0}, ValueError, "'bins' parameter of TargetReport"),
    ({"bins": "many"}, ValueError, "'bins' parameter of TargetReport"),
    ({"bins": [2, 3]}, ValueError, "edges that cover all targets"),
    ({"relevances": {}}, TypeError, "an empty dict"),
    ({"relevances": RelevanceFunction()}, TypeError, "'relevances' parameter of TargetReport"),
    ({"relevances": {"a": [1.0]}}, TypeError, "list for 'a'"),
    ({"relevances": {"a": RelevanceFunction}}, TypeError, "for 'a'"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), BAD, ids=[m for *_, m in BAD])
def test_bad_input(arguments, error, message):
    with pytest.raises(error, match=message):
        TargetReport(**{"y": [1.0, 2.0, 4.0], **arguments})


def test_a_relevance_out_of_range_is_shown_with_its_reason():
    report = TargetReport(CASES["normal"], relevances={"wrong": lambda v: v})
    assert "must be in [0, 1]" in report.rare["wrong"].reason
    assert "wrong: values from" in repr(report)
