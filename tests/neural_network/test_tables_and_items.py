"""Columns that are no numbers, items of datasets that are no targets, and X of no kind."""

import datetime

import numpy as np
import pytest
import torch
from regressor_cases import small
from sklearn.model_selection import cross_val_predict
from skorch.dataset import Dataset as SkorchDataset
from torch.utils.data import ConcatDataset, DataLoader, Dataset, Subset, TensorDataset


class TestTables:
    @pytest.mark.parametrize(
        ("kind", "make"),
        [
            ("str", lambda pd, n: ["text"] * n),
            ("category", lambda pd, n: pd.Categorical(["a", "b"] * (n // 2))),
            ("datetime64", lambda pd, n: pd.date_range("2020-01-01", periods=n)),
            ("timedelta64", lambda pd, n: pd.to_timedelta(np.arange(n), unit="D")),
            ("period", lambda pd, n: pd.period_range("2020-01-01", periods=n)),
            ("complex128", lambda pd, n: np.arange(n) * 1j),
        ],
    )
    def test_a_column_of_a_frame_is_named(self, data, kind, make):
        pd = pytest.importorskip("pandas")
        X, y = data
        frame = pd.DataFrame(X).assign(odd=make(pd, len(y))).rename(columns=str)
        said = f"'X' parameter of DeepImbalancedRegressor .* the column 'odd' of the type .*{kind}"
        with pytest.raises(ValueError, match=said.replace("str", "(str|object)")):
            small().fit(frame, y)

    @pytest.mark.parametrize(
        "value", ["text", datetime.date(2020, 1, 1), datetime.datetime(2020, 1, 1),
                  datetime.timedelta(1), datetime.time(3)],
    )  # fmt: skip
    def test_of_polars_and_arrow_too(self, data, value):
        pl = pytest.importorskip("polars")
        pytest.importorskip("pyarrow")
        X, y = data
        frame = pl.DataFrame(X).with_columns(pl.lit(value).alias("odd"))
        for table in (frame, frame.to_arrow()):
            with pytest.raises(ValueError, match="'X' parameter of Deep.* the column 'odd' of"):
                small().fit(table, y)
        if value != "text":  # which numpy refuses
            with pytest.raises(ValueError, match="X\\['part'\\].* the column 'odd' of"):
                small(encoder=torch.nn.Identity()).fit({"part": frame}, y)

    def test_columns_of_any_type_of_numbers_are_the_same_numbers(self, data):
        pd = pytest.importorskip("pandas")
        y = data[1]
        X = np.round(data[0] * 4)
        mixed = pd.DataFrame(X, columns=list("abcdefghij")).astype(
            {"a": "Int64", "b": "Float32", "c": "int8", "d": "float16", "e": object}
        )
        mixed = mixed.assign(f=mixed.f > 0, g=(mixed.g > 0).astype("boolean"))
        mixed["h"] = mixed.h.astype("category")
        plain = X.copy()
        plain[:, 5:7] = plain[:, 5:7] > 0
        expected = small(max_epochs=2).fit(plain, y).predict(plain)
        np.testing.assert_array_equal(small(max_epochs=2).fit(mixed, y).predict(mixed), expected)

    def test_missing_values_are_not_taken_for_another_type(self, data):
        pd = pytest.importorskip("pandas")
        frame = pd.DataFrame(data[0], columns=list("abcdefghij")).assign(a=[None, *[1] * 441])
        with pytest.raises(ValueError, match="contains NaN"):
            small().fit(frame.astype({"a": "Int64"}), data[1])


class Changed(Dataset):
    """Gives out another target than the attribute that holds them."""

    def __init__(self, X, targets, change):
        self.X, self.targets, self.change = X, targets, change

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return self.X[i], self.change(self.targets[i])


class TestTargetsOfItems:
    @pytest.mark.parametrize("wrap", [list, lambda rows: Subset(rows, range(20)), "concat"])
    def test_skorchs_zeros_for_no_target_are_none(self, data, wrap):
        X, y = data[0].astype(np.float32)[:20], data[1][:20]
        rows = SkorchDataset(X)
        if wrap is list:
            wrapped = rows
        else:
            wrapped = ConcatDataset([rows]) if wrap == "concat" else wrap(rows)
        with pytest.raises(ValueError, match="'y' parameter of Deep.* made without one"):
            small().fit(wrapped)
        # no warning that the zeros differ from y
        np.testing.assert_allclose(small().fit(wrapped, y).predict(X), small().fit(X, y).predict(X))

    def test_what_items_give_out_counts_not_an_attribute(self, data):
        X, y = data[0].astype(np.float32), data[1]
        assert small(max_epochs=1).fit(Changed(X, y, np.log)).target_mean_ == pytest.approx(
            np.log(y).mean()
        )
        same = small(max_epochs=1).fit(Changed(X, y, np.float32))
        assert same.target_mean_ == pytest.approx(y.mean())

        class Logarithmic(SkorchDataset):
            def transform(self, X, y):
                return super().transform(X, np.log(y))

        model = small(max_epochs=1).fit(Logarithmic(X, y))
        assert model.target_mean_ == pytest.approx(np.log(y).mean())

    def test_attributes_that_are_no_targets(self, data):
        X, y = data[0].astype(np.float32), data[1]
        for attribute in ("price", ["price"], y[:5], np.full(len(y), "a"), 3):
            rows = TensorDataset(torch.tensor(X), torch.tensor(y))
            rows.y = attribute
            assert small(max_epochs=1).fit(rows).target_mean_ == pytest.approx(y.mean())

    @pytest.mark.parametrize("columns", [slice(None), slice(1)])
    @pytest.mark.parametrize("with_y", [True, False])
    def test_scikit_learn_cuts_datasets_into_lists_of_items(self, data, columns, with_y):
        X, y = data[0][:, columns].astype(np.float32), data[1]
        parts = [torch.tensor(X)] + ([torch.tensor(y)[:, None]] if with_y else [])
        expected = cross_val_predict(small(), X, y, cv=3)
        found = cross_val_predict(small(), TensorDataset(*parts), y, cv=3)
        np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("method", ["fit", "predict"])
def test_x_of_no_kind_is_refused_by_name(data, method):
    X, y = data
    rows = TensorDataset(torch.tensor(X), torch.tensor(y))

    class NoLength(Dataset):
        def __getitem__(self, i):
            return X[i]

    for bad, said in (
        (DataLoader(rows), "a DataLoader, whose dataset is one"),
        ((row for row in X), "a generator"),
        (None, "a NoneType"),
        ("table.csv", "a str"),
        (3.0, "a float"),
        ({1, 2}, "a set"),
        (NoLength(), "a NoLength"),
    ):
        model = small(max_epochs=1).fit(rows)
        arguments = (bad, y) if method == "fit" else (bad,)
        with pytest.raises(ValueError, match=f"'X' parameter of Deep.* Got {said} instead"):
            getattr(model, method)(*arguments)
