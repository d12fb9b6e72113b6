"""Options of training: schedules, callbacks, stopping, going on."""

import pickle
import warnings

import numpy as np
import pytest
import torch
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from regressor_cases import CONFIGURATIONS, small
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import AdaBoostRegressor, BaggingRegressor, StackingRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import Callback, GradientNormClipping, LRScheduler
from torch import nn

from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN
from skdir.weighting import LDSWeighter


class TestTrainingOptions:
    def test_schedules_and_clipping(self, data):
        rates = []

        class Watch(Callback):
            def on_epoch_end(self, net, **kwargs):
                rates.append(net.optimizer_.param_groups[0]["lr"])

        schedule = LRScheduler(torch.optim.lr_scheduler.StepLR, step_size=2, gamma=0.1)
        small(callbacks=[schedule, GradientNormClipping(1.0), ("watch", Watch())]).fit(*data)
        assert rates[0] == pytest.approx(0.01)
        assert rates[-1] < 1e-4

    @pytest.mark.parametrize("optimizer", ["adamw", "sgd", torch.optim.RMSprop])
    def test_optimizers(self, data, optimizer):
        model = small(optimizer=optimizer, weight_decay=0.1).fit(*data)
        group = model.net_.optimizer_.param_groups[0]
        assert (group["weight_decay"], group["lr"]) == (0.1, 0.01)

    @pytest.mark.parametrize(
        "loss", ["mae", "huber", "focal_mse", "focal_mae", "balanced_mse", "balanced_mse_gai",
                 "balanced_mse_bni", nn.SmoothL1Loss(reduction="none"), lambda p, y: (p - y) ** 4],
        ids=lambda loss: str(loss).split(" at 0x")[0],
    )  # fmt: skip
    def test_losses(self, data, loss):
        X, y = data
        model = small(loss=loss, max_epochs=20).fit(X, y)
        assert np.corrcoef(model.predict(X), y)[0, 1] > 0.5

    def test_dropout_drops_in_training_alone(self, data):
        X, y = data
        model = small(dropout=0.5).fit(X, y)
        np.testing.assert_array_equal(model.predict(X), model.predict(X))
        assert not np.allclose(model.predict(X), small().fit(X, y).predict(X))

    def test_bfloat16(self, data):
        X, y = data
        model = small(net_params={"precision": "bfloat16"}, max_epochs=20).fit(X, y)
        assert model.score(X, y) > 0.3

    @pytest.mark.parametrize("config", [*CONFIGURATIONS.values(), {"retrain_head": True}], ids=str)
    def test_compiled_encoder(self, data, config):
        X, y = data
        graphs = []

        def backend(graph, inputs):
            graphs.append(graph)
            return graph.forward

        torch._dynamo.reset()
        compiled = {"compile": True, "compile__backend": backend}
        model = small(net_params=compiled, **config).fit(X, y)
        assert graphs
        expected = small(**config).fit(X, y).predict(X)
        np.testing.assert_array_equal(model.predict(X), expected)

    def test_a_compiled_encoder_is_saved_as_any(self, data, tmp_path):
        X, y = data
        params = {"compile": True, "compile__backend": "eager"}
        model = small(net_params=params).fit(X, y)
        model.save(tmp_path / "model.safetensors")
        again = DeepImbalancedRegressor.load(tmp_path / "model.safetensors")
        for other in (again, pickle.loads(pickle.dumps(model)), clone(model).fit(X, y)):
            np.testing.assert_array_equal(other.predict(X), model.predict(X))

    def test_verbose(self, data, capsys):
        small(verbose=1, max_epochs=2).fit(*data)
        assert "epochs: 100%" in capsys.readouterr().err
        small(verbose=2, max_epochs=2).fit(*data)
        assert "train_loss" in capsys.readouterr().out
        small(max_epochs=2).fit(*data)
        captured = capsys.readouterr()
        assert captured.out == captured.err == ""

    def test_interrupted_training_predicts(self, data):
        class Interrupt(Callback):
            def on_epoch_end(self, net, **kwargs):
                if len(net.history) == 3:
                    raise KeyboardInterrupt

        model = small(callbacks=[Interrupt()]).fit(*data)
        assert model.n_iter_ == 3
        assert np.isfinite(model.predict(data[0])).all()

    @pytest.mark.parametrize("n", [65, 129, 2, 1])
    def test_a_last_batch_of_one_row_joins_the_one_before(self, data, n):
        X, y = data[0][:n], data[1][:n]
        sizes = []

        class Watch(Callback):
            def on_batch_end(self, net, batch, **kwargs):
                sizes.append(len(batch[1]))  # (X, y), as in skorch

        model = small(callbacks=[Watch()], max_epochs=1).fit(X, y)
        assert sum(sizes) == n
        assert n == 1 or min(sizes) > 1
        assert model.predict(X).shape == (n,)


def test_predictions_within_an_epoch_are_no_loop_without_steps(data):
    class Watch(Callback):
        def on_batch_end(self, net, batch, **kwargs):
            net.predict(data[0][:5])

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = small(callbacks=[Watch()], fds=FDS(bins=10)).fit(*data)
    plain = small(fds=FDS(bins=10)).fit(*data)
    np.testing.assert_array_equal(model.predict(data[0]), plain.predict(data[0]))


class TestPartialFit:
    def test_it_goes_on(self, data):
        X, y = data
        model = small(weighter=LDSWeighter(), fds=FDS(bins=10))
        for epoch in range(1, 5):
            model.partial_fit(X, y)
            assert model.n_iter_ == epoch
        losses = [record["train_loss"] for record in model.history_]
        assert losses[-1] < losses[0]
        mean = model.target_mean_
        model.partial_fit(X[:20], y[:20] + 1e4)  # far outside of the bins
        assert model.target_mean_ == mean
        assert np.isfinite(model.predict(X)).all()

    def test_two_stages_are_refused(self, data):
        with pytest.raises(ValueError, match="'retrain_head' parameter .* two stages. Got True"):
            small(retrain_head=True).partial_fit(*data)

    def test_other_outputs_are_refused(self, data):
        X, y = data
        model = small().partial_fit(X, y)
        with pytest.raises(ValueError, match="of 1 outputs, as before"):
            model.partial_fit(X, np.column_stack([y, y]))


class TestPipelines:
    def test_scaler_and_cross_validation(self, data):
        model = make_pipeline(StandardScaler(), small(fds=FDS(bins=10), weighter=LDSWeighter()))
        assert cross_val_score(model, *data, cv=3, error_score="raise").shape == (3,)

    def test_grid_search(self, data):
        X, y = data
        search = GridSearchCV(
            small(fds=FDS(bins=10), weighter=LDSWeighter(), max_epochs=2),
            {"fds__bandwidth_bins": [1.0, 3.0], "weighter__bandwidth": [10.0, 40.0], "lr": [0.01]},
            cv=2, n_jobs=2, error_score="raise",
        ).fit(X, y)  # fmt: skip
        assert len(np.unique(search.cv_results_["mean_test_score"])) == 4

    def test_behind_a_sampler(self, data):
        sampler = SMOGN(relevance=RelevanceFunction(degenerate="quantile"), random_state=0)
        model = make_sampling_pipeline(sampler, StandardScaler(), small())
        assert cross_val_score(model, *data, cv=2, error_score="raise").shape == (2,)

    @pytest.mark.parametrize(
        "wrap",
        [
            lambda net: TransformedTargetRegressor(net, func=np.log, inverse_func=np.exp),
            lambda net: StackingRegressor([("net", net), ("ridge", Ridge())], cv=2),
            lambda net: BaggingRegressor(net, 2, random_state=0),
            lambda net: AdaBoostRegressor(net, n_estimators=2, random_state=0),
        ],
        ids=["target", "stacking", "bagging", "boosting"],
    )
    def test_inside_others(self, data, wrap):
        X, y = data
        assert wrap(small(max_epochs=15)).fit(X, y).score(X, y) > 0.1
