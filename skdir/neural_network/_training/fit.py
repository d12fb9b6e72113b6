"""One training of the deep regressor: scale, weights, parts, network, stages."""

import copy
import math

import numpy as np
import torch
from sklearn.base import clone
from sklearn.utils import check_random_state

from skdir.neural_network._training.callbacks import (
    EpochBar,
    KeepBest,
    KeepLastGood,
    StepFDS,
    StopWithoutBest,
    copy_state,
)
from skdir.neural_network._training.items import on_host
from skdir.neural_network._training.net import EncoderWithHead, Net, Targets
from skdir.neural_network._training.net_params import (
    check_callback_names,
    named_callbacks,
    resolve_device,
    resolve_optimizer,
    split_net_params,
)
from skdir.neural_network._training.rows import count_rows, first_rows, make_rows
from skdir.neural_network._training.samples import split_rows
from skdir.neural_network._training.scaling import Scaling, combine_weights, relative_weights
from skdir.neural_network._training.seeds import Seeded
from skdir.neural_network._training.settings import Settings
from skdir.neural_network.encoders._registry import count_features, make_encoder
from skdir.neural_network.losses._registry import make_loss_of
from skdir.utils._targets.weights import check_weights, weights_of
from skdir.utils._validation import parameter_error

_CALLER = "DeepImbalancedRegressor"

# What only the callbacks of skorch ask its history for.
_OF_SKORCH = {
    "batches",
    *(f"{part}_{key}" for part in ("train", "valid") for key in ("batch_count", "loss_best")),
}


class Training:
    """What one `fit` learns, and what later calls need of it.

    Parameters
    ----------
    regressor : DeepImbalancedRegressor
        Its parameters; it is not kept.

    samples : Samples
        Rows to train on.

    validation : Samples or None
        Validation rows.

    rng : RandomState
        Seeds everything.

    epochs : int or None, default=None
        Number of epochs; None is `max_epochs`.
    """

    def __init__(self, regressor, samples, validation, rng, epochs=None):
        self.settings = Settings(regressor)
        self.device = resolve_device(regressor.device, caller=_CALLER)
        self.rng = rng
        self.epochs = regressor.max_epochs if epochs is None else epochs
        self.history, self.bad_epoch, self.restored = [], None, False
        samples = samples.drop_unweighted()
        validation = None if validation is None else validation.drop_unweighted()
        name = "y_val"
        if regressor.early_stopping and validation is None:
            rows, held = split_rows(samples.y, regressor.validation_fraction, rng)
            samples, validation, name = samples.take(rows), samples.take(held), "y"
        self._prepare(regressor, samples)
        if validation is not None:
            self._prepare_validation(validation, samples, name)

    def _prepare(self, regressor, samples):
        """Fit scale, weights and bins to the training rows, and make the network."""
        y, sample_weight = samples.y, samples.weight
        several = y.ndim == 2 and y.shape[1] > 1
        self.n_outputs = y.shape[1] if y.ndim == 2 else 1
        self.column = y.ndim == 2 and not several
        for name in ("fds", "weighter"):
            if several and getattr(regressor, name) is not None:
                raise parameter_error(
                    name,
                    _CALLER,
                    "None with several targets per row",
                    repr(getattr(regressor, name)),
                )
        relative = relative_weights(sample_weight)
        scaling = Scaling.from_targets(y, relative, regressor.scale_target)
        self.mean, self.scale = scaling.mean, scaling.scale
        self._prepare_rows(regressor, samples)
        self.edges = None
        if regressor.fds is not None:
            edges = np.asarray(clone(regressor.fds).make_edges(y.ravel()), dtype=np.float64)
            self.edges = scaling.scaled(edges)
        self._make_module(regressor, first_rows(samples.X))

    def _prepare_rows(self, regressor, samples):
        """Scale and weigh the training rows."""
        y, sample_weight = samples.y, samples.weight
        self.targets = Targets(y, sample_weight)
        relative = relative_weights(sample_weight)
        self.weighter, weight = None, relative
        if regressor.weighter is not None:
            self.weighter = clone(regressor.weighter)
            rarity = weights_of(self.weighter, y.ravel(), sample_weight)
            weight = combine_weights(rarity, relative)
        self.loss_targets = scaled = self._scaled(y)
        self.weighted = self.plain = make_rows(samples.X, scaled, weight, caller=_CALLER)
        if regressor.retrain_head and self.weighter is not None:
            self.plain = make_rows(samples.X, scaled, relative, caller=_CALLER)
        self.valid = None

    def _prepare_validation(self, validation, samples, name):
        """Scale validation rows as the training rows."""
        y, weight = validation.y, validation.weight
        if y.shape[1:] != samples.y.shape[1:]:
            accepted = f"of shape {('n', *samples.y.shape[1:])}, as y".replace("'", "")
            raise parameter_error(name, _CALLER, accepted, f"{y.shape}")
        self.valid = make_rows(
            validation.X, self._scaled(y), relative_weights(weight), caller=_CALLER, name=name
        )
        self.targets = Targets(samples.y, samples.weight, y, weight)

    def _make_module(self, regressor, example):
        """Make encoder, head and FDS with the drawn seed."""
        with self._seeded():
            encoder = make_encoder(
                regressor.encoder,
                _row_shape(example),
                hidden_layer_sizes=regressor.hidden_layer_sizes,
                dropout=regressor.dropout,
                caller=_CALLER,
            ).float()  # whatever torch's default is: X is float32
            n_features = count_features(encoder, example, caller=_CALLER)
            layer = None
            if regressor.fds is not None:
                layer = regressor.fds.make_layer(n_features, self.edges)
            # all in one mode, whatever that of the user's module was
            self.module = EncoderWithHead(encoder, n_features, self.n_outputs, layer)
            self.module = self.module.float().train()

    @classmethod
    def restore(cls, regressor, fitted, module):
        """Return a training that can predict, from what was saved and the network made of it."""
        self = cls.__new__(cls)
        self.settings = Settings(regressor)
        self.device = resolve_device(regressor.device, caller=_CALLER)
        self.rng, self.epochs, self.weighter = np.random.RandomState(0), regressor.max_epochs, None
        self.history, self.bad_epoch, self.restored = fitted["history"], None, True
        self.n_outputs, self.column = fitted["n_outputs"], fitted["column"]
        self.mean, self.scale, self.edges = (fitted[k] for k in ("mean", "scale", "edges"))
        self.module = module
        facts = self._net_facts(fitted["input_shape"])
        self.net = Net(
            module=self.module, criterion=torch.nn.MSELoss, optimizer=torch.optim.SGD,
            device=self.device, callbacks=None, precision=fitted["precision"], **facts,
        )  # fmt: skip
        self.net.initialize()
        self.net.module = EncoderWithHead
        del self.module
        return self

    def resumed(self, regressor, samples):
        """Return a training of the network that is there, for one more epoch on these rows.

        For one that was loaded: weighter, loss and optimiser are made anew. The network is copied,
        so that this one stays as it is if the training raises.
        """
        self.settings.check_unchanged(regressor, caller=f"{_CALLER}.partial_fit")
        samples = samples.drop_unweighted()
        self._check_outputs(samples.y)
        other = copy.copy(self)
        other.settings, other.restored = Settings(regressor), False
        other.device = resolve_device(regressor.device, caller=_CALLER)
        other.rng, other.epochs = check_random_state(regressor.random_state), 1
        other.history = list(self.history)
        other.module = copy.deepcopy(self.net.module_)
        other._prepare_rows(regressor, samples)
        return other

    def run(self, regressor):
        """Train: in one stage, or plainly first and then the head with the weights."""
        if not regressor.retrain_head:
            self._stage(regressor, self.weighted)
        else:
            self._stage(regressor, self.plain)
            if self.bad_epoch is None:
                with self._seeded():
                    self.module.freeze_encoder()
                self._stage(regressor, self.weighted)
        self.settings = Settings(regressor)  # some callbacks set their own parameters
        del self.module, self.plain, self.weighted, self.valid, self.loss_targets, self.targets

    def go_on(self, regressor, samples):
        """Train the net that is there for one more epoch, or leave it as it was."""
        changed = self.settings.check_unchanged(regressor, caller=f"{_CALLER}.partial_fit")
        samples = samples.drop_unweighted()
        y = samples.y
        self._check_outputs(y)
        weight = relative_weights(samples.weight)
        if self.weighter is not None:
            if not hasattr(self.weighter, "transform"):
                accepted = "one with a method 'transform', for the rows of later calls"
                caller = f"{_CALLER}.partial_fit"
                raise parameter_error("weighter", caller, accepted, repr(self.weighter))
            rarity = self.weighter.transform(y.ravel())
            rarity = check_weights(rarity, len(y), source=type(self.weighter).__name__)
            weight = combine_weights(rarity, weight)
        rows = make_rows(samples.X, self._scaled(y), weight, caller=_CALLER)
        self._follow(regressor, changed)
        self.bad_epoch = None
        self._train(self.net, rows, None, Targets(y, samples.weight), 1)
        self.settings = Settings(regressor)

    def _check_outputs(self, y):
        """Refuse another number of targets per row than in the first call."""
        if (y.shape[1] if y.ndim == 2 else 1) != self.n_outputs:
            raise parameter_error("y", _CALLER, f"of {self.n_outputs} outputs, as before", y.shape)

    def _follow(self, regressor, changed):
        """Take parameters that were set since."""
        net = self.net
        _, decay = resolve_optimizer(regressor.optimizer, regressor.weight_decay, caller=_CALLER)
        now = {"lr": _checked_rate(regressor.lr), **decay}
        for name in changed & {"lr", "weight_decay"}:
            key = name if name == "lr" else f"optimizer__{name}"
            setattr(net, key, now[key])
            for group in net.optimizer_.param_groups:
                group[name] = now[key]
        net.batch_size = regressor.batch_size
        net.verbose, net.show_bar = int(regressor.verbose > 1), regressor.verbose == 1
        if "random_state" in changed:
            self.rng = check_random_state(regressor.random_state)

    def predict(self, X, batch_size):
        """Return predictions in units of y."""
        rows = make_rows(X, np.zeros(count_rows(X)), None, caller=_CALLER)
        with torch.inference_mode():
            parts = [part.numpy() for part in self.net.predict_batches(rows, batch_size)]
        return np.concatenate(parts).astype(np.float64, copy=False)

    def _stage(self, regressor, rows):
        """Train the module with a fresh optimiser."""
        loss_seed = self._seed()
        with self._seeded():  # the user's loss may have parameters that are drawn
            self.net = self._make_net(regressor, rows, loss_seed)
            self._initialize()
        # the initialised ones are enough; these would be pickled with their GPU tensors
        self.net.module, self.net.criterion = EncoderWithHead, torch.nn.Module
        self._train(self.net, rows, self.valid, self.targets, self.epochs)

    def _initialize(self):
        """Initialise the net; what an optimizer refuses is the user's parameter."""
        try:
            self.net.initialize()
        except (TypeError, ValueError) as error:
            if hasattr(self.net, "optimizer_") or not hasattr(self.net, "criterion_"):
                raise
            accepted = "one that takes the network's parameters and those of 'net_params'"
            name = getattr(self.net.optimizer, "__name__", repr(self.net.optimizer))
            raise parameter_error("optimizer", _CALLER, accepted, f"{name} ({error})") from error
        made = self.net.optimizer_
        if not (hasattr(made, "step") and hasattr(made, "state_dict")):
            accepted = "something that makes an optimizer of torch"
            raise parameter_error("optimizer", _CALLER, accepted, f"one that made {made!r}")

    def _train(self, net, rows, valid, targets, epochs):
        """Run epochs, and put what happened into the history."""
        seen = len(net.history)
        before = _Before(net, self.rng)
        device = torch.device(net.device)
        net.rows_train = rows.to(device)
        net.rows_valid = None if valid is None else valid.to(device)
        net.targets, net.max_epochs = targets, epochs
        net.generator = torch.Generator().manual_seed(self._seed())
        try:
            with self._seeded():
                net.partial_fit(rows.X, targets.train, epochs=epochs)
        except BaseException:
            before.restore()
            raise
        finally:
            net.rows_train = net.rows_valid = net.targets = net.generator = None
        finished = [record for record in net.history[seen:] if "train_loss" in record]
        for record in finished:  # the second stage goes on counting
            kept = {key: _plain(value) for key, value in record.items() if _is_shown(key)}
            self.history.append(kept | {"epoch": len(self.history) + 1})
        (keeper,) = (c for _, c in net.callbacks_ if isinstance(c, KeepLastGood))
        if keeper.bad_epoch_ is not None:
            self.bad_epoch = len(self.history)

    def _make_net(self, regressor, rows, loss_seed):
        """Return an uninitialised net around the module."""
        in_memory = not isinstance(rows, torch.utils.data.Dataset)
        params, loader = split_net_params(regressor.net_params, in_memory=in_memory, caller=_CALLER)
        optimizer, decay = resolve_optimizer(
            regressor.optimizer, regressor.weight_decay, caller=_CALLER
        )
        callbacks = self._callbacks(regressor)
        check_callback_names(params, [name for name, _ in callbacks], caller=_CALLER)
        return Net(
            module=self.module,
            criterion=make_loss_of(
                _CALLER, regressor.loss, y_train=self.loss_targets, random_state=loss_seed
            ).float(),
            optimizer=optimizer,
            lr=_checked_rate(regressor.lr),
            batch_size=regressor.batch_size,
            max_epochs=self.epochs,
            device=self.device,
            callbacks=callbacks,
            watched=bool(regressor.callbacks),
            loader=loader,
            show_bar=regressor.verbose == 1,
            verbose=int(regressor.verbose > 1),  # for skorch's table
            **self._net_facts(regressor.input_shape_),
            **decay,
            **params,
        )

    def _callbacks(self, regressor):
        """Return the callbacks of the user's between our own."""
        ours = [("last_good", KeepLastGood()), ("fds", StepFDS())]
        last = [("progress", EpochBar())]
        if self.valid is not None and regressor.early_stopping:
            keeper = KeepBest()
            ours.append(("best", keeper))
            last.append(("patience", StopWithoutBest(keeper)))
        return [*ours, *named_callbacks(regressor.callbacks or [], caller=_CALLER), *last]

    def _net_facts(self, input_shape):
        """Return what the net needs to predict in units of y."""
        scaling = self.mean, self.scale, self.column
        return {"scaling": scaling, "input_shape": input_shape}

    def _scaled(self, y):
        """Return targets in standard deviations, one column as a vector."""
        return Scaling(self.mean, self.scale).scaled(y)

    def _seed(self):
        return int(self.rng.randint(2**31 - 1))

    def _seeded(self):
        """Return a context with torch's generators seeded, and as they were afterwards."""
        return Seeded(self._seed(), self.device)


class _Before:
    """The state of a net before it is trained, to go back to if the training raises."""

    def __init__(self, net, rng):
        self.net, self.rng = net, rng
        self.parts = [net.module_, net.criterion_]
        self.states = [copy_state(part) for part in self.parts]
        self.optimizer = copy.deepcopy(net.optimizer_.state_dict())
        self.seeds, self.n_epochs = rng.get_state(), len(net.history)

    def restore(self):
        """Go back."""
        for part, state in zip(self.parts, self.states):
            part.load_state_dict(state)
        self.net.optimizer_.load_state_dict(self.optimizer)
        del self.net.history[self.n_epochs :]
        self.rng.set_state(self.seeds)


def _row_shape(example):
    """Return the shape of a row of a batch, or those of its parts by name."""
    if isinstance(example, dict):
        return {name: tuple(part.shape[1:]) for name, part in example.items()}
    return tuple(example.shape[1:])


def _checked_rate(lr):
    """Return a learning rate as a float."""
    if not math.isfinite(lr):
        raise parameter_error("lr", _CALLER, "a number that float64 holds", "a larger one")
    return float(lr)


def _is_shown(key):
    """Tell whether a key of skorch's history is one of ours."""
    return key not in _OF_SKORCH


def _plain(value):
    """Return a number of numpy's or torch's as one of Python's, and a tensor as an array."""
    value = on_host(value, _CALLER, "callbacks")
    return (
        value.item() if isinstance(value, (np.ndarray, np.generic)) and value.size == 1 else value
    )
