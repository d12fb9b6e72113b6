"""Callbacks of the training itself: the last good epoch, the best one, FDS, a progress bar."""

from copy import deepcopy

import torch
from skorch.callbacks import Callback

from skdir.neural_network.encoders._registry import encode


class StepFDS(Callback):
    """Ends the epoch of the FDS layer, after a pass over the training rows if it wants one."""

    def on_train_begin(self, net, **kwargs):
        """Tell the layer that it need not wonder how long an epoch takes."""
        if net.module_.fds is not None:
            net.module_.fds.stepped_by_caller = True

    def on_epoch_end(self, net, dataset_train=None, **kwargs):
        """Give the layer its statistics."""
        layer = net.module_.fds
        if layer is None or net.module_.frozen:
            return
        if layer.statistics == "epoch":
            net.module_.eval()
            with torch.no_grad():
                for inputs, _ in dataset_train.rows.batches(net.batch_size, None, net.device):
                    features = encode(net.module_.encoder, _moved(inputs["X"], net.device))
                    layer.collect(features, inputs["y"].to(net.device))
        layer.step_epoch()


class KeepLastGood(Callback):
    """Stops at a loss that is not finite, and restores the parameters of the epoch before.

    It comes first, so that no other callback keeps parameters that are not finite.
    """

    def on_train_begin(self, net, **kwargs):
        """Forget earlier fits."""
        self.bad_epoch_, self.state_ = None, None

    def on_epoch_begin(self, net, **kwargs):
        """Remember the first parameters, which other callbacks may have loaded."""
        if self.state_ is None:
            self.state_ = copy_state(net.module_)

    def on_epoch_end(self, net, **kwargs):
        """Remember good parameters, or restore them and stop."""
        record = net.history[-1]
        losses = [record[key] for key in ("train_loss", "valid_loss") if key in record]
        if torch.tensor(losses).isfinite().all():
            self.state_ = copy_state(net.module_)
            return
        net.module_.load_state_dict(self.state_)
        self.bad_epoch_ = len(net.history)
        raise KeyboardInterrupt  # how skorch is told to stop


class KeepBest(Callback):
    """Keeps the epoch with the best validation loss, and restores it at the end.

    It comes before the callbacks of the user's, one of which may stop the training.

    Parameters
    ----------
    min_delta : float
        Least relative improvement that counts.
    """

    def __init__(self, min_delta=1e-4):
        self.min_delta = min_delta

    def on_train_begin(self, net, **kwargs):
        """Forget earlier fits."""
        self.best_, self.wait_, self.state_ = float("inf"), 0, None

    def on_epoch_end(self, net, dataset_valid=None, **kwargs):
        """Compare with the best epoch."""
        if dataset_valid is None:  # as in `partial_fit`
            return
        loss = net.history[-1, "valid_loss"]
        if loss < self.best_ - self.min_delta * abs(self.best_) or self.state_ is None:
            self.best_, self.wait_, self.state_ = loss, 0, copy_state(net.module_)
        else:
            self.wait_ += 1

    def on_train_end(self, net, **kwargs):
        """Go back to the best epoch."""
        if self.state_ is not None:
            net.module_.load_state_dict(self.state_)
            self.state_ = None


class StopWithoutBest(Callback):
    """Stops when the validation loss has not improved for some epochs; it comes last.

    Parameters
    ----------
    keeper : KeepBest
        Knows for how many.

    patience : int
        Epochs without improvement after which to stop.
    """

    def __init__(self, keeper, patience=10):
        self.keeper = keeper
        self.patience = patience

    def on_epoch_end(self, net, **kwargs):
        """Stop, if it is time."""
        if self.keeper.wait_ >= self.patience:
            raise KeyboardInterrupt


class EpochBar(Callback):
    """A progress bar over the epochs, with the losses."""

    def on_train_begin(self, net, **kwargs):
        """Show the bar."""
        self.bar_ = None
        if net.show_bar:
            from tqdm.auto import tqdm  # skorch requires it

            self.bar_ = tqdm(total=net.max_epochs, desc="epochs")

    def on_epoch_end(self, net, **kwargs):
        """Move it."""
        if self.bar_ is None:
            return
        record = net.history[-1]
        losses = {k: f"{record[k]:.4g}" for k in ("train_loss", "valid_loss") if k in record}
        self.bar_.set_postfix(losses)
        self.bar_.update()

    def on_train_end(self, net, **kwargs):
        """Close it; a bar cannot be pickled."""
        if self.bar_ is not None:
            self.bar_.close()
        self.bar_ = None


def copy_state(module):
    """Return a copy of the state of a module."""
    return {
        name: value.detach().clone() if isinstance(value, torch.Tensor) else deepcopy(value)
        for name, value in module.state_dict().items()
    }


def _moved(X, device):
    """Return inputs on a device."""
    return {k: v.to(device) for k, v in X.items()} if isinstance(X, dict) else X.to(device)
