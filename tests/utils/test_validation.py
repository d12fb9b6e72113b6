"""Validation of targets, weights and bins, and optional packages."""

import datetime
import sys
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from scipy import sparse

from skdir.utils import check_bins, check_sample_weight, check_target
from skdir.utils._optional_dependencies import import_optional_dependency


def test_target_of_float64_is_not_copied():
    y = np.array([1.0, 2.0])
    assert check_target(y) is y


@pytest.mark.parametrize("values", [[True, False], np.array([1, 2], dtype=object), (3, 4)])
def test_numbers_of_any_kind_are_targets(values):
    got = check_target(values)
    assert got.dtype == np.float64
    np.testing.assert_array_equal(got, np.asarray(values, dtype=float))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([], "'y' parameter of f must be an array of at least 1 targets. Got 0 samples"),
        ([[1, 2]], r"1-d array of numbers. Got an array of shape \(1, 2\) instead"),
        (3.0, r"shape \(\)"),
        ([[1], [2, 3]], "ragged"),
        (sparse.csr_array(np.eye(2)), "sparse"),
        (["a", "b"], "real numbers. Got dtype <U1 with values such as 'a'"),
        (np.array(["1", 2], dtype=object), "with values such as '1'"),
        (np.array([1j]), "complex"),
        (np.array(["2020"], dtype="datetime64[Y]"), "datetime64"),
        ([1.0, None, np.inf], "1 NaN and 1 infinity"),
        (pd.Series([1, None], dtype="Int64"), "1 NaN and 0 infinity"),
        (pd.Series(["1", "2"], dtype="string"), "with values such as '1'"),
        (["1", "2"], "with values such as '1'"),
        (np.array([b"1"]), "with values such as b'1'"),
        (pd.Series(pd.to_datetime(["2020-01-01"])), "datetime64"),
        (pd.Series(pd.to_datetime(["2020-01-01"]).tz_localize("UTC")), "Timestamp"),
        (pd.to_timedelta(["1s"]), "timedelta64"),
        (pd.period_range("2020", periods=2, freq="Y"), "Period"),
        (np.array([np.timedelta64(1, "s")], dtype=object), "timedelta64|datetime.timedelta"),
        ([datetime.date(2020, 1, 1)], "datetime.date"),
        ([1, 10**400], "a number beyond float64"),
        ([1, Decimal("1e400")], "1 infinity"),
        ({"a": 1}, "Got a dict instead"),
        (np.longdouble([1, "1e4000"]), "0 NaN and 1 infinity"),
        (np.ones((2, 1)), r"shape \(2, 1\); pass y.ravel\(\) instead"),
        ([[1], [2]], r"shape \(2, 1\); pass np.ravel\(y\) instead"),
        (pd.DataFrame({"age": [1, 2]}), r"shape \(2, 1\); pass its column, y\['age'\] instead"),
        (pd.DataFrame([1, 2]), r"pass its column, y\[0\] instead"),
        (pl.DataFrame({"age": [1, 2]}), r"pass its column, y\['age'\] instead"),
        (pa.table({"age": [1, 2]}), r"pass its column, y\['age'\] instead"),
        (torch.ones(2, requires_grad=True), "a Tensor that numpy does not read"),
        (np.ma.array([1.0, -9999], mask=[0, 1]), "without masked values .* Got 1 masked values"),
        (np.ma.array([[1.0]], mask=True), "without masked values .* Got 1 masked values"),
    ],
)
def test_bad_targets(y, message):
    with pytest.raises(ValueError, match=message):
        check_target(y, caller="f")


def test_a_masked_array_without_a_masked_value_is_an_array():
    np.testing.assert_array_equal(check_target(np.ma.array([1, 2], mask=False)), [1, 2])
    assert type(check_target(np.ma.array([1.0, 2.0]))) is np.ndarray


def test_decimals_are_numbers():
    np.testing.assert_array_equal(check_target([Decimal("1.5"), 2]), [1.5, 2])
    np.testing.assert_array_equal(check_target(pd.Series([1, 2], dtype="Int64")), [1, 2])


def test_targets_whose_sum_overflows_are_finite():
    assert len(check_target([1.7e308, 1.7e308])) == 2


def test_sample_weight_none_and_number():
    assert check_sample_weight(None, 3) is None
    np.testing.assert_array_equal(check_sample_weight(2.0, 3), [2, 2, 2])


@pytest.mark.parametrize(
    ("weight", "message"),
    [
        ([1, -1, 1], "non-negative. Got -1 instead"),
        ([0, 0, 0], "only zeros"),
        ([1, 1], r"shape \(3,\), as y. Got shape \(2,\)"),
        ([1, np.nan, 1], "1 NaN"),
    ],
)
def test_bad_weights(weight, message):
    with pytest.raises(ValueError, match=message):
        check_sample_weight(weight, 3)


def test_weights_that_are_masked_or_beyond_float64():
    with pytest.raises(ValueError, match="'sample_weight' .* without masked values"):
        check_sample_weight(np.ma.array([1.0, 2.0], mask=[0, 1]), 2)
    with pytest.raises(ValueError, match="'sample_weight' .* a number beyond float64"):
        check_sample_weight(10**400, 2)
    assert len(check_sample_weight([], 0)) == 0


def test_bins():
    assert check_bins(np.int64(4)) == 4
    with pytest.raises(ValueError, match="Got True instead"):
        check_bins(True)
    with pytest.raises(ValueError, match="Got None instead"):
        check_bins(None)


def test_missing_package_is_named_with_its_remedy(monkeypatch):
    import matplotlib.pyplot

    assert matplotlib.pyplot.__name__ in sys.modules  # a loaded submodule must not hide it
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(
        ImportError, match=r"Thing.plot requires .*'matplotlib'.*scikit-dir\[plot\]"
    ):
        import_optional_dependency("matplotlib.pyplot", caller="Thing.plot")
    with pytest.raises(ImportError, match="pip install no_such_package"):
        import_optional_dependency("no_such_package", caller="f")
    assert import_optional_dependency("json", caller="f").__name__ == "json"
