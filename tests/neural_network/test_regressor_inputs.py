"""Inputs of the deep regressor: validation rows, containers, datasets, devices."""

import numpy as np
import pytest
import torch
from regressor_cases import CONFIGURATIONS, Counting, Rows, small
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from skdir.neural_network import FDS, MLPEncoder
from skdir.weighting import LDSWeighter


class TestValidation:
    def test_early_stopping_keeps_the_best_epoch(self, data):
        X, y = data
        model = small(early_stopping=True, max_epochs=200, lr=0.05).fit(X, y)
        losses = [record["valid_loss"] for record in model.history_]
        assert model.n_iter_ < 200
        assert model.n_iter_ - 1 - int(np.argmin(losses)) >= 10

    def test_given_validation_data_are_used(self, data):
        X, y = data
        model = small(early_stopping=True).fit(X[:300], y[:300], X_val=X[300:], y_val=y[300:])
        best = min(record["valid_loss"] for record in model.history_)
        error = (model.predict(X[300:]) - y[300:]) / model.target_scale_
        assert (error**2).mean() == pytest.approx(best, rel=1e-4)

    def test_validation_data_without_stopping_are_recorded(self, data):
        X, y = data
        with_data = small().fit(X, y, X_val=X, y_val=y)
        assert all("valid_loss" in record for record in with_data.history_)
        np.testing.assert_array_equal(with_data.predict(X), small().fit(X, y).predict(X))

    def test_the_part_set_aside_is_stratified(self):
        from skdir.neural_network._training.samples import split_rows

        y = np.random.default_rng(0).lognormal(size=1000)
        train, valid = split_rows(y, 0.1, np.random.RandomState(0))
        assert sorted([*train, *valid]) == list(range(1000))
        tenth = np.quantile(y, np.arange(0.1, 1, 0.1))
        assert np.bincount(np.searchsorted(tenth, y[valid])).tolist() == [10] * 10

    def test_one_without_the_other_is_refused(self, data):
        with pytest.raises(ValueError, match="'y_val' parameter .* must be given with the other"):
            small().fit(*data, X_val=data[0])

    def test_through_a_pipeline(self, data):
        from sklearn import config_context

        X, y = data
        with config_context(enable_metadata_routing=True):
            net = small(early_stopping=True).set_fit_request(X_val=True, y_val=True)
            model = Pipeline([("scale", StandardScaler()), ("net", net)], transform_input=["X_val"])
            model.fit(X[:300] * 5, y[:300], X_val=X[300:] * 5, y_val=y[300:])
        assert "valid_loss" in model[-1].history_[0]


class TestInputs:
    @pytest.mark.parametrize(
        "encoder",
        [Counting(), Counting, lambda shape: Counting(shape, 7)],
        ids=["instance", "class", "function"],
    )
    def test_encoders(self, data, encoder):
        X, y = data
        before = None
        if isinstance(encoder, nn.Module):
            before = encoder.layer.weight.detach().clone()
        model = small(encoder=encoder).fit(X, y)
        assert isinstance(model.net_.module_.encoder, Counting)
        assert model.score(X, y) > 0
        if before is not None:  # copied, not trained
            assert torch.equal(encoder.layer.weight, before)

    def test_a_module_trains_whatever_its_mode(self, data):
        X, y = data
        encoder = MLPEncoder((10,), (8,), dropout=0.5, batch_norm=True)
        expected = small(encoder=encoder).fit(X, y, X_val=X, y_val=y)
        model = small(encoder=encoder.eval()).fit(X, y, X_val=X, y_val=y)
        np.testing.assert_array_equal(model.predict(X), expected.predict(X))
        assert not encoder.training

    def test_images(self):
        rng = np.random.default_rng(0)
        y = rng.uniform(0, 1, 120)
        X = rng.normal(size=(120, 12, 12)) * 0.1 + y[:, None, None]
        model = small(encoder="resnet", max_epochs=6).fit(X, y)
        assert model.score(X, y) > 0.5
        channels = small(encoder="resnet").fit(X[:, None], y)
        assert channels.input_shape_ == (1, 12, 12)

    @pytest.mark.parametrize("config", CONFIGURATIONS)
    def test_a_dataset_gives_what_its_arrays_give(self, data, config):
        X, y = data
        rows = Rows(X.astype(np.float32), y)
        lazy = small(**CONFIGURATIONS[config]).fit(rows)
        eager = small(**CONFIGURATIONS[config]).fit(X, y)
        np.testing.assert_allclose(lazy.predict(rows), eager.predict(X), rtol=1e-5)
        assert rows.read > 0

    def test_targets_of_a_dataset_are_read_from_it(self, data):
        X, y = data

        class Hidden(Rows):
            def __init__(self, X, y):
                super().__init__(X, None)
                self.hidden = y

            def __getitem__(self, i):
                return torch.tensor(self.X[i], dtype=torch.float32), self.hidden[i]

        hidden = small().fit(Hidden(X, y)).predict(X)
        np.testing.assert_allclose(hidden, small().fit(X, y).predict(X), rtol=1e-5)

    def test_a_dataset_without_targets_and_with_validation_rows(self, data):
        X, y = data

        class Inputs(Rows):
            def __getitem__(self, i):
                return torch.tensor(self.X[i], dtype=torch.float32)

        rows = Inputs(X, None)
        lazy = small(early_stopping=True).fit(rows, y).predict(rows)
        eager = small(early_stopping=True).fit(X, y).predict(X)
        np.testing.assert_allclose(lazy, eager, rtol=1e-5)

    def test_tensors_frames_and_types_give_the_same(self, data):
        pd = pytest.importorskip("pandas")
        X, y = data
        X = X.astype(np.float32)
        expected = small().fit(X, y).predict(X)
        tensor = torch.tensor(X, requires_grad=True)
        frame = pd.DataFrame(X, columns=[f"x{i}" for i in range(10)])
        for inputs, target in (
            (tensor, torch.tensor(y)),
            (X.astype(np.float64), y.tolist()),
            (frame, pd.Series(y)),
            (np.asfortranarray(X), y),
        ):
            np.testing.assert_allclose(small().fit(inputs, target).predict(inputs), expected)
        model = small(max_epochs=1).fit(frame, y)
        assert model.feature_names_in_.tolist() == list(frame.columns)
        for nameless in (tensor, Rows(X, y), X):  # a refit forgets them
            assert not hasattr(model.fit(frame, y).fit(nameless, y), "feature_names_in_")

    def test_shape_of_the_target_is_kept(self, data):
        X, y = data
        assert small().fit(X, y).predict(X).shape == (len(y),)
        assert small().fit(X, y[:, None]).predict(X).shape == (len(y), 1)
        two = np.column_stack([y, -1000 * y])
        model = small(max_epochs=20).fit(X, two)
        assert model.predict(X).shape == two.shape
        assert model.score(X, two) > 0.3
        assert model.target_scale_.shape == (2,)
        for name in ("weighter", "fds"):
            part = {"weighter": LDSWeighter(), "fds": FDS()}[name]
            with pytest.raises(ValueError, match=f"'{name}' parameter .* several targets"):
                small(**{name: part}).fit(X, two)

    def test_input_is_not_modified(self, data):
        X, y = data[0].astype(np.float32), data[1].copy()
        X.setflags(write=False)
        y.setflags(write=False)
        small(weighter=LDSWeighter(), fds=FDS(bins=10)).fit(X, y).predict(X)
        np.testing.assert_array_equal(y, data[1])


def test_the_device_is_a_gpu_where_there_is_one(data):
    model = small(device="auto", max_epochs=1).fit(*data)
    assert model.device_ == ("cuda" if torch.cuda.is_available() else "cpu")
