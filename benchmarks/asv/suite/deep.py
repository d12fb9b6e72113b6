"""The layer of feature distribution smoothing, and fits of the deep regressor."""

import numpy as np
import torch
from torch import nn

from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.weighting import LDSWeighter

from .data import made, ratio

torch.set_num_threads(1)

ROWS, FEATURES = 256, 128


class Layer:
    """A batch of 256 x 128 through the layer, forward and backward, and the end of an epoch."""

    params = ["diagonal", "full"]
    param_names = ("covariance",)

    def setup(self, covariance):
        torch.manual_seed(0)
        self.z, self.y = torch.randn(ROWS, FEATURES, requires_grad=True), torch.rand(ROWS)
        self.layer = FDS(covariance=covariance).make_layer(FEATURES, np.linspace(0, 1, 101))
        self._end_epoch()

    def _batch(self):
        self.layer(self.z, self.y).sum().backward()

    def _end_epoch(self):
        self.layer(self.z, self.y)
        self.layer.step_epoch()

    def time_batch(self, covariance):
        self._batch()

    def time_batch_and_step_epoch(self, covariance):
        self._end_epoch()

    def peakmem_batch_and_step_epoch(self, covariance):
        self._end_epoch()

    def track_ratio_to_linear_layer(self, covariance):
        """A batch through the layer beside one through a linear layer of the same size."""
        linear = nn.Linear(FEATURES, FEATURES)
        return ratio(self._batch, lambda: linear(self.z).sum().backward(), repeats=20)


class Fit:
    """Two epochs of 10,000 x 32."""

    params = ["plain", "weights", "weights and FDS"]
    param_names = ("parts",)

    def setup(self, parts):
        self.X, self.y = made(10_000, 32)
        self.model = self._model(parts)

    @staticmethod
    def _model(parts):
        return DeepImbalancedRegressor(
            weighter=None if parts == "plain" else LDSWeighter(),
            fds=FDS() if "FDS" in parts else None,
            max_epochs=2,
            device="cpu",
            random_state=0,
        )

    def time_fit(self, parts):
        self.model.fit(self.X, self.y)

    def peakmem_fit(self, parts):
        self.model.fit(self.X, self.y)

    def track_ratio_to_plain_fit(self, parts):
        plain = self._model("plain")
        return ratio(
            lambda: self.model.fit(self.X, self.y), lambda: plain.fit(self.X, self.y), repeats=2
        )
