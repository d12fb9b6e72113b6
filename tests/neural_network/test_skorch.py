"""What users of skorch bring along works with its defaults: callbacks, datasets, optimizers."""

import inspect

import numpy as np
import pytest
import torch
from regressor_cases import small
from sklearn.base import clone
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_val_predict
from skorch.callbacks import (
    Callback,
    Checkpoint,
    EarlyStopping,
    EpochScoring,
    Freezer,
    Initializer,
    InputShapeSetter,
    LRScheduler,
    PassthroughScoring,
    TrainEndCheckpoint,
    Unfreezer,
)
from skorch.dataset import Dataset
from skorch.helper import SliceDataset

from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.weighting import LDSWeighter


class TestCallbacks:
    def test_a_checkpoint_with_its_defaults_keeps_the_best_epoch(self, data, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        X, y = data
        model = DeepImbalancedRegressor(
            callbacks=[Checkpoint()], early_stopping=True, max_epochs=4, device="cpu",
            random_state=0,
        ).fit(X, y)  # fmt: skip
        assert {"params.pt", "history.json"} <= {path.name for path in tmp_path.iterdir()}
        kept = torch.load("params.pt", weights_only=True)  # early stopping keeps the best as well
        for name, value in model.net_.module_.state_dict().items():
            assert torch.equal(kept[name], value), name

    @pytest.mark.parametrize(
        "make",
        [
            lambda: Checkpoint(load_best=True),
            lambda: Checkpoint(monitor=None),
            lambda: Checkpoint(monitor="train_loss_best"),
            lambda: TrainEndCheckpoint(),
            lambda: EarlyStopping(patience=2),
            lambda: LRScheduler("ReduceLROnPlateau", monitor="valid_loss"),
            lambda: PassthroughScoring("valid_loss"),
            lambda: Freezer("encoder.*"),
            lambda: EpochScoring("r2", lower_is_better=False),
        ],
    )
    def test_others(self, data, tmp_path, monkeypatch, make):
        monkeypatch.chdir(tmp_path)
        X, y = data
        model = small(callbacks=[make()]).fit(X[:300], y[:300], X_val=X[300:], y_val=y[300:])
        assert np.isfinite(model.predict(X)).all()

    @pytest.mark.parametrize("scoring", ["r2", None])
    @pytest.mark.parametrize("shape", ["vector", "column", "two"])
    def test_a_score_is_that_of_the_predictions(self, data, scoring, shape):
        X, y = data
        y = {"vector": y, "column": y[:, None], "two": np.c_[y, -3 * y]}[shape]
        model = small(callbacks=[EpochScoring(scoring, name="r2", lower_is_better=False)]).fit(
            X[:300], y[:300], X_val=X[300:], y_val=y[300:]
        )
        expected = r2_score(y[300:], model.predict(X[300:]))
        assert model.history_[-1]["r2"] == pytest.approx(expected, rel=1e-5)
        assert model.net_.score(X[300:], y[300:]) == pytest.approx(expected, rel=1e-5)

    def test_load_best_predicts_as_the_best_epoch(self, data, tmp_path):
        X, y = data
        checkpoint = Checkpoint(dirname=tmp_path, load_best=True)
        model = small(callbacks=[checkpoint], lr=0.3, max_epochs=20).fit(
            X[:300], y[:300], X_val=X[300:], y_val=y[300:]
        )
        best = min(record["valid_loss"] for record in model.history_)
        error = (model.predict(X[300:]) - y[300:]) / model.target_scale_
        assert (error**2).mean() == pytest.approx(best, rel=1e-4)

    @pytest.mark.parametrize(
        "make",
        [
            lambda: Freezer("encoder*"),
            lambda: [Freezer("encoder*"), Unfreezer("encoder*", at=2)],
            lambda: Initializer("head*", fn=torch.nn.init.zeros_, at=1),
        ],
    )
    def test_those_that_set_their_own_parameters_do_not_end_partial_fit(self, data, make):
        callbacks = make()
        model = small(callbacks=callbacks if isinstance(callbacks, list) else [callbacks])
        model.fit(*data)
        for epoch in (1, 2):
            assert model.partial_fit(*data).n_iter_ == 8 + epoch
        model.callbacks[0].set_params(patterns="head*")
        with pytest.raises(ValueError, match="'callbacks' .* as in the fit"):
            model.partial_fit(*data)

    def test_a_frozen_encoder_stays_as_it_was_drawn(self, data):
        first = small(max_epochs=1, callbacks=[Freezer("encoder*")]).fit(*data)
        frozen = small(max_epochs=9, callbacks=[Freezer("encoder*")]).fit(*data)
        moved = small(max_epochs=9).fit(*data)
        states = [m.net_.module_.encoder.layers[0].weight.detach() for m in (first, frozen, moved)]
        assert torch.equal(states[0], states[1])
        assert not torch.equal(states[0], states[2])

    @pytest.mark.parametrize(
        "make",
        [
            lambda: EarlyStopping(),
            lambda: Checkpoint(f_pickle="net.pkl"),
            lambda: LRScheduler("ReduceLROnPlateau", monitor="valid_loss"),
        ],
    )
    def test_those_that_need_validation_rows_say_so(self, data, tmp_path, monkeypatch, make):
        monkeypatch.chdir(tmp_path)
        said = (
            "'callbacks' parameter of Deep.* X_val and y_val: there are no validation rows.*valid_l"
        )
        with pytest.raises(ValueError, match=said):
            small(callbacks=[make()]).fit(*data)
        model = small(callbacks=[make()], early_stopping=True).fit(*data)
        expected = model.predict(data[0])
        with pytest.raises(ValueError, match=said):
            model.partial_fit(*data)
        np.testing.assert_array_equal(model.predict(data[0]), expected)

    def test_what_is_no_callback_is_refused(self, data):
        for callbacks in ([3], ["Checkpoint"], [("name", 3)], [None], [InputShapeSetter()]):
            with pytest.raises(ValueError, match="'callbacks' parameter of DeepImb"):
                small(callbacks=callbacks).fit(*data)

    @pytest.mark.parametrize("name", ["fds", "last_good", "print_log", "mine"])
    def test_names_that_are_taken(self, data, name):
        callbacks = [("mine", EarlyStopping()), (name, EarlyStopping())]
        with pytest.raises(ValueError, match=f"'callbacks' parameter of Deep.* name '{name}'"):
            small(callbacks=callbacks).fit(*data)


def test_a_table_of_epochs_is_printed_once(data, capsys):
    small(verbose=2, max_epochs=3).fit(*data)
    lines = capsys.readouterr().out.splitlines()
    numbers = [line.split()[0] for line in lines if line.split()[:1] != []]
    assert numbers[-3:] == ["1", "2", "3"]
    assert numbers.count("epoch") == 1
    assert len(lines) == 5  # with names of columns and a rule


def test_the_inner_net_predicts_what_the_regressor_does(data):
    X, y = data
    frame = pytest.importorskip("pandas").DataFrame(X)
    for target in (y, y[:, None], np.c_[y, -y]):
        model = small().fit(X, target)
        for inputs in (X, X.astype(np.float32), torch.tensor(X), frame, Dataset(X)):
            np.testing.assert_array_equal(model.net_.predict(inputs), model.predict(X))
    assert model.net_.forward(X).shape == (442, 2)
    with pytest.raises(ValueError, match="rows of shape \\(9,\\)"):
        model.net_.predict(X[:, :9])
    for method in (model.net_.fit, model.net_.partial_fit):
        with pytest.raises(RuntimeError, match="partial_fit of the regressor"):
            method(X, y)


def test_the_inner_net_is_cloned_without_what_it_learned(data):
    net = clone(small().fit(*data).net_)
    assert not net.initialized_


def test_numbers_of_callbacks_are_plain_in_the_history(data, tmp_path):
    class Records(Callback):
        def on_epoch_end(self, net, **kwargs):
            net.history.record("tensor", torch.tensor(2.0, dtype=torch.bfloat16))
            net.history.record("number", np.float32(3))
            net.history.record("vector", torch.ones(2))

    model = small(max_epochs=1, callbacks=[Records()]).fit(*data)
    model.save(tmp_path / "model")
    for history in (model.history_, DeepImbalancedRegressor.load(tmp_path / "model").history_):
        assert [type(history[0][name]) for name in ("tensor", "number")] == [float, float]
        assert (history[0]["tensor"], history[0]["number"]) == (2.0, 3.0)
        np.testing.assert_array_equal(history[0]["vector"], [1.0, 1.0])


class TestSliceDatasets:
    def test_they_fit_and_predict(self, data):
        X, y = data
        rows = Dataset(X.astype(np.float32), y)
        expected = small().fit(X, y).predict(X)
        for target in (SliceDataset(rows, 1), y):
            model = small().fit(SliceDataset(rows), target)
            np.testing.assert_allclose(model.predict(SliceDataset(rows)), expected, rtol=1e-5)

    def test_cross_validation(self, data):
        X, y = data
        rows = SliceDataset(Dataset(X.astype(np.float32), y))
        lazy = cross_val_predict(small(early_stopping=True), rows, y, cv=3)
        eager = cross_val_predict(small(early_stopping=True), X, y, cv=3)
        np.testing.assert_allclose(lazy, eager, rtol=1e-5)


OPTIMIZERS = [
    kind
    for kind in vars(torch.optim).values()
    if inspect.isclass(kind)
    and issubclass(kind, torch.optim.Optimizer)
    and kind is not torch.optim.Optimizer
]
# Those that cannot train a dense network with vectors of biases, by what they say themselves.
REFUSED = {"SparseAdam": "dense gradients", "Muon": "2D parameters"}


class TestOptimizers:
    @pytest.mark.parametrize("kind", OPTIMIZERS, ids=lambda kind: kind.__name__)
    def test_all_of_torch(self, data, kind):
        X, y = data
        model = small(optimizer=kind, max_epochs=2, batch_size=1000)  # LBFGS wants all rows
        if kind.__name__ in REFUSED:
            said = f"'optimizer' parameter of Deep.* Got {kind.__name__} .*{REFUSED[kind.__name__]}"
            with pytest.raises(ValueError, match=said):
                model.fit(X, y)
            return
        losses = [record["train_loss"] for record in model.fit(X, y).history_]
        assert losses[1] < losses[0]
        assert np.isfinite(model.partial_fit(X, y).predict(X)).all()

    def test_lbfgs_finds_the_least_squares(self):
        rng = np.random.default_rng(0)
        X = rng.normal(size=(60, 3))
        y = X @ [1.0, -2.0, 0.5] + 3 + 0.1 * rng.normal(size=60)
        model = small(hidden_layer_sizes=(), optimizer=torch.optim.LBFGS, lr=1.0, max_epochs=5).fit(
            X, y
        )
        design = np.c_[X, np.ones(60)]
        expected = design @ np.linalg.lstsq(design, y, rcond=None)[0]
        np.testing.assert_allclose(model.predict(X), expected, atol=1e-3)

    def test_weight_decay_of_one_that_has_none(self, data):
        with pytest.raises(ValueError, match="'weight_decay' .* 0 with the optimizer LBFGS"):
            small(optimizer=torch.optim.LBFGS, weight_decay=0.1).fit(*data)

    def test_with_weights_and_fds(self, data):
        X, y = data
        model = small(
            optimizer=torch.optim.LBFGS, weighter=LDSWeighter(), fds=FDS(bins=5), max_epochs=2,
            batch_size=1000, early_stopping=True,
        ).fit(X, y)  # fmt: skip
        assert np.isfinite(model.predict(X)).all()

    @pytest.mark.parametrize("bad", [torch.nn.Linear, lambda: 3, lambda params, lr: 3])
    def test_what_is_none_is_refused(self, data, bad):
        with pytest.raises(ValueError, match="'optimizer' parameter of DeepImbalancedRegressor"):
            small(optimizer=bad).fit(*data)


class TestNetParams:
    @pytest.mark.parametrize(
        ("name", "value", "instead"),
        [
            ("warm_start", True, "partial_fit"),
            ("max_epochs", 3, "'max_epochs'"),
            ("module__x", 3, "'encoder'"),
            ("criterion__reduction", "sum", "'loss'"),
            ("optimizer__lr", 1.0, "'lr'"),
            ("train_split", None, "'early_stopping'"),
            ("iterator_train__batch_size", 3, "num_workers"),
            ("iterator_train__shuffle", True, "num_workers"),
            ("predict_nonlinearity", None, "TransformedTargetRegressor"),
            ("max_epoch", 3, "did you mean 'max_epochs'"),
            ("callbacks__nothing__patience", 3, "callbacks among"),
            (3, 3, "names among"),
            ("callbacks__fds", None, "left to the regressor"),
            ("callbacks__last_good", None, "left to the regressor"),
            ("compile", "yes", "False, True"),
        ],
    )
    def test_what_would_do_nothing_or_harm_is_refused(self, data, name, value, instead):
        with pytest.raises(ValueError, match="net_params.* of DeepImbalancedRegressor") as error:
            small(net_params={name: value}).fit(*data)
        assert instead in str(error.value)

    def test_what_is_passed_on(self, data):
        X, y = data
        params = {"optimizer__betas": (0.5, 0.9), "callbacks__print_log__sink": print}
        model = small(net_params=params, max_epochs=1).fit(X, y)
        assert model.net_.optimizer_.param_groups[0]["betas"] == (0.5, 0.9)

    @pytest.mark.parametrize("option", [("num_workers", -1), ("num_workers", "a"), ("timeout", -1)])
    def test_what_a_loader_refuses(self, data, option):
        X, y = data
        name, value = option
        with pytest.raises(ValueError, match="'net_params' parameter of DeepImbalancedRegressor"):
            small(net_params={f"iterator_train__{name}": value}).fit(
                Dataset(X.astype(np.float32), y)
            )

    def test_patience(self, data):
        params = {"callbacks__patience__patience": 1}
        model = small(net_params=params, early_stopping=True, lr=0.3, max_epochs=50).fit(*data)
        losses = [record["valid_loss"] for record in model.history_]
        assert model.n_iter_ < 50
        assert losses[-1] >= min(losses[:-1]) * (1 - 1e-4)

    def test_a_loader_with_workers_reads_datasets_and_has_nothing_to_do_for_arrays(self, data):
        X, y = data[0][:80].astype(np.float32), data[1][:80]
        params = {"iterator_train__num_workers": 1, "iterator_valid__num_workers": 1}
        model = small(net_params=params, max_epochs=1)
        with pytest.warns(UserWarning, match="iterator_train__num_workers.* no effect on X in mem"):
            expected = model.fit(X, y).predict(X)
        torch.manual_seed(0)
        state = torch.random.get_rng_state()
        rows = model.fit(Dataset(X, y))
        np.testing.assert_allclose(rows.predict(Dataset(X, y)), expected, rtol=1e-5)
        assert torch.equal(torch.random.get_rng_state(), state)
