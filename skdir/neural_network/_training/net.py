"""The private skorch net: encoder, FDS and head, trained on batches with sample weights."""

from contextlib import nullcontext

import numpy as np
import torch
from sklearn.base import RegressorMixin
from skorch import NeuralNet
from skorch.callbacks import EpochTimer, PrintLog
from skorch.exceptions import SkorchException
from torch import nn

from skdir.neural_network._training.inputs import as_inputs, check_shape
from skdir.neural_network._training.rows import (
    LazyInputs,
    LazyRows,
    Part,
    Parts,
    TensorRows,
    count_rows,
    make_rows,
    shape_of_rows,
)
from skdir.neural_network._training.scaling import Scaling
from skdir.neural_network._training.settings import CALLER
from skdir.neural_network.encoders._registry import encode
from skdir.utils._validation import parameter_error

# What autocast may compute in. float16 would need scaled gradients.
PRECISIONS = ("float32", "bfloat16")
# Rows that are predicted at a time, at least.
_PREDICTED = 1024
_UNSCALED = Scaling(0.0, 1.0)


class EncoderWithHead(nn.Module):
    """Encoder, feature distribution smoothing in training, and a linear head.

    Parameters
    ----------
    encoder : Module
        Returns features of shape (batch, n_features).

    n_features, n_outputs : int
        Widths of features and outputs.

    fds : FDSLayer or None
        Calibrates features in training.
    """

    def __init__(self, encoder, n_features, n_outputs, fds=None):
        super().__init__()
        self.encoder = encoder
        self.fds = fds
        self.head = nn.Linear(n_features, n_outputs)
        self.frozen = False

    def forward(self, X, y=None):
        """Return predictions of shape (batch,), or (batch, n_outputs) for several."""
        features = encode(self.encoder, X)
        if self.fds is not None and self.training and not self.frozen:
            features = self.fds(features, y)
        out = self.head(features)
        return out.squeeze(1) if out.shape[1] == 1 else out

    def train(self, mode=True):
        """Set the mode; a frozen encoder stays in eval mode, with its statistics."""
        super().train(mode)
        if self.frozen:
            self.encoder.eval()
        return self

    def freeze_encoder(self):
        """Freeze the encoder: the head alone is trained."""
        self.frozen = True
        self.encoder.requires_grad_(False).eval()


class Net(NeuralNet, RegressorMixin):
    """A skorch net whose rows come with targets and weights, without a synchronisation per batch.

    It is trained with `partial_fit` on `Parts`, which it does not keep, in scaled targets. What
    callbacks of the user's see is in units of y: the targets of batches and datasets, and
    predictions.

    Parameters
    ----------
    scaling : Scaling, default=Scaling(0.0, 1.0)
        How predictions become those in units of y.

    input_shape : tuple of int, or dict of str to tuple of int
        Shape of a row.

    watched : bool, default=False
        Whether there are callbacks of the user's, for which batches are recorded.

    show_bar : bool, default=False
        Whether to show a progress bar over the epochs.

    loader : dict, default=None
        For "train" and "valid" parameters of the loaders of datasets.

    precision : {"float32", "bfloat16"}, default="float32"
        What autocast computes in.

    train_split : None, default=None
        Not used: the rows were split before.

    **params : dict
        Parameters of skorch's NeuralNet.
    """

    def __init__(
        self,
        *args,
        scaling=_UNSCALED,
        input_shape=None,
        watched=False,
        show_bar=False,
        loader=None,
        precision="float32",
        train_split=None,
        **params,
    ):
        self.scaling = scaling
        self.input_shape = input_shape
        self.watched = watched
        self.show_bar = show_bar
        self.loader = loader
        self.precision = precision
        super().__init__(*args, train_split=train_split, **params)

    def fit(self, X, y=None, **fit_params):
        """Refuse to train without what the regressor knows of the data."""
        return self.get_split_datasets(X, y)

    def get_default_callbacks(self):
        """Return skorch's without those that average losses of batches, which we do."""
        return [("epoch_timer", EpochTimer()), ("print_log", PrintLog())]

    def get_dataset(self, X, y=None):
        """Return rows to predict, from anything that the regressor takes."""
        if isinstance(X, (TensorRows, LazyRows)):
            return X
        if not isinstance(X, LazyInputs):
            X = as_inputs(X, CALLER)
        if self.input_shape is not None:
            check_shape(shape_of_rows(X), self.input_shape, CALLER)
        return make_rows(X, np.zeros(count_rows(X)), None, caller=CALLER)

    def get_split_datasets(self, X, y=None, **fit_params):
        """Return the parts on the device; they were split before the weights were computed."""
        if not isinstance(X, Parts):
            raise RuntimeError(
                "This net was trained by DeepImbalancedRegressor, which holds the scale of the "
                "target and its weights: call fit or partial_fit of the regressor."
            )
        return X.train.to(self.device), None if X.valid is None else X.valid.to(self.device)

    def get_iterator(self, dataset, training=False):
        """Return an iterable of batches."""
        rows, order = (
            (dataset.rows, dataset.order) if isinstance(dataset, Part) else (dataset, None)
        )
        loader = (self.loader or {}).get("train" if training else "valid", {})
        return rows.batches(self.batch_size, order if training else None, self.device, **loader)

    def torch_compile(self, module, name):
        """Compile the encoder in place, if asked to.

        In place, its parameters keep their names, for `save`. FDS and head are cheap, and the
        state of FDS changes from epoch to epoch, each time a new graph.
        """
        if self.compile and name == "module":
            module.encoder.compile(**self.get_params_for("compile"))
        return module

    def _set_training(self, training=True):
        """Set the mode where it is another: to walk through all modules takes 5 % of a step."""
        if self.module_.training != training:
            super()._set_training(training)

    def infer(self, x, **fit_params):
        """Return predictions, computed in the chosen precision."""
        try:
            with self._autocast():
                return super().infer(x, **fit_params).float()
        except ValueError as error:
            if "more than 1 value per channel" not in str(error):
                raise
            accepted = "2 or more, with 2 or more rows of X, for an encoder that normalizes batches"
            raise parameter_error("batch_size", CALLER, accepted, "a batch of one row") from error

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Return sum w l / sum w over the batch."""
        y, weight = (t.to(y_pred.device, non_blocking=True) for t in y_true)
        return self.criterion_(y_pred, y, weight)

    def _step_optimizer(self, step_fn):
        """Make a step; what the optimizer refuses, and not the network, is the user's parameter."""
        inside = False

        def closure():
            nonlocal inside
            inside = True
            loss = step_fn()
            inside = False
            return loss

        try:
            super()._step_optimizer(closure)
        except RuntimeError as error:
            if inside:
                raise
            accepted = "one that can train this network"
            name = type(self.optimizer_).__name__
            raise parameter_error("optimizer", CALLER, accepted, f"{name} ({error})") from error

    def forward_iter(self, X, training=False, device="cpu"):
        """Yield predictions of batches in units of y."""
        yield from self.predict_batches(self.get_dataset(X), self.batch_size, training, device)

    def predict_batches(self, rows, batch_size, training=False, device="cpu"):
        """Yield predictions of batches of at least 1,024 rows in units of y."""
        self._set_training(training)
        loader = (self.loader or {}).get("valid", {})
        with torch.set_grad_enabled(training):
            for batch, _ in rows.batches(max(batch_size, _PREDICTED), None, self.device, **loader):
                yield self.unscale(self.infer({"X": batch["X"]})).to(device)

    def unscale(self, values):
        """Return scaled values in units of y."""
        return self.scaling.unscaled(values)

    def notify(self, method_name, **kwargs):
        """Notify callbacks, those of the user's of data in units of y and without weights."""
        parts = kwargs.get("X")
        if isinstance(parts, Parts):
            kwargs["X"], kwargs["y"] = parts.train.X, parts.train.y
        if self.watched:
            if "batch" in kwargs:
                inputs, (y, _) = kwargs["batch"]
                kwargs["batch"] = inputs["X"], self.unscale(y)
            if "y_pred" in kwargs:
                kwargs["y_pred"] = self.unscale(kwargs["y_pred"])
        try:
            super().notify(method_name, **kwargs)
        except (KeyError, ValueError, SkorchException) as error:
            valid = parts.valid if isinstance(parts, Parts) else kwargs.get("dataset_valid")
            if valid is not None or "'valid_" not in str(error):
                raise
            raise parameter_error(
                "callbacks",
                CALLER,
                "of those that watch the training ('train_loss'), or used with early_stopping or "
                "X_val and y_val: there are no validation rows, and partial_fit has none",
                f"one that says {error.args[0]!r}",
            ) from error

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Run an epoch; its mean loss is read once, at its end, unless a callback may ask."""
        if iterator is None:
            return
        loss, mass = 0.0, 0.0
        for batch in iterator:
            self.notify("on_batch_begin", batch=batch, training=training)
            step = step_fn(batch, **fit_params)
            weight = batch[1][1].sum().to(self.device, non_blocking=True)
            loss = loss + step["loss"].detach() * weight
            mass = mass + weight
            if self.watched:
                self.history.record_batch(f"{prefix}_loss", step["loss"].item())
                # by which skorch's callbacks average over batches, so that weights count
                self.history.record_batch(f"{prefix}_batch_size", weight.item())
            self.notify("on_batch_end", batch=batch, training=training, **step)
        key, value = f"{prefix}_loss", float(loss / mass)
        best = min((r[key] for r in self.history[:-1] if key in r), default=float("inf"))
        self.history.record(key, value)
        self.history.record(f"{key}_best", value < best)
        self.history.record(f"{prefix}_batch_count", len(iterator))

    def _autocast(self):
        if self.precision == "float32":
            return nullcontext()
        return torch.autocast(torch.device(self.device).type, dtype=getattr(torch, self.precision))
