"""The deep regressor: what it trains, and that it behaves like any regressor."""

import pickle
import warnings

import numpy as np
import pytest
import torch
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_diabetes
from sklearn.ensemble import AdaBoostRegressor, BaggingRegressor, StackingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks
from skorch.callbacks import Callback, GradientNormClipping, LRScheduler
from torch import nn
from torch.utils.data import Dataset

from skdir.neural_network import FDS, DeepImbalancedRegressor, MLPEncoder
from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN
from skdir.weighting import LDSWeighter

DEVICES = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]


@pytest.fixture(autouse=True)
def one_thread():
    """Two test processes on two cores."""
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def data():
    X, y = load_diabetes(return_X_y=True)
    return StandardScaler().fit_transform(X), y


def small(**params):
    defaults = {
        "hidden_layer_sizes": (16, 8), "max_epochs": 8, "batch_size": 64, "lr": 0.01,
        "device": "cpu", "random_state": 0,
    }  # fmt: skip
    return DeepImbalancedRegressor(**{**defaults, **params})


CONFIGURATIONS = {
    "plain": {},
    "weighter": {"weighter": LDSWeighter()},
    "fds": {"fds": FDS(bins=10)},
    "both": {"fds": FDS(bins=10), "weighter": LDSWeighter()},
}
# Batches smaller than the data: rows of weight 2 and rows that are there twice meet others.
_SGD = "stochastic gradient descent: weighted and repeated rows are not drawn in the same batches"


@parametrize_with_checks(
    [*(small(**params) for params in CONFIGURATIONS.values()), small(batch_size=8)],
    expected_failed_checks=lambda estimator: (
        {"check_sample_weight_equivalence_on_dense_data": _SGD} if estimator.batch_size == 8 else {}
    ),
)
def test_scikit_learn(estimator, check):
    check(estimator)


def by_hand(X, y, weight, *, epochs, batch_size, lr, seed_of):
    """Train the same network in a plain loop, from the same first parameters and orders."""
    module = seed_of["module"]
    target = torch.tensor((y - y.mean()) / y.std(), dtype=torch.float32)
    inputs = torch.tensor(X, dtype=torch.float32)
    optimizer = torch.optim.Adam(module.parameters(), lr=lr)
    for _ in range(epochs):
        order = torch.randperm(len(y), generator=seed_of["generator"])
        for start in range(0, len(y), batch_size):
            rows = order[start : start + batch_size]
            out = module(inputs[rows]).squeeze(1)
            loss = (weight[rows] * (out - target[rows]) ** 2).sum() / weight[rows].sum()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        return module(inputs).squeeze(1).double().numpy() * y.std() + y.mean()


@pytest.mark.parametrize("weighter", [None, LDSWeighter()])
def test_it_trains_as_a_plain_loop_does(data, weighter):
    X, y = data
    seen = {}

    class Spy(Callback):
        def on_train_begin(self, net, **kwargs):
            copy = pickle.loads(pickle.dumps(net.module_))
            seen["module"] = nn.Sequential(copy.encoder, copy.head)
            seen["generator"] = torch.Generator()
            seen["generator"].set_state(net.generator.get_state())

    own = np.random.default_rng(0).uniform(0.5, 2, len(y))
    model = small(weighter=weighter, callbacks=[Spy()], max_epochs=3).fit(X, y, own)
    weight = own if weighter is None else own * clone(weighter).fit_transform(y, own)
    # the scale is weighted; with these weights the loop must use it
    mean = np.average(y, weights=own)
    scale = np.sqrt(np.average((y - mean) ** 2, weights=own))
    assert (model.target_mean_, model.target_scale_) == pytest.approx((mean, scale))
    shifted = (y - mean) / scale
    expected = by_hand(
        X, _Scaled(shifted), torch.tensor(weight, dtype=torch.float32),
        epochs=3, batch_size=64, lr=0.01, seed_of=seen,
    )  # fmt: skip
    np.testing.assert_allclose(model.predict(X), expected * scale + mean, rtol=1e-4)


class _Scaled(np.ndarray):
    """Targets that are scaled already: mean 0 and standard deviation 1."""

    def __new__(cls, values):
        return np.asarray(values).view(cls)

    def mean(self, *args, **kwargs):
        return 0.0

    def std(self, *args, **kwargs):
        return 1.0


def test_it_learns(data):
    X, y = data
    model = small(max_epochs=40, weighter=LDSWeighter(), fds=FDS(bins=20)).fit(X, y)
    assert model.score(X, y) > 0.45
    losses = [record["train_loss"] for record in model.history_]
    assert losses[-1] < 0.8 * losses[0]
    assert model.n_iter_ == len(losses) == 40
    assert [record["epoch"] for record in model.history_] == list(range(1, 41))


@pytest.mark.parametrize("config", CONFIGURATIONS)
def test_same_seed_same_predictions_bit_for_bit(data, config):
    X, y = data
    torch.manual_seed(5)
    before = torch.get_rng_state()
    numpy_before = np.random.mtrand._rand.get_state()[1].copy()
    first, second = (
        small(dropout=0.2, early_stopping=True, **CONFIGURATIONS[config]).fit(X, y).predict(X)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    assert torch.equal(torch.get_rng_state(), before)
    np.testing.assert_array_equal(np.random.mtrand._rand.get_state()[1], numpy_before)
    other = small(dropout=0.2, random_state=1, **CONFIGURATIONS[config]).fit(X, y).predict(X)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("config", CONFIGURATIONS)
def test_pickle(data, config, device):
    X, y = data
    model = small(device=device, **CONFIGURATIONS[config]).fit(X, y)
    assert model.device_ == device
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_allclose(again.predict(X), model.predict(X), rtol=1e-6)
    again.partial_fit(X, y)


def test_the_data_are_not_pickled(data):
    X, y = data
    sizes = [
        len(pickle.dumps(small(fds=FDS(bins=10), max_epochs=1).fit(Z, z)))
        for Z, z in ((X, y), (np.repeat(X, 50, axis=0), np.repeat(y, 50)))
    ]
    assert sizes[1] < sizes[0] + 1000


class TestWeights:
    def test_a_row_of_zero_weight_changes_nothing(self, data):
        X, y = data
        weight = np.ones(len(y))
        weight[:50] = 0
        wild = y.copy()
        wild[:50] = 1e4
        params = {"batch_size": 1000, "weighter": LDSWeighter()}
        results = [small(**params).fit(X, t, weight).predict(X) for t in (y, wild)]
        np.testing.assert_array_equal(*results)

    def test_weights_are_those_of_the_weighter_times_the_users(self, data):
        X, y = data
        own = np.random.default_rng(0).uniform(0.5, 2, len(y))
        model = small(weighter=LDSWeighter(), max_epochs=2).fit(X, y, own)
        product = own * LDSWeighter().fit_transform(y, own)
        # the scale of the target is by the user's weights alone, so it must be given
        other = small(max_epochs=2, scale_target=False)
        scaled = (y - model.target_mean_) / model.target_scale_
        other.fit(X, scaled, product)
        np.testing.assert_allclose(
            other.predict(X) * model.target_scale_ + model.target_mean_,
            model.predict(X), rtol=1e-5,
        )  # fmt: skip

    def test_weights_pull(self, data):
        X, y = data
        weight = np.where(y > 200, 20.0, 1.0)
        plain, pulled = (small().fit(X, y, w).predict(X).mean() for w in (None, weight))
        assert pulled > plain + 10


class TestFDS:
    def test_statistics_are_those_of_the_training_features(self, data):
        X, y = data
        model = small(fds=FDS(bins=10), max_epochs=3).fit(X, y)
        layer = model.net_.module_.fds
        assert int(layer.epoch) == 3
        edges = np.histogram_bin_edges(y, 10)
        np.testing.assert_allclose(
            layer.bin_edges.numpy() * model.target_scale_ + model.target_mean_, edges, rtol=1e-5
        )

    def test_it_changes_the_training_and_not_the_prediction(self, data):
        X, y = data
        model = small(fds=FDS(bins=10)).fit(X, y)
        assert not np.allclose(model.predict(X), small().fit(X, y).predict(X))
        with_layer = model.predict(X)
        model.net_.module_.fds = None
        np.testing.assert_array_equal(model.predict(X), with_layer)

    def test_a_pass_for_the_statistics_sees_every_row_once(self, data):
        X, y = data
        model = small(fds=FDS(bins=10, statistics="epoch"), max_epochs=1, dropout=0.5).fit(X, y)
        counts = np.histogram(y, np.histogram_bin_edges(y, 10))[0]
        np.testing.assert_array_equal(model.net_.module_.fds.rows_seen.numpy(), counts)


class TestRetrainHead:
    def test_the_encoder_is_that_of_the_plain_training(self, data):
        X, y = data

        def encoder(shape):
            return MLPEncoder(shape, (16, 8), batch_norm=True)

        plain = small(encoder=encoder).fit(X, y)
        retrained = small(encoder=encoder, retrain_head=True, weighter=LDSWeighter()).fit(X, y)
        assert retrained.n_iter_ == 2 * plain.n_iter_
        first, second = (m.net_.module_.encoder.state_dict() for m in (plain, retrained))
        assert first.keys() == second.keys()
        for name in first:  # batch-norm statistics too
            assert torch.equal(first[name], second[name]), name
        heads = [m.net_.module_.head.weight for m in (plain, retrained)]
        assert not torch.equal(*heads)
        assert [r["epoch"] for r in retrained.history_] == list(range(1, 17))


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
        from skdir.neural_network._training import split_rows

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


class Counting(nn.Module):
    """An encoder of the user's."""

    def __init__(self, input_shape=(10,), width=4):
        super().__init__()
        self.layer = nn.Linear(int(np.prod(input_shape)), width)

    def forward(self, X):
        return torch.tanh(self.layer(X.flatten(1)))


class Rows(Dataset):
    """A dataset that reads rows one by one, and counts."""

    def __init__(self, X, y):
        self.X, self.y, self.read = X, y, 0

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        self.read += 1
        return torch.tensor(self.X[i], dtype=torch.float32), self.y[i]


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
                sizes.append(len(batch[1][0]))

        model = small(callbacks=[Watch()], max_epochs=1).fit(X, y)
        assert sum(sizes) == n
        assert n == 1 or min(sizes) > 1
        assert model.predict(X).shape == (n,)


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
        with pytest.raises(ValueError, match="'input_shape' parameter of SmallResNetEncoder"):
            small(encoder="resnet").fit(X, y)
        with pytest.raises(ValueError, match="'encoder' parameter .* Got 'transformer'"):
            small(encoder="transformer").fit(X, y)

    def test_the_first_stage_may_fail(self, data):
        def breaks(prediction, target):
            return (prediction - target) * float("nan")

        with pytest.warns(ConvergenceWarning, match="loss of epoch 1 was not finite"):
            model = small(loss=breaks, retrain_head=True).fit(*data)
        assert model.n_iter_ == 1

    def test_few_rows(self, data):
        X, y = data
        model = small(fds=FDS(bins=100), weighter=LDSWeighter()).fit(X[:5], y[:5])
        assert np.isfinite(model.predict(X)).all()


class TestPipelines:
    def test_scaler_and_cross_validation(self, data):
        model = make_pipeline(StandardScaler(), small(fds=FDS(bins=10), weighter=LDSWeighter()))
        assert cross_val_score(model, *data, cv=3, error_score="raise").shape == (3,)

    def test_grid_search(self, data):
        X, y = data
        search = GridSearchCV(
            small(fds=FDS(bins=10), weighter=LDSWeighter(), max_epochs=2),
            {"fds__bandwidth": [1.0, 3.0], "weighter__bandwidth": [10.0, 40.0], "lr": [0.01]},
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
