"""The private skorch net: encoder, FDS and head, trained on batches with sample weights."""

from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np
import torch
from skorch import NeuralNet
from skorch.callbacks import Callback
from torch import nn

# What autocast may compute in. float16 would need scaled gradients.
PRECISIONS = ("float32", "bfloat16")


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
        features = self.encoder(X)
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
        """Freeze the encoder and draw a new head."""
        self.frozen = True
        self.encoder.requires_grad_(False).eval()
        self.head.reset_parameters()


@dataclass(frozen=True)
class Targets:
    """Targets in the user's units, for callbacks, and how the net's are made of them."""

    train: np.ndarray
    train_weight: np.ndarray | None
    valid: np.ndarray | None
    mean: float
    scale: float

    def unscale(self, y):
        """Return scaled values in units of y."""
        return y * self.scale + self.mean


class Net(NeuralNet):
    """A skorch net whose rows come with targets and weights, without a synchronisation per batch.

    Parameters
    ----------
    rows_train, rows_valid : TensorRows or LazyRows
        The data; `rows_valid` may be None.

    targets : Targets
        The same targets in the user's units.

    generator : torch.Generator
        Draws the order of the rows.

    precision : {"float32", "bfloat16"}, default="float32"
        What autocast computes in.

    **params : dict
        Parameters of skorch's NeuralNet.
    """

    def __init__(
        self,
        *args,
        rows_train=None,
        rows_valid=None,
        targets=None,
        generator=None,
        precision="float32",
        **params,
    ):
        self.rows_train = rows_train
        self.rows_valid = rows_valid
        self.targets = targets
        self.generator = generator
        self.precision = precision
        super().__init__(*args, train_split=None, **params)

    def get_split_datasets(self, X, y=None, **fit_params):
        """Return the rows; they were split before the weights were computed."""
        return self.rows_train, self.rows_valid

    def get_iterator(self, dataset, training=False):
        """Return an iterable of batches."""
        generator = self.generator if training else None
        return dataset.batches(self.batch_size, generator, self.device)

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
        with self._autocast():
            return super().infer(x, **fit_params).float()

    def get_loss(self, y_pred, y_true, X=None, training=False):
        """Return sum w l / sum w over the batch."""
        y, weight = (t.to(y_pred.device, non_blocking=True) for t in y_true)
        return self.criterion_(y_pred, y, weight)

    def run_single_epoch(self, iterator, training, prefix, step_fn, **fit_params):
        """Run an epoch; its mean loss is read once, at its end."""
        if iterator is None:
            return
        loss, mass = 0.0, 0.0
        for batch in iterator:
            self.notify("on_batch_begin", batch=batch, training=training)
            step = step_fn(batch, **fit_params)
            weight = batch[1][1].sum().to(self.device, non_blocking=True)
            loss = loss + step["loss"].detach() * weight
            mass = mass + weight
            self.notify("on_batch_end", batch=batch, training=training, **step)
        self.history.record(f"{prefix}_loss", float(loss / mass))

    def _autocast(self):
        if self.precision == "float32":
            return nullcontext()
        return torch.autocast(torch.device(self.device).type, dtype=getattr(torch, self.precision))


class StepFDS(Callback):
    """Ends the epoch of the FDS layer, after a pass over the training rows if it wants one."""

    def on_epoch_end(self, net, **kwargs):
        """Give the layer its statistics."""
        layer = net.module_.fds
        if layer is None or net.module_.frozen:
            return
        if layer.statistics == "epoch":
            net.module_.eval()
            with torch.no_grad():
                for inputs, _ in net.rows_train.batches(net.batch_size, None, net.device):
                    features = net.module_.encoder(inputs["X"].to(net.device))
                    layer.collect(features, inputs["y"].to(net.device))
        layer.step_epoch()


class KeepLastGood(Callback):
    """Stops at a loss that is not finite, and restores the parameters of the epoch before."""

    def on_train_begin(self, net, **kwargs):
        """Remember the first parameters."""
        self.bad_epoch_ = None
        self.state_ = _copy(net.module_.state_dict())

    def on_epoch_end(self, net, **kwargs):
        """Remember good parameters, or restore them and stop."""
        record = net.history[-1]
        losses = [record[key] for key in ("train_loss", "valid_loss") if key in record]
        if torch.tensor(losses).isfinite().all():
            self.state_ = _copy(net.module_.state_dict())
            return
        net.module_.load_state_dict(self.state_)
        self.bad_epoch_ = len(net.history)
        raise KeyboardInterrupt  # how skorch is told to stop


class KeepBest(Callback):
    """Stops when the validation loss has not improved for some epochs; restores the best.

    Parameters
    ----------
    patience : int
        Epochs without improvement after which to stop.

    min_delta : float
        Least relative improvement that counts.
    """

    def __init__(self, patience=10, min_delta=1e-4):
        self.patience = patience
        self.min_delta = min_delta

    def on_train_begin(self, net, **kwargs):
        """Forget earlier fits."""
        self.best_, self.wait_, self.state_ = float("inf"), 0, None

    def on_epoch_end(self, net, **kwargs):
        """Compare with the best epoch."""
        loss = net.history[-1, "valid_loss"]
        if loss < self.best_ - self.min_delta * abs(self.best_) or self.state_ is None:
            self.best_, self.wait_, self.state_ = loss, 0, _copy(net.module_.state_dict())
            return
        self.wait_ += 1
        if self.wait_ >= self.patience:
            raise KeyboardInterrupt

    def on_train_end(self, net, **kwargs):
        """Go back to the best epoch."""
        if self.state_ is not None:
            net.module_.load_state_dict(self.state_)
            self.state_ = None


def _copy(state):
    """Return a copy of a state dict."""
    return {name: value.detach().clone() for name, value in state.items()}
