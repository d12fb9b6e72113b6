"""The layer of feature distribution smoothing, and fits of the deep regressor."""

import numpy as np
import torch

from skdir.neural_network import FDS, DeepImbalancedRegressor
from skdir.weighting import LDSWeighter

from .data import made

torch.set_num_threads(1)


class Layer:
    """A batch through the layer, forward and backward, and the end of an epoch."""

    params = ["diagonal", "full"]
    param_names = ("covariance",)

    def setup(self, covariance):
        torch.manual_seed(0)
        self.z, self.y = torch.randn(256, 128, requires_grad=True), torch.rand(256)
        fds = FDS(covariance=covariance)
        self.layer = fds.make_layer(128, np.linspace(0, 1, 101))
        self.layer(self.z, self.y)
        self.layer.step_epoch()

    def time_batch(self, covariance):
        self.layer(self.z, self.y).sum().backward()

    def time_batch_and_step_epoch(self, covariance):
        self.layer(self.z, self.y)
        self.layer.step_epoch()


class Fit:
    """Two epochs of 20,000 x 32."""

    params = ["plain", "weights", "weights and FDS"]
    param_names = ("parts",)

    def setup(self, parts):
        self.X, self.y = made(20_000, 32)
        weighter = None if parts == "plain" else LDSWeighter()
        fds = FDS() if "FDS" in parts else None
        self.model = DeepImbalancedRegressor(
            weighter=weighter, fds=fds, max_epochs=2, device="cpu", random_state=0
        )

    def time_fit(self, parts):
        self.model.fit(self.X, self.y)

    def peakmem_fit(self, parts):
        self.model.fit(self.X, self.y)
