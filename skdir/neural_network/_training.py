"""One training of the deep regressor: scale, weights, parts, network, stages."""

from dataclasses import replace

import numpy as np
import torch
from sklearn.base import clone
from sklearn.model_selection import train_test_split
from skorch.callbacks import Callback, EpochTimer, PrintLog
from torch.utils.data import Dataset

from skdir.neural_network._batches import first_of
from skdir.neural_network._inputs import make_rows
from skdir.neural_network._net import (
    PRECISIONS,
    EncoderWithHead,
    KeepBest,
    KeepLastGood,
    Net,
    StepFDS,
    Targets,
)
from skdir.neural_network._seeds import Seeded
from skdir.neural_network.encoders import count_features, make_encoder
from skdir.neural_network.losses import make_loss
from skdir.utils._validation import parameter_error
from skdir.utils._weights import weights_of

_OPTIMIZERS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}
_CALLER = "DeepImbalancedRegressor"

# Strata of the target from which validation rows are drawn, at most.
_STRATA = 10


class Training:
    """What one `fit` learns, and what later calls need of it.

    Parameters
    ----------
    regressor : DeepImbalancedRegressor
        Its parameters; it is not kept.

    X : Tensor or Dataset
        Valid inputs.

    y : ndarray of shape (n,) or (n, n_outputs)
        Valid targets.

    sample_weight : ndarray of shape (n,) or None
        Valid weights.

    validation : tuple of (X, y) or None
        Valid validation data.

    rng : RandomState
        Seeds everything.

    epochs : int or None, default=None
        Number of epochs; None is `max_epochs`.
    """

    def __init__(self, regressor, X, y, sample_weight, validation, rng, epochs=None):
        self.device = resolve_device(regressor.device)
        self.rng = rng
        self.epochs = regressor.max_epochs if epochs is None else epochs
        self.history, self.bad_epoch, self.restored = [], None, False
        rows = None
        if regressor.early_stopping and validation is None:
            rows, held = split_rows(y, regressor.validation_fraction, rng)
            validation = (X, y[held], held)
        self._prepare(regressor, X, y, sample_weight, rows)
        if validation is not None:
            X_val, y_val, *held = validation
            if y_val.shape[1:] != y.shape[1:]:
                raise parameter_error(
                    "y_val", _CALLER, f"of shape (n, *{y.shape[1:]}), as y", f"{y_val.shape}"
                )
            self.valid = make_rows(X_val, self._scaled(y_val), None, *held)
            self.targets = replace(self.targets, valid=y_val)

    def _prepare(self, regressor, X, y, sample_weight, rows):
        """Fit scale, weights and bins to the training rows, and make the network."""
        if rows is not None:
            y = y[rows]
            sample_weight = None if sample_weight is None else sample_weight[rows]
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
        self.mean, self.scale = target_scale(y, sample_weight, regressor.scale_target)
        self.targets = Targets(y, sample_weight, None, self.mean, self.scale)
        self.weighter = None
        weight = sample_weight
        if regressor.weighter is not None:
            self.weighter = clone(regressor.weighter)
            weight = weights_of(self.weighter, y.ravel(), sample_weight)
            weight = weight if sample_weight is None else weight * sample_weight
        scaled = self._scaled(y)
        self.weighted = self.plain = make_rows(X, scaled, weight, rows)
        if regressor.retrain_head and self.weighter is not None:
            self.plain = make_rows(X, scaled, sample_weight, rows)
        self.valid = None
        self.loss_targets = scaled
        self.edges = None
        if regressor.fds is not None:
            edges = regressor.fds.make_edges(y.ravel())
            self.edges = (np.asarray(edges, dtype=np.float64) - self.mean) / self.scale
        self._make_module(regressor, X)

    def _make_module(self, regressor, X):
        """Make encoder, head and FDS with the drawn seed."""
        few = [X[i] for i in range(min(len(X), 2))]
        example = torch.stack([first_of(row).to(torch.float32) for row in few])
        with self._seeded():
            encoder = make_encoder(
                regressor.encoder,
                tuple(example.shape[1:]),
                hidden_layer_sizes=regressor.hidden_layer_sizes,
                dropout=regressor.dropout,
                caller=_CALLER,
            )
            n_features = count_features(encoder, example, caller=_CALLER)
            layer = None
            if regressor.fds is not None:
                layer = regressor.fds.make_layer(n_features, self.edges)
            # all in one mode, whatever that of the user's module was
            self.module = EncoderWithHead(encoder, n_features, self.n_outputs, layer).train()

    @classmethod
    def restore(cls, regressor, fitted, module):
        """Return a training that can predict, from what was saved and the network made of it."""
        self = cls.__new__(cls)
        self.device = resolve_device(regressor.device)
        self.rng, self.epochs, self.weighter = np.random.RandomState(0), regressor.max_epochs, None
        self.history, self.bad_epoch, self.restored = fitted["history"], None, True
        self.n_outputs, self.column = fitted["n_outputs"], fitted["column"]
        self.mean, self.scale, self.edges = (fitted[k] for k in ("mean", "scale", "edges"))
        self.module = module
        self.net = Net(
            module=self.module, criterion=torch.nn.MSELoss, optimizer=torch.optim.SGD,
            device=self.device, callbacks=None, precision=fitted["precision"],
        )  # fmt: skip
        self.net.initialize()
        self.net.module = EncoderWithHead
        del self.module
        return self

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
        del self.module, self.plain, self.weighted, self.valid, self.loss_targets, self.targets

    def go_on(self, X, y, sample_weight):
        """Train the net that is there for one more epoch."""
        if (y.shape[1] if y.ndim == 2 else 1) != self.n_outputs:
            raise parameter_error("y", _CALLER, f"of {self.n_outputs} outputs, as before", y.shape)
        weight = sample_weight
        if self.weighter is not None:
            weight = self.weighter.transform(y.ravel())
            weight = weight if sample_weight is None else weight * sample_weight
        self.bad_epoch = None
        targets = Targets(y, sample_weight, None, self.mean, self.scale)
        self._train(self.net, make_rows(X, self._scaled(y), weight), None, targets, 1)

    def predict(self, X, batch_size):
        """Return scaled predictions."""
        module = self.net.module_
        module.eval()
        out = []
        with torch.inference_mode():
            for start in range(0, len(X), max(batch_size, 1024)):
                stop = min(start + max(batch_size, 1024), len(X))
                if isinstance(X, Dataset):
                    batch = torch.stack([first_of(X[i]) for i in range(start, stop)])
                else:
                    batch = X[start:stop]
                batch = batch.to(self.net.device, torch.float32)
                out.append(self.net.infer(batch).cpu())
        out = torch.cat(out).numpy()
        return out[:, None] if self.column else out

    def _stage(self, regressor, rows):
        """Train the module with a fresh optimiser."""
        loss_seed = self._seed()
        with self._seeded():  # the user's loss may have parameters that are drawn
            self.net = self._make_net(regressor, loss_seed)
            self.net.initialize()
        # the initialised ones are enough; these would be pickled with their GPU tensors
        self.net.module, self.net.criterion = EncoderWithHead, torch.nn.Module
        self._train(self.net, rows, self.valid, self.targets, self.epochs)

    def _train(self, net, rows, valid, targets, epochs):
        """Run epochs, and put what happened into the history."""
        seen = len(net.history)
        device = torch.device(net.device)
        net.rows_train = rows.to(device)
        net.rows_valid = None if valid is None else valid.to(device)
        net.targets = targets
        net.generator = torch.Generator().manual_seed(self._seed())
        try:
            with self._seeded():
                net.partial_fit(None, epochs=epochs)
        finally:
            net.rows_train = net.rows_valid = net.targets = net.generator = None
        finished = [record for record in net.history[seen:] if "train_loss" in record]
        for record in finished:  # the second stage goes on counting
            kept = {key: value for key, value in record.items() if key != "batches"}
            self.history.append(kept | {"epoch": len(self.history) + 1})
        (keeper,) = (c for _, c in net.callbacks_ if isinstance(c, KeepLastGood))
        if keeper.bad_epoch_ is not None:
            self.bad_epoch = len(self.history)

    def _make_net(self, regressor, loss_seed):
        """Return an uninitialised net around the module."""
        params = dict(regressor.net_params or {})
        if params.get("precision", "float32") not in PRECISIONS:
            raise parameter_error(
                "net_params",
                _CALLER,
                f"with a 'precision' among {', '.join(map(repr, PRECISIONS))}",
                repr(params["precision"]),
            )
        optimizer = regressor.optimizer
        optimizer = _OPTIMIZERS[optimizer] if isinstance(optimizer, str) else optimizer
        callbacks = [("fds", StepFDS()), *_named(regressor.callbacks or [])]
        if self.valid is not None and regressor.early_stopping:
            callbacks.append(("best", KeepBest()))
        if regressor.verbose == 1:
            callbacks.append(("progress", EpochBar(self.epochs)))
        elif regressor.verbose:
            callbacks.append(("log", PrintLog()))
        callbacks.append(("last_good", KeepLastGood()))
        return Net(
            module=self.module,
            criterion=make_loss(regressor.loss, y_train=self.loss_targets, random_state=loss_seed),
            optimizer=optimizer,
            optimizer__weight_decay=regressor.weight_decay,
            lr=regressor.lr,
            batch_size=regressor.batch_size,
            max_epochs=self.epochs,
            device=self.device,
            callbacks=[("timer", EpochTimer()), *callbacks],
            verbose=int(regressor.verbose > 1),  # for the log's callback
            **params,
        )

    def _scaled(self, y):
        """Return targets in standard deviations, one column as a vector."""
        scaled = (y - self.mean) / self.scale
        return scaled.ravel() if scaled.ndim == 2 and scaled.shape[1] == 1 else scaled

    def _seed(self):
        return int(self.rng.randint(2**31 - 1))

    def _seeded(self):
        """Return a context with torch's generators seeded, and as they were afterwards."""
        return Seeded(self._seed(), self.device)


class EpochBar(Callback):
    """A progress bar over the epochs, with the losses.

    Parameters
    ----------
    epochs : int
        How many there will be.
    """

    def __init__(self, epochs):
        self.epochs = epochs

    def on_train_begin(self, net, **kwargs):
        """Show the bar."""
        from tqdm.auto import tqdm  # skorch requires it

        self.bar_ = tqdm(total=self.epochs, desc="epochs")

    def on_epoch_end(self, net, **kwargs):
        """Move it."""
        record = net.history[-1]
        losses = {k: f"{record[k]:.4g}" for k in ("train_loss", "valid_loss") if k in record}
        self.bar_.set_postfix(losses)
        self.bar_.update()

    def on_train_end(self, net, **kwargs):
        """Close it; a bar cannot be pickled."""
        self.bar_.close()
        self.bar_ = None


def resolve_device(device):
    """Return a device that is there, "auto" being a GPU if there is one."""
    accepted = "'auto', 'cpu', or a device of torch that is there"
    if device == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        first = str(error).splitlines()[0]
        raise parameter_error("device", _CALLER, accepted, f"{device!r} ({first})") from None
    return str(device)


def split_rows(y, fraction, rng):
    """Return training and validation rows, drawn from strata of the target."""
    n_valid = int(np.ceil(fraction * len(y)))
    if not 0 < n_valid < len(y):
        raise parameter_error(
            "validation_fraction",
            _CALLER,
            "such that rows remain for training and validation",
            f"{fraction:g} of {len(y)} rows",
        )
    first = y[:, 0] if y.ndim == 2 else y
    rank = np.argsort(np.argsort(first, kind="stable"), kind="stable")
    n_strata = max(1, min(_STRATA, n_valid, (len(y) - n_valid), len(y) // 2))
    strata = rank * n_strata // len(y)
    return train_test_split(np.arange(len(y)), test_size=n_valid, random_state=rng, stratify=strata)


def target_scale(y, sample_weight, scale_target):
    """Return the (weighted) mean and standard deviation of targets; 0 and 1 without scaling."""
    if not scale_target:
        return 0.0, 1.0
    mean = np.average(y, axis=0, weights=sample_weight)
    deviation = np.sqrt(np.average((y - mean) ** 2, axis=0, weights=sample_weight))
    # constant but for rounding
    flat = deviation <= 1e-12 * np.maximum(np.abs(mean), np.finfo(np.float64).tiny)
    deviation = np.where(flat, 1.0, deviation)
    if mean.ndim == 0 or mean.size == 1:
        return float(np.ravel(mean)[0]), float(np.ravel(deviation)[0])
    return mean, deviation


def _named(callbacks):
    """Return callbacks as pairs of name and callback."""
    return [c if isinstance(c, tuple) else (f"callback{i}", c) for i, c in enumerate(callbacks)]
