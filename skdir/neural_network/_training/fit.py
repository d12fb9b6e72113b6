"""Training: stages of epochs from what was prepared, and more epochs of what was fitted."""

import copy
import math
from dataclasses import replace

import numpy as np
import torch
from sklearn.utils import check_random_state

from skdir.neural_network._training.callbacks import (
    EpochBar,
    KeepBest,
    KeepLastGood,
    StepFDS,
    StopWithoutBest,
    copy_state,
)
from skdir.neural_network._training.fitted_network import FittedNetwork
from skdir.neural_network._training.items import on_host
from skdir.neural_network._training.net import EncoderWithHead, Net
from skdir.neural_network._training.net_params import (
    check_callback_names,
    named_callbacks,
    resolve_optimizer,
    split_net_params,
)
from skdir.neural_network._training.prepare import prepare_to_go_on, scaled_part
from skdir.neural_network._training.rows import LazyRows, Parts
from skdir.neural_network._training.scaling import combine_weights, relative_weights
from skdir.neural_network._training.seeds import Seeded
from skdir.neural_network._training.settings import CALLER
from skdir.neural_network.losses._registry import make_loss_of
from skdir.utils._fitting.seeds import draw_seed
from skdir.utils._targets.weights import check_weights
from skdir.utils._validation import parameter_error

# What only the callbacks of skorch ask its history for.
_OF_SKORCH = {
    "batches",
    *(f"{part}_{key}" for part in ("train", "valid") for key in ("batch_count", "loss_best")),
}


def fit(prepared):
    """Train: in one stage, or plainly first and then the head with the weights.

    Parameters
    ----------
    prepared : Prepared
        Stays as it is.

    Returns
    -------
    fitted : FittedNetwork
        The trained network.
    """
    module, history, bad_epoch = prepared.make_module(), prepared.history, None
    for stage in prepared.stages:
        if bad_epoch is not None:
            break
        if stage.head_seed is not None:
            with Seeded(stage.head_seed, prepared.device):
                module.freeze_encoder()
                module.head.reset_parameters()
        net = _make_net(prepared, stage, module)
        parts = Parts(stage.train.shuffled(stage.order_seed), prepared.valid)
        history, bad_epoch = _train(net, parts, stage.epochs_seed, history)
    return FittedNetwork(
        net=net,
        edges=prepared.edges,
        weighter=prepared.weighter,
        feature_names=prepared.feature_names,
        history=history,
        snapshot=prepared.settings.snapshot(),  # some callbacks set their own parameters
        rng=prepared.rng,
        bad_epoch=bad_epoch,
    )


def go_on(fitted, settings, samples):
    """Train for one more epoch, or leave the network as it was.

    Parameters
    ----------
    fitted : FittedNetwork
        Its net is trained in place, unless it was loaded: then a copy is, with a new optimizer.

    settings : Settings
        Parameters of the regressor.

    samples : Samples
        Rows to train on.

    Returns
    -------
    fitted : FittedNetwork
        The same network after that epoch.
    """
    if fitted.was_loaded:
        return fit(prepare_to_go_on(fitted, settings, samples))
    caller = f"{CALLER}.partial_fit"
    changed = settings.check_unchanged(fitted.snapshot, caller=caller)
    samples = samples.drop_unweighted()
    fitted.check_outputs(samples.y)
    weight = relative_weights(samples.weight)
    if fitted.weighter is not None:
        weight = combine_weights(_rarity(fitted.weighter, samples.y.ravel(), caller), weight)
    train = scaled_part(samples, weight, fitted.scaling)
    net, rng = fitted.net, fitted.rng
    _follow(net, settings, changed)
    if "random_state" in changed:
        rng = check_random_state(settings.random_state)
    before, seeds = _Before(net), rng.get_state()
    try:
        parts = Parts(train.shuffled(draw_seed(rng)), None)
        history, bad_epoch = _train(net, parts, draw_seed(rng), fitted.history)
    except BaseException:
        before.restore()
        rng.set_state(seeds)
        raise
    return replace(
        fitted, history=history, snapshot=settings.snapshot(), rng=rng, bad_epoch=bad_epoch
    )


def _train(net, parts, seed, history):
    """Run epochs; return the history with what happened, and the number of a bad epoch or None."""
    seen = len(net.history)
    with Seeded(seed, net.device):
        net.partial_fit(parts)
    finished = [record for record in net.history[seen:] if "train_loss" in record]
    history = list(history)
    for record in finished:  # the second stage goes on counting
        kept = {key: _plain(value) for key, value in record.items() if key not in _OF_SKORCH}
        history.append(kept | {"epoch": len(history) + 1})
    (keeper,) = (c for _, c in net.callbacks_ if isinstance(c, KeepLastGood))
    return tuple(history), None if keeper.bad_epoch_ is None else len(history)


def _plain(value):
    """Return a number of numpy's or torch's as one of Python's, and a tensor as an array."""
    value = on_host(value, CALLER, "callbacks")
    return (
        value.item() if isinstance(value, (np.ndarray, np.generic)) and value.size == 1 else value
    )


def _make_net(prepared, stage, module):
    """Return an initialized net around the module, with a fresh optimizer."""
    settings = prepared.settings
    in_memory = not isinstance(stage.train.rows, LazyRows)
    with Seeded(stage.net_seed, prepared.device):  # the user's loss may have some that are drawn
        params, loader = split_net_params(settings.net_params, in_memory=in_memory, caller=CALLER)
        optimizer, decay = resolve_optimizer(
            settings.optimizer, settings.weight_decay, caller=CALLER
        )
        callbacks = _callbacks(settings, prepared.valid)
        check_callback_names(params, [name for name, _ in callbacks], caller=CALLER)
        loss = make_loss_of(
            CALLER,
            settings.loss,
            y_train=prepared.scaling.scaled(stage.train.y),
            random_state=stage.loss_seed,
        )
        net = Net(
            module=module,
            criterion=loss.float(),
            optimizer=optimizer,
            lr=_checked_rate(settings.lr),
            batch_size=settings.batch_size,
            max_epochs=prepared.n_epochs,
            device=prepared.device,
            callbacks=callbacks,
            watched=bool(settings.callbacks),
            loader=loader,
            show_bar=settings.verbose == 1,
            verbose=int(settings.verbose > 1),  # for skorch's table
            scaling=prepared.scaling,
            input_shape=prepared.input_shape,
            **decay,
            **params,
        )
        _initialize(net)
    # the initialized ones are enough; these would be pickled with their GPU tensors
    net.module, net.criterion = EncoderWithHead, torch.nn.Module
    return net


def _callbacks(settings, valid):
    """Return the callbacks of the user's between our own."""
    ours = [("last_good", KeepLastGood()), ("fds", StepFDS())]
    last = [("progress", EpochBar())]
    if valid is not None and settings.early_stopping:
        keeper = KeepBest()
        ours.append(("best", keeper))
        last.append(("patience", StopWithoutBest(keeper)))
    return [*ours, *named_callbacks(settings.callbacks or [], caller=CALLER), *last]


def _initialize(net):
    """Initialize the net; what an optimizer refuses is the user's parameter."""
    try:
        net.initialize()
    except (TypeError, ValueError) as error:
        if hasattr(net, "optimizer_") or not hasattr(net, "criterion_"):
            raise
        accepted = "one that takes the network's parameters and those of 'net_params'"
        name = getattr(net.optimizer, "__name__", repr(net.optimizer))
        raise parameter_error("optimizer", CALLER, accepted, f"{name} ({error})") from error
    made = net.optimizer_
    if not (hasattr(made, "step") and hasattr(made, "state_dict")):
        accepted = "something that makes an optimizer of torch"
        raise parameter_error("optimizer", CALLER, accepted, f"one that made {made!r}")


def _rarity(weighter, y, caller):
    """Return the weights of later rows by a weighter that was fitted to the first ones."""
    if not hasattr(weighter, "transform"):
        accepted = "one with a method 'transform', for the rows of later calls"
        raise parameter_error("weighter", caller, accepted, repr(weighter))
    return check_weights(weighter.transform(y), len(y), source=type(weighter).__name__)


def _follow(net, settings, changed):
    """Take parameters that were set since, and one epoch."""
    _, decay = resolve_optimizer(settings.optimizer, settings.weight_decay, caller=CALLER)
    now = {"lr": _checked_rate(settings.lr), **decay}
    for name in changed & {"lr", "weight_decay"}:
        key = name if name == "lr" else f"optimizer__{name}"
        setattr(net, key, now[key])
        for group in net.optimizer_.param_groups:
            group[name] = now[key]
    net.batch_size, net.max_epochs = settings.batch_size, 1
    net.verbose, net.show_bar = int(settings.verbose > 1), settings.verbose == 1


def _checked_rate(lr):
    """Return a learning rate as a float."""
    if not math.isfinite(lr):
        raise parameter_error("lr", CALLER, "a number that float64 holds", "a larger one")
    return float(lr)


class _Before:
    """The state of a net before it is trained, to go back to if the training raises."""

    def __init__(self, net):
        self.net, self.parts = net, [net.module_, net.criterion_]
        self.states = [copy_state(part) for part in self.parts]
        self.optimizer = copy.deepcopy(net.optimizer_.state_dict())
        self.n_epochs = len(net.history)

    def restore(self):
        """Go back."""
        for part, state in zip(self.parts, self.states):
            part.load_state_dict(state)
        self.net.optimizer_.load_state_dict(self.optimizer)
        del self.net.history[self.n_epochs :]
