"""Inputs of the deep regressor of all kinds: dicts, pairs, types, memory, masks, extremes."""

import warnings
from functools import partial

import numpy as np
import pytest
import torch
from regressor_cases import CONFIGURATIONS, Rows, small
from torch import nn
from torch.utils.data import Dataset, IterableDataset, TensorDataset

from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.weighting import LDSWeighter


class TwoInputs(nn.Module):
    """An encoder whose inputs have names."""

    def __init__(self, input_shape=None):
        super().__init__()
        self.table, self.other = nn.Linear(6, 8), nn.Linear(4, 8)

    def forward(self, table, other):
        return torch.relu(self.table(table) + self.other(other))


class WithTokens(nn.Module):
    """An encoder one of whose inputs is of whole numbers."""

    def __init__(self, input_shape):
        super().__init__()
        self.table, self.embedding = nn.Linear(*input_shape["table"], 8), nn.Embedding(4, 8)

    def forward(self, table, tokens):
        return torch.relu(self.table(table) + self.embedding(tokens).sum(1))


class Items(Dataset):
    """A dataset of any items."""

    def __init__(self, items):
        self.items = items

    def __len__(self):
        return len(self.items)

    def __getitem__(self, i):
        return self.items[i]


def as_dict(X):
    return {"table": X[:, :6], "other": X[:, 6:]}


class TestDicts:
    @pytest.mark.parametrize("encoder", [TwoInputs, TwoInputs()], ids=["class", "instance"])
    @pytest.mark.parametrize("config", CONFIGURATIONS)
    def test_they_are_the_arguments_of_the_encoder(self, data, encoder, config):
        X, y = data
        model = small(encoder=encoder, max_epochs=15, **CONFIGURATIONS[config])
        model.fit(as_dict(X), y)
        assert model.score(as_dict(X), y) > 0.3
        assert model.input_shape_ == {"table": (6,), "other": (4,)}
        np.testing.assert_array_equal(model.net_.predict(as_dict(X)), model.predict(as_dict(X)))

    def test_early_stopping_validation_and_going_on(self, data):
        X, y = data
        model = small(encoder=TwoInputs, early_stopping=True).fit(as_dict(X), y)
        model.partial_fit(as_dict(X), y)
        rows = as_dict(X[:300])
        model.fit(rows, y[:300], X_val=as_dict(X[300:]), y_val=y[300:])
        assert "valid_loss" in model.history_[0]
        params = {"encoder": TwoInputs, "fds": FDS(bins=5, statistics="epoch")}
        assert small(**params).fit(as_dict(X), y).predict(as_dict(X)).shape == y.shape

    def test_a_dataset_of_dicts_is_the_same(self, data):
        X, y = data
        table, other = as_dict(X).values()
        rows = Items([({"table": t, "other": o}, u) for t, o, u in zip(table, other, y)])
        lazy = small(encoder=TwoInputs).fit(rows).predict(rows)
        eager = small(encoder=TwoInputs).fit(as_dict(X), y).predict(as_dict(X))
        np.testing.assert_allclose(lazy, eager, rtol=1e-5)

    def test_whole_numbers_stay_whole(self, data):
        X, y = data
        rows = {"table": X, "tokens": np.random.default_rng(0).integers(0, 4, (len(y), 5))}
        assert small(encoder=WithTokens).fit(rows, y).score(rows, y) > 0

    def test_bad_ones(self, data):
        X, y = data
        rows = as_dict(X)
        with pytest.raises(ValueError, match="'encoder' .* forward takes table, other .* 'mlp'"):
            small().fit(rows, y)
        with pytest.raises(ValueError, match="'encoder' parameter .* able to take inputs of shape"):
            small(encoder=TwoInputs).fit({**rows, "third": X}, y)
        for bad, said in (
            ({**rows, "other": X[:9, 6:]}, "equal length. Got {'table': 442, 'other': 9}"),
            ({**rows, "other": X[:, 6:].astype(str)}, "array of real numbers. Got dtype <U"),
            ({**rows, "other": np.where(X[:, 6:] > 2, np.nan, X[:, 6:])}, "free of NaN"),
            ({**rows, 3: X}, "names of the encoder's inputs"),
            ({}, "an empty dict"),
            ([{"table": row[:6], "other": row[6:]} for row in X], "instead of a list of dicts"),
        ):
            with pytest.raises(ValueError, match="parameter of DeepImbalancedRegressor .*" + said):
                small(encoder=TwoInputs).fit(bad, y)
        model = small(encoder=TwoInputs).fit(rows, y)
        for other in ({"table": X[:, :6]}, X, {**rows, "other": X[:, :3]}):
            with pytest.raises(ValueError, match="expecting"):
                model.predict(other)


class TestDatasets:
    def test_an_image_and_a_text_are_no_input_and_target(self, data):
        y = data[1][:20]
        rng = np.random.default_rng(0)
        images = rng.normal(size=(20, 3, 8, 8))
        for second in (["words"] * 20, rng.integers(0, 9, (20, 5))):
            rows = Items(list(zip(images, second)))
            with pytest.raises(ValueError, match="an input of two parts goes into a dict"):
                small(encoder="resnet").fit(rows, y)

    def test_another_second_part_than_y_is_said(self, data):
        X, y = data
        rows = Items(list(zip(X, -y)))
        with pytest.warns(UserWarning, match="second part differs from y"):
            model = small().fit(rows, y)
        np.testing.assert_allclose(model.predict(rows), small().fit(X, y).predict(X), rtol=1e-5)

    @pytest.mark.parametrize(
        ("items", "said"),
        [
            ([(1.0, 2.0, 3.0)] * 5, "items of 3 parts"),
            ([3.0] * 5, "of one dimension or more. Got a number"),
            (["text"] * 5, "numbers"),
            ([object()] * 5, "numbers"),
            ([np.zeros(2), np.zeros(3)] * 2 + [np.zeros(2)], "all of shape \\(2,\\)"),
        ],
    )
    def test_bad_items(self, items, said):
        with pytest.raises(ValueError, match="'X' parameter of DeepImbalancedRegressor") as error:
            small().fit(Items(items), np.arange(5.0))
        assert said.replace("\\", "") in str(error.value)

    def test_items_without_targets_and_streams(self):
        with pytest.raises(ValueError, match="'y' parameter .* second part of each item"):
            small().fit(Items([np.zeros(2)] * 5))

        class Stream(IterableDataset):
            def __iter__(self):
                yield np.zeros(2)

        with pytest.raises(ValueError, match="'X' parameter .* read by their number"):
            small().fit(Stream(), np.zeros(3))

    @pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16, torch.bfloat16])
    def test_of_any_type(self, data, dtype):
        X, y = (torch.tensor(part[:100]).to(dtype) for part in data)
        rows = TensorDataset(X, y)
        lazy = small().fit(rows)
        eager = small().fit(X, y)
        np.testing.assert_allclose(lazy.predict(rows), eager.predict(X), rtol=1e-5)


class TestTypes:
    @pytest.mark.parametrize(
        "dtype", ["float64", "float16", "bfloat16", "int8", "uint8", "int64", "bool"]
    )
    def test_tensors(self, data, dtype):
        X, y = (torch.tensor(part[:100]).to(getattr(torch, dtype)) for part in data)
        model = small().fit(X, y)
        expected = small().fit(X.double().numpy(), y.double().numpy()).predict(X.double().numpy())
        np.testing.assert_allclose(model.predict(X), expected, rtol=1e-5)

    @pytest.mark.parametrize("dtype", ["f2", ">f8", "g", "i2", ">i4", "u1", "?", "O"])
    def test_arrays(self, data, dtype):
        X, y = (np.round(part[:100]).clip(0, 100).astype(dtype) for part in data)
        model = small().fit(X, y, np.ones(100, dtype))
        expected = small().fit(X.astype("f8"), y.astype("f8")).predict(X.astype("f8"))
        np.testing.assert_allclose(model.predict(X), expected, rtol=1e-5)

    def test_a_default_type_of_torch_changes_nothing(self, data):
        X, y = data
        params = {"weighter": LDSWeighter(), "fds": FDS(bins=10), "loss": "balanced_mse"}
        torch.set_default_dtype(torch.float64)
        try:
            model = small(**params).fit(X, y)
            assert {p.dtype for p in model.net_.module_.parameters()} == {torch.float32}
            assert np.corrcoef(model.predict(X), y)[0, 1] > 0.5
            small().fit(Rows(X, y))
        finally:
            torch.set_default_dtype(torch.float32)
        np.testing.assert_allclose(model.predict(X), model.net_.predict(X))

    def test_views_in_any_order(self, data):
        X, y = data
        weight = np.linspace(1, 2, len(y))
        X_back, y_back, w_back = X[::-1], y[::-1], weight[::-1]
        copies = (part.copy() for part in (X_back, y_back, w_back))
        expected = small().fit(*copies).predict(X)
        np.testing.assert_array_equal(small().fit(X_back, y_back, w_back).predict(X), expected)
        by_hand = small().fit(X_back, y_back, w_back, X_val=X_back, y_val=y_back)
        np.testing.assert_array_equal(by_hand.predict(X[::-1]), by_hand.predict(X)[::-1])
        rows = Items(list(zip(X[:, ::-1], y)))
        np.testing.assert_allclose(
            small().fit(rows).predict(rows),
            small().fit(X[:, ::-1], y).predict(X[:, ::-1]),
            rtol=1e-5,
        )

    def test_read_only_series_of_weights_warn_of_nothing(self, data):
        pd = pytest.importorskip("pandas")
        X, y = data
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            small(max_epochs=1).fit(X, y, pd.Series(y))

    @pytest.mark.parametrize(
        "make",
        [
            lambda y: y.astype(str),
            lambda y: y.astype("S8"),
            lambda y: np.datetime64("2020-01-01") + y.astype("m8[D]"),
            lambda y: y.astype("m8[s]"),
            lambda y: y.astype(complex),
            lambda y: [str(value) for value in y],
            lambda y: np.array([None] * len(y)),
        ],
        ids=["text", "bytes", "dates", "durations", "complex", "list of text", "None"],
    )
    def test_what_is_no_number_is_no_target(self, data, make):
        X, y = data
        bad = make(y)
        for target in (bad, np.c_[bad, bad]):
            with pytest.raises(ValueError, match="'y' parameter of DeepImbalancedRegressor"):
                small().fit(X, target)
        with pytest.raises(ValueError, match="'y_val' parameter of DeepImbalancedRegressor"):
            small().fit(X, y, X_val=X, y_val=bad)
        with pytest.raises(ValueError, match="'X' parameter|must be|[Cc]omplex|NaN"):
            small().fit(np.c_[bad, bad], y)

    def test_masked_values_are_refused(self, data):
        X, y = data
        first = np.arange(len(y)) == 0
        hidden = np.ma.array(X, mask=np.repeat(first[:, None], 10, axis=1))
        y_hidden = np.ma.array(y, mask=first)
        w_hidden = np.ma.array(np.ones(len(y)), mask=first)
        model = small().fit(X, y)
        for name, call in {
            "X": lambda: small().fit(hidden, y),
            "y": lambda: small().fit(X, y_hidden),
            "sample_weight": lambda: small().fit(X, y, w_hidden),
            "X_val": lambda: small().fit(X, y, X_val=hidden, y_val=y),
            "y_val": lambda: small().fit(X, y, X_val=X, y_val=y_hidden),
            "sample_weight_val": lambda: small().fit(
                X, y, X_val=X, y_val=y, sample_weight_val=w_hidden
            ),
            "X ": lambda: model.predict(hidden),
            "X  ": lambda: model.partial_fit(hidden, y),
        }.items():
            with pytest.raises(ValueError, match=f"'{name.strip()}' parameter .* masked"):
                call()
        np.testing.assert_array_equal(
            small().fit(np.ma.array(X), np.ma.array(y)).predict(X), model.fit(X, y).predict(X)
        )


class TestExtremes:
    @pytest.mark.parametrize("power", [-900, -500, 500, 600, 1000])
    @pytest.mark.parametrize("config", CONFIGURATIONS)
    def test_the_unit_of_the_target_does_not_matter(self, data, power, config):
        X, y = data
        unit = 2.0**power
        expected = small(**CONFIGURATIONS[config]).fit(X, y).predict(X)
        model = small(**CONFIGURATIONS[config]).fit(X, y * unit)
        np.testing.assert_allclose(model.predict(X) / unit, expected, rtol=1e-4)

    @pytest.mark.parametrize("power", [-1060, -400, 400, 1010])
    def test_the_unit_of_weights_does_not_matter(self, data, power):
        X, y = data
        weight = np.where(y > 150, 2.0, 1.0)
        scaled = [small().fit(X, y, w).predict(X) for w in (weight, np.ldexp(weight, power))]
        np.testing.assert_allclose(*scaled, rtol=1e-4)

    def test_without_a_scale_they_are_refused(self, data):
        X, y = data
        with pytest.raises(ValueError, match="'y' parameter .* float32 after scaling"):
            small(scale_target=False).fit(X, y * 1e200)

    def test_validation_targets_far_beyond(self, data):
        X, y = data
        with pytest.raises(ValueError, match="'y_val' parameter .* float32 after scaling"):
            small().fit(X, y, X_val=X, y_val=y * 1e200)

    def test_tiny_beside_huge_weights(self, data):
        X, y = data
        weight = np.where(np.arange(len(y)) == 0, 1e-300, 1.0)
        without = small(batch_size=1000).fit(X, y, np.where(weight == 1, 1.0, 0.0)).predict(X)
        model = small(batch_size=1000).fit(X, y, weight)
        np.testing.assert_allclose(model.predict(X), without, rtol=1e-3)


class TestNothingIsWrittenTo:
    @pytest.mark.parametrize(
        "make",
        [
            lambda X: X,
            torch.from_numpy,
            lambda X: pytest.importorskip("pandas").DataFrame(X, copy=False),
            lambda X: TensorDataset(torch.from_numpy(X)),
            lambda X: {"input": torch.from_numpy(X)},
        ],
        ids=["array", "tensor", "frame", "dataset", "dict"],
    )
    def test_an_encoder_that_works_in_place(self, data, make):
        X, y = data[0].astype(np.float32), data[1].copy()
        before = X.copy()
        encoder = nn.Sequential(nn.ReLU(inplace=True), nn.Linear(10, 4), nn.ReLU(inplace=True))
        model = small(encoder=encoder, fds=FDS(bins=5, statistics="epoch"), max_epochs=2)
        rows = make(X)
        model.fit(rows, y, X_val=rows, y_val=y).partial_fit(rows, y)
        once, twice = model.predict(rows), model.predict(rows)
        np.testing.assert_array_equal(X, before)
        np.testing.assert_array_equal(y, data[1])
        np.testing.assert_array_equal(once, twice)

    def test_a_loss_that_works_in_place(self, data):
        X, y = data
        before = y.copy()

        def loss(prediction, target):
            return target.sub_(prediction).square_()

        models = [small(loss=kind).fit(X, y, X_val=X, y_val=y) for kind in (loss, "mse")]
        np.testing.assert_array_equal(y, before)
        losses = [[record["valid_loss"] for record in model.history_] for model in models]
        assert losses[0] == pytest.approx(losses[1], rel=1e-4)

    def test_parameters_of_the_user(self, data):
        X, y = data
        params = {"net_params": {"optimizer__betas": (0.5, 0.9)}, "hidden_layer_sizes": [8, 4]}
        before = repr(params)
        small(**params, weighter=LDSWeighter(), fds=FDS(bins=5)).fit(X, y)
        assert repr(params) == before


class TestShapes:
    @pytest.mark.parametrize("encoder", ["resnet", "resnet18"])
    def test_channels_that_come_last_are_said(self, encoder):
        X = np.random.default_rng(0).normal(size=(6, 16, 16, 3))
        with pytest.warns(UserWarning, match=r"16 channels .* X.transpose\(0, 3, 1, 2\)"):
            small(encoder=encoder, max_epochs=1).fit(X, X.mean(axis=(1, 2, 3)))
        small(encoder=encoder, max_epochs=1).fit(X.transpose(0, 3, 1, 2), np.arange(6.0))

    @pytest.mark.parametrize(
        "sizes",
        [(2.7,), (-1,), ("a",), (np.nan,), (0,), (True,), {3, 4}, {3: 4}, "ab", 8, (8, None)],
    )
    def test_sizes_of_layers(self, data, sizes):
        with pytest.raises(ValueError, match="'hidden_layer_sizes' parameter of DeepImbalanced"):
            DeepImbalancedRegressor(hidden_layer_sizes=sizes, device="cpu").fit(*data)

    def test_sizes_of_layers_in_any_sequence(self, data):
        X, y = data
        expected = small(hidden_layer_sizes=(8, 4)).fit(X, y).predict(X)
        for sizes in ([8, 4], np.array([8, 4]), range(8, 0, -4)):
            np.testing.assert_array_equal(
                small(hidden_layer_sizes=sizes).fit(X, y).predict(X), expected
            )

    def test_a_column_of_targets(self, data):
        X, y = data
        pd = pytest.importorskip("pandas")
        flat = small(batch_size=1000).fit(X, y).predict(X)
        for column in (y[:, None], pd.DataFrame({"y": y}), torch.tensor(y)[:, None]):
            np.testing.assert_array_equal(
                small(batch_size=1000).fit(X, column).predict(X)[:, 0], flat
            )
        with pytest.warns(UserWarning, match="column-vector"):  # as scikit-learn's for one target
            model = small(weighter=LDSWeighter()).fit(X, y[:, None])
        assert model.predict(X).shape == y.shape


class TestGoingOn:
    def test_what_was_set_is_followed(self, data):
        X, y = data
        model = small().fit(X, y).set_params(lr=0.5, weight_decay=0.25, batch_size=7)
        model.partial_fit(X, y)
        group = model.net_.optimizer_.param_groups[0]
        assert (group["lr"], group["weight_decay"]) == (0.5, 0.25)
        assert model.net_.batch_size == 7

    def test_a_rate_set_by_a_schedule_is_kept(self, data):
        from skorch.callbacks import LRScheduler

        X, y = data
        schedule = LRScheduler(torch.optim.lr_scheduler.StepLR, step_size=1, gamma=0.5)
        model = small(callbacks=[schedule], max_epochs=2).fit(X, y)
        before = model.net_.optimizer_.param_groups[0]["lr"]
        model.set_params(verbose=0, max_epochs=5).partial_fit(X, y)
        assert model.net_.optimizer_.param_groups[0]["lr"] <= before < model.lr

    @pytest.mark.parametrize(
        "params",
        [
            {"dropout": 0.5},
            {"hidden_layer_sizes": (3,)},
            {"loss": "mae"},
            {"optimizer": "sgd"},
            {"weighter": LDSWeighter()},
            {"fds": FDS()},
            {"scale_target": False},
            {"encoder": "resnet"},
            {"net_params": {"precision": "bfloat16"}},
            {"callbacks": []},
        ],
        ids=lambda params: next(iter(params)),
    )
    def test_what_needs_a_new_fit_is_refused(self, data, params):
        X, y = data
        model = small().fit(X, y)
        expected = model.predict(X)
        model.set_params(**params)
        (name,) = params
        with pytest.raises(ValueError, match=f"'{name}' parameter of .*partial_fit .*call fit"):
            model.partial_fit(X, y)
        np.testing.assert_array_equal(model.predict(X), expected)

    def test_a_part_set_inside_another_counts(self, data):
        X, y = data
        model = small(fds=FDS(bins=5)).fit(X, y).set_params(fds__momentum=0.1)
        with pytest.raises(ValueError, match="'fds' parameter"):
            model.partial_fit(X, y)

    def test_a_partial_fit_that_raises_leaves_everything(self, data):
        from skorch.callbacks import Callback

        X, y = data

        class Raises(Callback):
            at = 100

            def on_epoch_end(self, net, **kwargs):
                if len(net.history) >= self.at:
                    raise RuntimeError("on purpose")

        callback = Raises()
        model = small(callbacks=[callback], fds=FDS(bins=5), dropout=0.2).fit(X, y)
        twin = small(fds=FDS(bins=5), dropout=0.2).fit(X, y)
        Raises.at = 9
        with pytest.raises(RuntimeError, match="on purpose"):
            model.partial_fit(X, y)
        assert model.n_iter_ == len(model.history_) == len(model.net_.history) == 8
        np.testing.assert_array_equal(model.predict(X), twin.predict(X))
        Raises.at = 100
        np.testing.assert_array_equal(
            model.partial_fit(X, y).predict(X), twin.partial_fit(X, y).predict(X)
        )

    def test_a_fit_that_raises_leaves_everything(self, data):
        X, y = data
        model = small(encoder=partial(TwoInputs), fds=FDS(bins=5)).fit(as_dict(X), y)
        attributes, expected = dict(vars(model)), model.predict(as_dict(X))
        for bad in (X, {"table": X[:, :6]}, {"table": X, "other": X}):
            with pytest.raises(ValueError):
                model.fit(bad, y)
        assert vars(model) == attributes
        np.testing.assert_array_equal(model.predict(as_dict(X)), expected)
