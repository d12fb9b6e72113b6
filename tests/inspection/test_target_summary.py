"""The summary of a target: a value that cannot change, which all views of a report read alone."""

import copy
import pickle
from dataclasses import FrozenInstanceError, fields, replace

import numpy as np
import pytest
from report_cases import CASES

from skdir.inspection import TargetReport
from skdir.inspection._target_report.findings import find_traps
from skdir.inspection._target_report.measures import Distribution, Imbalance
from skdir.inspection._target_report.page import fragment, page
from skdir.inspection._target_report.picture import draw_report
from skdir.inspection._target_report.rare import RareRows
from skdir.inspection._target_report.suggestions import suggest
from skdir.inspection._target_report.summary import TargetSummary
from skdir.inspection._target_report.text import as_text
from skdir.relevance import Bump

NAMES = ["zero-inflated", "lognormal with outliers", "ages", "constant", "near the largest float"]


def summary_of(name, **arguments):
    return TargetReport(CASES[name], **arguments)._summary


def by_hand(y, **changes):
    """Return a summary of an inconspicuous target of these values, with changes.

    Its parts need not fit each other: a view sees nothing else than what it is given.
    """
    values, mass = np.unique(np.asarray(y, dtype=float), return_counts=True)
    distribution = Distribution(
        n=len(y), distinct=len(values), min=values[0], q1=values[0], median=0.0,
        q3=values[-1], max=values[-1], mean=0.0, sd=1.0, skewness=0.0, log_skewness=0.0,
    )  # fmt: skip
    imbalance = Imbalance(
        bins=10, empty_bins=0, fullest_bin=20, emptiest_bin=5, density_ratio=4.0,
        effective_density_ratio=4.0, bandwidth=0.5, effective_sample_size=90.0,
        effective_sample_size_inverse=80.0, largest_weight=2.0, rare_fifth=0.2,
        rare_fifth_of_range=0.4,
    )  # fmt: skip
    given = {}
    for part, value in {"distribution": distribution, "imbalance": imbalance}.items():
        own = {k: changes.pop(k) for k in list(changes) if k in {f.name for f in fields(value)}}
        given[part] = replace(value, **own)
    found = RareRows("box plot", 40, 0.1, (Bump(2.0, 3.0, True, 40),))
    given |= {
        "target_name": "y", "threshold": 0.8, "weighted": False, "y": np.sort(y), "weight": None,
        "values": values, "mass": mass.astype(float), "bin_edges": np.arange(11.0),
        "counts": np.arange(10.0), "rare": (found,),
    }  # fmt: skip
    return TargetSummary(**{**given, **changes})


def codes(summary):
    return {finding.code: finding for finding in find_traps(summary)}


# Different values at uneven distances, none of them whole.
PLAIN = np.sort(np.random.default_rng(0).normal(size=400)) + 0.001


def test_nothing_can_be_set_or_written():
    summary = summary_of("lognormal with outliers", sample_weight=np.ones(602))
    with pytest.raises(FrozenInstanceError):
        summary.threshold = 0.5
    for part in (summary.distribution, summary.imbalance, summary.rare[0]):
        with pytest.raises(FrozenInstanceError):
            setattr(part, fields(part)[0].name, 0)
    arrays = [v for f in fields(summary) if isinstance(v := getattr(summary, f.name), np.ndarray)]
    assert len(arrays) == 5 + (summary.weight is not None)
    for array in arrays:
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0.0


def test_arrays_are_copies_of_what_they_are_made_from():
    y, edges = np.sort(CASES["normal"]), np.linspace(0.0, 100.0, 11)
    summary = TargetReport(y, bins=edges)._summary
    before = summary.y.copy()
    y[:], edges[:] = 0.0, 0.0  # they can be written, and change nothing
    np.testing.assert_array_equal(summary.y, before)
    np.testing.assert_array_equal(summary.bin_edges, np.linspace(0.0, 100.0, 11))
    counts = np.arange(10.0)
    summary = by_hand(PLAIN, counts=counts)
    counts[0] = 99.0
    assert summary.counts[0] == 0.0


def test_what_a_user_writes_into_a_report_does_not_reach_its_summary():
    report = TargetReport(CASES["ages"])
    text = repr(report)
    report.distribution["n"], report.imbalance["bins"] = 7, 7
    report.counts[:], report.bin_edges[:] = 0, 0
    report.rare.clear()
    assert repr(report) == text


@pytest.mark.parametrize("remade", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))])
def test_copies_are_equal_and_read_only(remade):
    summary = summary_of("zero-inflated")
    again = remade(summary)
    assert as_text(again) == as_text(summary)
    for name in ("y", "values", "mass", "counts", "bin_edges"):
        np.testing.assert_array_equal(getattr(again, name), getattr(summary, name))
        assert not getattr(again, name).flags.writeable


@pytest.mark.parametrize("name", NAMES)
def test_views_need_the_summary_alone(name):
    report = TargetReport(CASES[name])
    shown = repr(report), report.to_html(), report._repr_html_()
    findings, suggestions = report.findings, report.suggestions
    summary = report._summary
    del report
    assert (as_text(summary), page(summary), fragment(summary)) == shown
    assert (find_traps(summary), suggest(summary)) == (findings, suggestions)
    with np.errstate(over="ignore"):
        assert draw_report(summary).figure is not None


def test_views_show_what_is_in_the_summary():
    summary = replace(summary_of("normal"), target_name="rent", weighted=True)
    assert "TargetReport of rent" in as_text(summary)
    assert "sample_weight=sample_weight" in suggest(summary)[0].code
    few = replace(summary, distribution=replace(summary.distribution, n=12))
    assert "There are only 12 rows." in as_text(few)


# ---------------------------------------------------------------- a trap from each number


def test_an_inconspicuous_target_has_no_traps():
    assert codes(by_hand(PLAIN)) == {}


def test_constant():
    (found,) = find_traps(by_hand([2.5] * 9))
    assert (found.code, found.level) == ("constant", "warning")
    assert found.what == "All 9 rows have the target 2.5."


def test_a_spike_of_60_in_400_rows():
    y = np.append(PLAIN[:340], [PLAIN[170]] * 60)
    found = codes(by_hand(y))["spike"]
    # the value itself is there once more: 61 of 400 rows
    assert found.what.startswith("61 rows (15 %) have exactly the target")
    # 5 per cent are 20 rows
    assert "spike" in codes(by_hand(np.append(PLAIN[:381], [PLAIN[170]] * 19)))
    assert "spike" not in codes(by_hand(np.append(PLAIN[:382], [PLAIN[170]] * 18)))


def test_a_spike_has_five_times_as_many_rows_as_the_values_beside_it():
    for n, stands_out in ((40, True), (39, False)):
        y = np.concatenate([PLAIN[:100], [5.5] * 8, [6.5] * n, [7.5], [8.5]])
        summary = by_hand(y)
        assert (summary.spike is not None) == stands_out
        assert summary.spike is None or summary.spike == (6.5, n)


def test_zero_inflation():
    y = np.append(np.abs(PLAIN) + 0.5, np.zeros(100))
    summary = by_hand(y, bandwidth=0.25)
    found = codes(summary)["zero_inflation"]
    assert found.what.startswith("100 rows (20 %) are exactly 0; the others are 0.50")
    assert "within about 0.250 of 0" in found.advice
    assert summary.many_zeros and "floor" not in codes(summary)


@pytest.mark.parametrize(("code", "sign"), [("ceiling", 1), ("floor", -1)])
def test_limits_of_one_per_cent(code, sign):
    # 6 of 400 + 6 rows are 1.5 %, and more than five times the one beside it
    found = codes(by_hand(np.append(PLAIN, [sign * 9.5] * 6)))[code]
    assert found.what.startswith("6 rows (1.5 %) have exactly the")
    assert found.what.endswith(f"target, {sign * 9.5:g}.")
    assert code not in codes(by_hand(np.append(PLAIN, [sign * 9.5] * 4)))


def test_few_rows():
    assert "few_rows" not in codes(by_hand(PLAIN, n=100))
    assert codes(by_hand(PLAIN, n=99))["few_rows"].what == "There are only 99 rows."


def test_few_rare_rows():
    def rare(n):
        return (RareRows("mine", 99, 0.2, (Bump(2.0, 3.0, True, n), Bump(5.0, 5.0, True, 50))),)

    assert "few_rare_rows" not in codes(by_hand(PLAIN, rare=rare(30)))
    found = codes(by_hand(PLAIN, rare=rare(29)))["few_rare_rows"]
    assert found.what == "Rare parts of few rows (mine): 29 rows at 2 to 3."
    assert "leave about 6 for each test" in found.advice
    assert "leave less than one" in codes(by_hand(PLAIN, rare=rare(4)))["few_rare_rows"].advice


def test_outliers_lie_three_interquartile_ranges_out():
    # quartiles -1 and 1: the fences are -7 and 7
    y = np.append(PLAIN[np.abs(PLAIN) < 4], [-7.0, 7.0, 7.5, 11.0])
    found = codes(by_hand(y, q1=-1.0, q3=1.0, largest_weight=31.4))["outliers"]
    assert found.what.startswith("2 rows (") and "the farthest, 11, by 5.00." in found.what
    assert "up to 31.4 times the mean" in found.advice


def test_skewness():
    assert not {"left_skew", "right_skew", "heavy_skew"} & set(codes(by_hand(PLAIN, skewness=0.99)))
    assert "(skewness -1.00)" in codes(by_hand(PLAIN, skewness=-1.0))["left_skew"].what
    right = codes(by_hand(PLAIN, skewness=2.0, log_skewness=1.01, min=-3.0))
    assert right["right_skew"].what.endswith("skewness 2.00, of asinh(y / c) 1.01.")
    heavy = codes(by_hand(PLAIN, skewness=2.0, log_skewness=-1.0, min=-3.0))
    assert "heavy_skew" in heavy and "right_skew" not in heavy
    below = int(np.sum(PLAIN <= 0))
    assert heavy["no_logarithm"].what.startswith(f"{below} rows ")
    assert "down to -3:" in heavy["no_logarithm"].what


def test_relevances_that_fail():
    reason = "The 'y' parameter of X must be a target. Got a fence of 0 instead. Use another."
    failed = [RareRows(name, np.nan, np.nan, (), reason) for name in "abc"]
    good = by_hand(PLAIN).rare
    found = codes(by_hand(PLAIN, rare=(*failed, *good)))["no_relevance"]
    assert found.what == "What is rare cannot be told by a, b and c: a fence of 0."
    one = codes(by_hand(PLAIN, rare=(failed[1], *good)))["no_relevance"]
    assert one.what == "What is rare cannot be told by b: a fence of 0."


def test_empty_bins_are_more_than_half():
    assert "empty_bins" not in codes(by_hand(PLAIN, bins=10, empty_bins=5))
    found = codes(by_hand(PLAIN, bins=10, empty_bins=6))["empty_bins"]
    assert found.what == "6 of 10 bins are empty."


def test_few_values_whole_numbers_and_ties():
    few = np.repeat(np.arange(20) + 0.5, 2)
    assert codes(by_hand(few))["few_values"].what == "The target has only 20 different values."
    whole = np.arange(300.0)
    found = codes(by_hand(whole, bandwidth=0.29))["whole_numbers"]
    assert "drops between them (bandwidth 0.290)" in found.advice
    assert "smoothed over them" in codes(by_hand(whole, bandwidth=0.3))["whole_numbers"].advice
    assert "whole_numbers" not in codes(by_hand(np.append(whole, 1001.0)))
    tied = codes(by_hand(np.repeat(PLAIN, 2)))["ties"]
    assert tied.what == "800 rows have only 400 different targets."
    assert "ties" not in codes(by_hand(np.repeat(PLAIN, 2)[1:]))


def test_nearly_uniform():
    assert "nearly_uniform" not in codes(by_hand(PLAIN, effective_density_ratio=3.0))
    found = codes(by_hand(PLAIN, effective_density_ratio=2.99))["nearly_uniform"]
    assert "varies by a factor of 2.99 only" in found.what


# ---------------------------------------------------------------- advice


def test_advice_is_based_on_the_first_relevance_of_a_useful_share():
    def of(*numbers):
        rare = (RareRows(str(i), n, share, ()) for i, (n, share) in enumerate(numbers))
        found = by_hand(PLAIN, rare=tuple(rare)).basis
        return None if found is None else found.name

    assert of((9, 0.1), (10, 0.3)) == "1"
    assert of((9, 0.1), (200, 0.31)) == "0"
    assert of((0, 0.0), (200, 0.31)) == "1"
    assert of((0, 0.0), (400, 1.0), (np.nan, np.nan)) is None
