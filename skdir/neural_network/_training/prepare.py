"""From parameters and rows to a value that a training starts from."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from skdir.neural_network._training.net import EncoderWithHead
from skdir.neural_network._training.net_params import resolve_device
from skdir.neural_network._training.rows import Part, first_rows, make_rows, shape_of_rows
from skdir.neural_network._training.samples import split_rows
from skdir.neural_network._training.scaling import Scaling, combine_weights, relative_weights
from skdir.neural_network._training.seeds import Seeded
from skdir.neural_network._training.settings import CALLER, Settings
from skdir.neural_network.encoders._registry import count_features, make_encoder
from skdir.utils._fitting.seeds import draw_seed
from skdir.utils._targets.weights import weights_of
from skdir.utils._validation import parameter_error


class Stage(NamedTuple):
    """Epochs with one optimizer: the rows, and a seed for each thing that draws.

    `head_seed` is None where all of the network is trained; otherwise the encoder is frozen and a
    new head is drawn. `net_seed` is that of parameters of the loss, `epochs_seed` that of dropout.
    """

    train: Part
    head_seed: int | None
    loss_seed: int
    net_seed: int
    order_seed: int
    epochs_seed: int


@dataclass(frozen=True, eq=False)
class Prepared:
    """What a training starts from; it can be started more than once, with the same result.

    Parameters
    ----------
    settings : Settings
        Parameters of the regressor.

    stages : tuple of Stage
        What is trained, one after the other.

    valid : Part or None
        Validation rows.

    make_module : callable
        Makes the network, the same each time.

    n_epochs : int
        Number of epochs of each stage.

    scaling : Scaling
        Of the targets.

    edges : ndarray or None
        Edges of the bins of FDS, in scaled targets.

    weighter : estimator or None
        The fitted weighter.

    input_shape : tuple of int, or dict of str to tuple of int
        Shape of a row.

    feature_names : ndarray or None
        Names of the features.

    device : str
        Where to train.

    rng : RandomState
        What later calls draw from.

    history : tuple of dict, default=()
        Epochs of the training that this one goes on from.
    """

    settings: Settings
    stages: tuple
    valid: Part | None
    make_module: Callable
    n_epochs: int
    scaling: Scaling
    edges: np.ndarray | None
    weighter: object
    input_shape: tuple | dict
    feature_names: np.ndarray | None
    device: str
    rng: np.random.RandomState
    history: tuple = ()


def prepare(settings, samples, validation, *, feature_names=None, n_epochs=None):
    """Prepare a training from the beginning.

    Parameters
    ----------
    settings : Settings
        Parameters of the regressor.

    samples : Samples
        Rows to train on.

    validation : Samples or None
        Validation rows.

    feature_names : ndarray or None, default=None
        Names of the features.

    n_epochs : int or None, default=None
        Number of epochs; None is `max_epochs`.

    Returns
    -------
    prepared : Prepared
        For :func:`fit`.
    """
    rng = check_random_state(settings.random_state)
    device = resolve_device(settings.device, caller=CALLER)
    samples = samples.drop_unweighted()
    validation = None if validation is None else validation.drop_unweighted()
    name = "y_val"
    if settings.early_stopping and validation is None:
        rows, held = split_rows(samples.y, settings.validation_fraction, rng)
        samples, validation, name = samples.take(rows), samples.take(held), "y"
    _check_one_target(settings, samples.y)
    scaling = Scaling.from_targets(
        samples.y, relative_weights(samples.weight), settings.scale_target
    )
    parts, weighter = _weigh(settings, samples, scaling)
    edges = None
    if settings.fds is not None:
        edges = np.asarray(clone(settings.fds).make_edges(samples.y.ravel()), dtype=np.float64)
        edges = scaling.scaled(edges)
    make_module = partial(
        _make_module, settings, samples, edges, seed=draw_seed(rng), device=device
    )
    return Prepared(
        settings=settings,
        stages=_stages(parts, rng),
        valid=_validate(validation, samples.y, scaling, name),
        make_module=make_module,
        n_epochs=settings.max_epochs if n_epochs is None else n_epochs,
        scaling=scaling,
        edges=edges,
        weighter=weighter,
        input_shape=shape_of_rows(samples.X),
        feature_names=feature_names,
        device=device,
        rng=rng,
    )


def prepare_to_go_on(fitted, settings, samples):
    """Prepare one more epoch of a network that was loaded: weighter, loss, optimizer made anew.

    Parameters
    ----------
    fitted : FittedNetwork
        The network is copied, so that this one stays as it is.

    settings : Settings
        Parameters of the regressor.

    samples : Samples
        Rows to train on.

    Returns
    -------
    prepared : Prepared
        For :func:`fit`.
    """
    settings.check_unchanged(fitted.snapshot, caller=f"{CALLER}.partial_fit")
    samples = samples.drop_unweighted()
    fitted.check_outputs(samples.y)
    rng = check_random_state(settings.random_state)
    device = resolve_device(settings.device, caller=CALLER)
    parts, weighter = _weigh(settings, samples, fitted.scaling)
    return Prepared(
        settings=settings,
        stages=_stages(parts, rng),
        valid=None,
        make_module=partial(copy.deepcopy, fitted.net.module_),
        n_epochs=1,
        scaling=fitted.scaling,
        edges=fitted.edges,
        weighter=weighter,
        input_shape=fitted.input_shape,
        feature_names=fitted.feature_names,
        device=device,
        rng=rng,
        history=fitted.history,
    )


def scaled_part(samples, weight, scaling, name="y"):
    """Return rows with scaled targets and the weights of the loss."""
    y = scaling.scaled(samples.y)
    rows = make_rows(samples.X, y, weight, caller=CALLER, name=name)
    return Part(rows, samples.y, samples.weight)


def _check_one_target(settings, y):
    """Refuse several targets per row where rarity is asked for, which is that of one target."""
    if y.ndim == 2 and y.shape[1] > 1:
        for name in ("fds", "weighter"):
            value = getattr(settings, name)
            if value is not None:
                accepted = "None with several targets per row"
                raise parameter_error(name, CALLER, accepted, repr(value))


def _weigh(settings, samples, scaling):
    """Return the training rows of each stage, weighed as it wants, and the fitted weighter."""
    relative = weight = relative_weights(samples.weight)
    weighter = None
    if settings.weighter is not None:
        weighter = clone(settings.weighter)
        rarity = weights_of(weighter, samples.y.ravel(), samples.weight)
        weight = combine_weights(rarity, relative)
    weights = [relative, weight] if settings.retrain_head else [weight]
    return [scaled_part(samples, weight, scaling) for weight in weights], weighter


def _stages(parts, rng):
    """Return a stage for each part: the first trains all of the network, others a new head."""
    return tuple(
        Stage(part, draw_seed(rng) if i else None, *(draw_seed(rng) for _ in range(4)))
        for i, part in enumerate(parts)
    )


def _validate(validation, y, scaling, name):
    """Return validation rows, scaled as the training rows."""
    if validation is None:
        return None
    if validation.y.shape[1:] != y.shape[1:]:
        accepted = f"of shape {('n', *y.shape[1:])}, as y".replace("'", "")
        raise parameter_error(name, CALLER, accepted, f"{validation.y.shape}")
    return scaled_part(validation, relative_weights(validation.weight), scaling, name)


def _make_module(settings, samples, edges, *, seed, device):
    """Make encoder, head and FDS with a seed."""
    example = first_rows(samples.X)
    n_outputs = samples.y.shape[1] if samples.y.ndim == 2 else 1
    with Seeded(seed, device):
        encoder = make_encoder(
            settings.encoder,
            shape_of_rows(example),
            hidden_layer_sizes=settings.hidden_layer_sizes,
            dropout=settings.dropout,
            caller=CALLER,
        ).float()  # whatever torch's default is: X is float32
        n_features = count_features(encoder, example, caller=CALLER)
        layer = None
        if settings.fds is not None:
            layer = settings.fds.make_layer(n_features, edges)
        # all in one mode, whatever that of the user's module was
        return EncoderWithHead(encoder, n_features, n_outputs, layer).float().train()
