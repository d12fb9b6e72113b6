"""Bad input of the deep regressor: messages that say what to do."""

import warnings
from functools import partial

import numpy as np
import pytest
import torch
from regressor_cases import CONFIGURATIONS, Rows, small
from sklearn.exceptions import ConvergenceWarning
from torch import nn

from skdir.neural_network import FDS, MLPEncoder, PairTextEncoder
from skdir.weighting import LDSWeighter


class TestBadInput:
    def test_a_loss_that_is_not_finite_stops_and_restores(self, data):
        X, y = data

        class Breaks(nn.Module):
            def __init__(self):
                super().__init__()
                self.calls = 0

            def forward(self, prediction, target):
                self.calls += 1
                return (prediction - target) ** 2 * (1.0 if self.calls < 16 else float("nan"))

        with pytest.warns(ConvergenceWarning, match="loss of epoch 3 was not finite.*lr"):
            model = small(loss=Breaks()).fit(X, y)
        assert model.n_iter_ == 3
        good = small(max_epochs=2).fit(X, y)
        np.testing.assert_allclose(model.predict(X), good.predict(X), rtol=1e-6)

    @pytest.mark.parametrize(
        ("params", "message"),
        [
            ({"device": "cuda:99"}, "'device' parameter .* Got 'cuda:99'"),
            ({"device": "warp"}, "'device' parameter .* Got 'warp'"),
            ({"encoder": "transformer"}, "'encoder' parameter .* Got 'transformer'"),
            (
                {"encoder": nn.Conv2d(1, 1, 3)},
                "'encoder' .* able to take inputs of shape",
            ),
            (
                {"encoder": nn.Unflatten(1, (2, 5))},
                "of shape \\(2, h\\). Got \\(2, 2, 5\\)",
            ),
            ({"encoder": lambda shape: 3}, "a callable that made 3"),
            ({"loss": "mean"}, "'loss' parameter .* Got 'mean'"),
            ({"batch_size": 0}, "'batch_size' parameter"),
            ({"fds": LDSWeighter()}, "'fds' parameter"),
            ({"validation_fraction": 0.9999, "early_stopping": True}, "'validation_fraction'"),
            ({"net_params": {"precision": "half"}}, "'precision'"),
        ],
        ids=lambda value: None if isinstance(value, str) else ", ".join(value),
    )
    def test_bad_parameters(self, data, params, message):
        with pytest.raises(ValueError, match=message):
            small(**params).fit(*data)

    @pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
    def test_bad_values(self, data, bad):
        X, y = data[0].copy(), data[1]
        X[3, 3] = bad
        with pytest.raises(ValueError, match="NaN|infinity|too large|float32"):
            small().fit(X, y)
        with pytest.raises(ValueError, match="NaN|infinity"):
            small().fit(torch.tensor(X).float(), y)
        with pytest.raises(ValueError, match="requires y|NaN|inf"):
            small().fit(data[0], np.where(np.arange(len(y)) == 3, np.nan, y))

    def test_other_shapes_are_refused(self, data):
        X, y = data
        model = small().fit(X, y)
        with pytest.raises(ValueError, match="9 features, but .* expecting 10"):
            model.predict(X[:, :9])
        with pytest.raises(ValueError, match="rows of shape \\(9,\\), but .* shape \\(10,\\)"):
            model.predict(torch.zeros(3, 9))
        for X_bad in (torch.zeros(3), torch.zeros(0, 10), torch.zeros(3, 2, dtype=torch.complex64)):
            with pytest.raises(ValueError, match="'X' parameter"):
                small().fit(X_bad, np.zeros(len(X_bad)))

    @pytest.mark.parametrize("config", CONFIGURATIONS)
    def test_a_constant_target_is_predicted(self, data, config):
        X = data[0]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model = small(max_epochs=30, **CONFIGURATIONS[config]).fit(X, np.full(len(X), 7e3))
        np.testing.assert_allclose(model.predict(X), 7e3, atol=1)

    def test_datasets_tables_and_targets_of_other_shapes(self, data):
        X, y = data
        with pytest.raises(ValueError, match="'X' parameter .* a dataset with items"):
            small().fit(Rows(X[:0], y[:0]))
        with pytest.raises(ValueError, match="'y' parameter .* of shape \\(n,\\)|dim 3"):
            small().fit(X, np.zeros((len(X), 2, 2)))
        with pytest.raises(ValueError, match="'y_val' parameter .* as y"):
            small().fit(X, y, X_val=X, y_val=np.column_stack([y, y]))
        for encoder in ("resnet", "resnet18", "pair_text", partial(PairTextEncoder, n_layers=2)):
            said = "'X' parameter of Deep.* rows that the encoder .* Got rows of shape \\(10,\\)"
            with pytest.raises(ValueError, match=said):
                small(encoder=encoder).fit(X, y)
        with pytest.raises(ValueError, match="'encoder' parameter .* Got 'transformer'"):
            small(encoder="transformer").fit(X, y)

    def test_the_first_stage_may_fail(self, data):
        def breaks(prediction, target):
            return (prediction - target) * float("nan")

        with pytest.warns(ConvergenceWarning, match="loss of epoch 1 was not finite"):
            model = small(loss=breaks, retrain_head=True).fit(*data)
        assert model.n_iter_ == 1

    def test_validation_data_are_named(self, data):
        X, y = data
        for bad, said in (
            (X[:, :3], "X_val has 3 features"),
            (torch.tensor(X[:, :3]), "X_val has rows of shape \\(3,\\)"),
            (np.where(X > 2, np.nan, X), "Input X_val contains NaN"),
        ):
            with pytest.raises(ValueError, match=said):
                small().fit(X, y, X_val=bad, y_val=y)

    @pytest.mark.parametrize("alone", ["one row", "rows alone"])
    def test_batch_normalization_over_one_row(self, data, alone):
        X, y = data
        encoder = partial(MLPEncoder, batch_norm=True)
        rows, size = (1, 64) if alone == "one row" else (5, 1)
        with pytest.raises(ValueError, match="'batch_size' parameter of Deep.* 2 or more"):
            small(encoder=encoder, batch_size=size).fit(X[:rows], y[:rows])

    def test_few_rows(self, data):
        X, y = data
        model = small(fds=FDS(bins=100), weighter=LDSWeighter()).fit(X[:5], y[:5])
        assert np.isfinite(model.predict(X)).all()


@pytest.mark.parametrize("make", [list, np.array, tuple])
def test_rows_of_text_name_the_parameter(make):
    with pytest.raises(ValueError, match="'X' parameter of Deep.* real numbers"):
        small().fit(make([["1", "2"], ["3", "4"]]), [1.0, 2.0])
