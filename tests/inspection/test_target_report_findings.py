"""TargetReport: which traps are found, which are not, and what is said about them."""

import numpy as np
import pytest
from report_cases import CASES
from scipy import stats

from skdir.inspection import TargetReport

EXPECTED = {
    "normal": [],
    "uniform": ["no_relevance", "nearly_uniform"],
    "zero-inflated": ["zero_inflation", "outliers", "right_skew", "no_logarithm"],
    "counts with zeros": [
        "zero_inflation", "right_skew", "no_logarithm", "no_relevance", "few_values",
    ],
    "lognormal with outliers": ["outliers", "heavy_skew", "empty_bins"],
    "negative and skewed": ["outliers", "heavy_skew", "no_logarithm"],
    "long lower tail": ["outliers", "left_skew", "empty_bins"],
    "capped": ["ceiling"],
    "cut off below": ["floor"],
    "default value": ["spike"],
    "ages": ["whole_numbers"],
    "narrow counts": ["whole_numbers"],
    "grades": ["few_values"],
    "rounded": ["ties"],
    "few rows": ["few_rows"],
    "few rare rows": ["few_rare_rows"],
    "two values": ["few_rows", "few_values"],
    "two rows": ["few_rows", "whole_numbers"],
    "one row": ["constant"],
    "constant": ["constant"],
    "near the largest float": ["outliers", "right_skew", "no_logarithm", "empty_bins"],
}  # fmt: skip
# What depends on the draw, or comes along with what the case is about.
BESIDE = {
    "normal": set(),
    "negative and skewed": {"empty_bins"},
    "counts with zeros": {"outliers", "empty_bins"},
    "capped": {"few_rare_rows"},
    "cut off below": {"few_rare_rows"},
    "default value": {"few_rare_rows"},
    "ages": {"few_rare_rows"},
    "narrow counts": {"outliers", "heavy_skew", "right_skew"},
    "grades": {"no_relevance", "few_rare_rows", "right_skew", "heavy_skew"},
    "few rows": {"no_relevance", "nearly_uniform", "few_rare_rows"},
    "few rare rows": {"outliers", "heavy_skew", "no_logarithm"},
    "two values": {"no_relevance", "nearly_uniform", "few_rare_rows"},
    "two rows": {"no_relevance", "nearly_uniform", "few_rare_rows"},
    "near the largest float": {"few_rare_rows"},
}


def findings(y, **options):
    return {finding.code: finding for finding in TargetReport(y, **options).findings}


@pytest.mark.parametrize("name", CASES)
def test_traps_that_are_there_are_found_and_no_others(name):
    found = findings(CASES[name])
    expected = set(EXPECTED[name])
    assert expected <= set(found)
    assert set(found) - expected <= BESIDE.get(name, set())
    levels = [finding.level for finding in found.values()]
    assert levels == sorted(levels, reverse=True) and set(levels) <= {"warning", "note"}
    for finding in found.values():
        for text in (finding.what, finding.advice):
            assert text[0] == text[0].upper() and text.endswith(".") and "nan" not in text


def test_zeros():
    y = CASES["zero-inflated"]
    zeros = int(np.sum(y == 0))
    text = findings(y)["zero_inflation"].what
    assert text.startswith(f"{zeros} rows ({100 * zeros / len(y):.0f} %) are exactly 0")
    assert f"{y[y > 0].min():,.6g} to {y.max():,.6g}" in text
    bandwidth = TargetReport(y).imbalance["bandwidth"]
    assert f"within about {bandwidth:.1f} of 0" in findings(y)["zero_inflation"].advice
    # between counts there is nothing for a bandwidth to reach
    assert "within" not in findings(CASES["counts with zeros"])["zero_inflation"].advice
    # counts of which zero is only the most frequent
    assert "zero_inflation" not in findings(np.random.default_rng(0).poisson(0.8, size=2000))


@pytest.mark.parametrize("share", [0.02, 0.04, 0.06, 0.2])
def test_a_spike_is_five_per_cent_or_more(share):
    y = CASES["normal"].copy()
    y[: int(share * 1000)] = 47.11
    found = findings(y)
    assert ("spike" in found) == (share >= 0.05)
    if share >= 0.05:
        what = f"{int(share * 1000)} rows ({TEXT[share]} %) have exactly the target 47.11."
        assert found["spike"].what == what


TEXT = {0.06: "6.0", 0.2: "20"}


@pytest.mark.parametrize(("name", "code"), [("capped", "ceiling"), ("cut off below", "floor")])
def test_limits(name, code):
    y = CASES[name]
    limit = y.max() if code == "ceiling" else y.min()
    n = int(np.sum(y == limit))
    text = findings(y)[code].what
    assert text.startswith(f"{n} rows") and f"{limit:g}" in text
    assert ("higher" if code == "ceiling" else "lower") in findings(y)[code].advice
    few = np.append(CASES["normal"], [120.0] * 4)
    assert "ceiling" not in findings(few)
    assert "ceiling" in findings(np.append(few, [120.0] * 8))


def test_outliers_are_counted_beyond_three_interquartile_ranges():
    y = np.append(CASES["lognormal with outliers"], [9000.0, 15000.0])
    report = TargetReport(y)
    q1, q3 = report.distribution["q1"], report.distribution["q3"]
    far = (y < q1 - 3 * (q3 - q1)) | (y > q3 + 3 * (q3 - q1))
    text = next(f for f in report.findings if f.code == "outliers").what
    assert text.startswith(f"{far.sum()} rows ")
    assert f"the farthest, 15,000, by {(15000 - q3) / (q3 - q1):.0f}." in text
    z, (l1, l3) = np.log(y), np.log([q1, q3])
    left = np.sum((z < l1 - 3 * (l3 - l1)) | (z > l3 + 3 * (l3 - l1)))
    assert left == 2
    assert text.endswith("On a logarithmic scale 2 do.")
    low = findings(-y)["outliers"].what
    assert f"{far.sum()} rows" in low and "the farthest, -15,000" in low
    assert "logarithmic" not in low
    none = findings(np.exp(np.linspace(0, 12, 500)))["outliers"].what
    assert none.endswith("On a logarithmic scale none does.")


def test_skewness_says_what_the_logarithm_does():
    y = CASES["lognormal with outliers"]
    text = findings(y)["heavy_skew"].what
    assert f"skewness {stats.skew(y):.1f}, of log(y) {stats.skew(np.log(y)):.3f}." in text
    # far from zero a logarithm is nearly a line
    y = np.random.default_rng(0).exponential(size=500) * 1e-6 + 1000.0
    assert "right_skew" in findings(y)
    below = findings(CASES["negative and skewed"])["no_logarithm"].what
    y = CASES["negative and skewed"]
    assert below.startswith(f"{np.sum(y <= 0)} rows")
    assert f"not above 0, down to {y.min():,.6g}" in below


def test_few_rare_rows_are_named_with_their_fold_size():
    finding = findings(CASES["few rare rows"])["few_rare_rows"]
    report = TargetReport(CASES["few rare rows"])
    small = [b for b in report.rare[report.rare_by].bumps if b.n_samples < 30]
    assert small
    for bump in small:
        assert f"{bump.n_samples} row" in finding.what and f"{bump.low:,.6g}" in finding.what
    least = min(b.n_samples for b in small)
    assert (f"about {least / 5:.0f}" if least >= 5 else "less than one") in finding.advice


def test_many_small_rare_parts_are_cut():
    y = np.arange(2000.0)
    relevance = {"comb": lambda v: (v % 200 < 3) * 1.0}
    text = findings(y, relevances=relevance)["few_rare_rows"].what
    assert "3 rows at 0 to 2 and 3 rows at 200 to 202 and 3 rows at 400 to 402" in text
    assert text.endswith("and 7 more such parts.")
    shown = " ".join(repr(TargetReport(y, relevances=relevance)).split())
    assert "comb: 30 rows (1.5 %), 0 to 2, 200 to 202, 400 to 402 and 7 more" in shown


def test_failing_relevances_are_named():
    text = findings(CASES["counts with zeros"])["no_relevance"].what
    assert "box plot and adjusted box plot" in text and "interquartile range of 0" in text


def test_whole_numbers_that_the_bandwidth_keeps_apart():
    wide = findings(CASES["ages"])["whole_numbers"].advice
    assert "smoothed over them" in wide
    y = np.random.default_rng(0).geometric(0.5, size=200_000) * 1.0
    y[:30] = np.arange(21, 51)
    narrow = findings(y)["whole_numbers"].advice
    assert TargetReport(y).imbalance["bandwidth"] < 0.3
    assert "drops between them" in narrow
    assert "whole_numbers" not in findings(np.arange(0, 20_000, 7))


def test_ties_do_not_count_a_spike():
    y = np.append(CASES["normal"], np.full(1500, 40.0))
    assert "ties" not in findings(y)
    assert "ties" in findings(np.repeat(CASES["normal"], 2))


def test_a_nearly_uniform_density():
    ratio = TargetReport(CASES["uniform"]).imbalance["effective_density_ratio"]
    assert ratio < 3
    assert f"factor of {ratio:.2f} only" in findings(CASES["uniform"])["nearly_uniform"].what


def test_constant():
    (finding,) = TargetReport(CASES["constant"]).findings
    assert finding.what == "All 40 rows have the target 7."
    report = TargetReport([3.0])
    assert report.findings[0].what == "The only row has the target 3."
    assert report.suggestions == () and report.rare_by is None
    assert all(found.reason for found in report.rare.values())
    assert np.isnan(report.distribution["skewness"])
