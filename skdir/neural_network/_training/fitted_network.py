"""What a training leaves behind: a network, and what predicting and going on need beside it."""

from dataclasses import dataclass

import numpy as np
import torch

from skdir.neural_network._training.net import Net
from skdir.neural_network._training.rows import count_rows, make_rows
from skdir.neural_network._training.settings import CALLER
from skdir.utils._validation import parameter_error


@dataclass(frozen=True, eq=False)
class FittedNetwork:
    """A trained network, without the data that it was trained on.

    Parameters
    ----------
    net : Net
        The skorch net, which knows scale and shape of the data.

    edges : ndarray or None
        Edges of the bins of FDS, in scaled targets.

    weighter : estimator or None
        The fitted weighter.

    feature_names : ndarray or None
        Names of the features.

    history : tuple of dict
        What happened in each epoch.

    snapshot : dict of str to object
        The parameters as they were at the end of the training.

    rng : RandomState or None
        What later calls draw from; None for a network that was loaded, whose optimizer and loss are
        made anew where it goes on.

    bad_epoch : int or None, default=None
        Epoch whose loss was not finite, which ended the training.
    """

    net: Net
    edges: np.ndarray | None
    weighter: object
    feature_names: np.ndarray | None
    history: tuple
    snapshot: dict
    rng: np.random.RandomState | None
    bad_epoch: int | None = None

    @property
    def scaling(self):
        """Scaling of the targets."""
        return self.net.scaling

    @property
    def input_shape(self):
        """Shape of a row, or those of its parts by name."""
        return self.net.input_shape

    @property
    def n_outputs(self):
        """Number of targets per row."""
        return self.net.module_.head.out_features

    @property
    def was_loaded(self):
        """Whether there is the network alone, without what trained it."""
        return self.rng is None

    def predict(self, X, batch_size):
        """Return predictions in units of y.

        Parameters
        ----------
        X : Tensor, dict of str to Tensor, or LazyInputs
            Valid inputs.

        batch_size : int
            Rows at a time, or more.

        Returns
        -------
        y_pred : ndarray of shape (n,) or (n, n_outputs)
            Predictions.
        """
        rows = make_rows(X, np.zeros(count_rows(X)), None, caller=CALLER)
        with torch.inference_mode():
            parts = [part.numpy() for part in self.net.predict_batches(rows, batch_size)]
        return np.concatenate(parts).astype(np.float64, copy=False)

    def check_outputs(self, y):
        """Refuse another number of targets per row than in the first call."""
        if (y.shape[1] if y.ndim == 2 else 1) != self.n_outputs:
            raise parameter_error("y", CALLER, f"of {self.n_outputs} outputs, as before", y.shape)
