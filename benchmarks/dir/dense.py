"""The DIR benchmark with a target per pixel: a training loop with FDSLayer."""

import time

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader

from benchmarks.dir.training import BASES, fds_of, measure, parse, weighter_of
from skdir.metrics import shot_labels
from skdir.neural_network import DepthEncoderDecoder, FocalLoss, MSELoss

POSSIBLE = BASES[:4]


class Network(nn.Module):
    """Encoder-decoder, FDS in training, and a head of one convolution."""

    def __init__(self, shape, settings, layer, mean):
        super().__init__()
        self.encoder, self.layer = DepthEncoderDecoder(shape, **settings), layer
        self.head = nn.Conv2d(settings["n_features"], 1, 1)
        nn.init.constant_(self.head.bias, mean)

    def forward(self, X, y=None):
        """Return maps of predictions."""
        z = self.encoder(X)
        if self.layer is not None and self.training:
            z = self.layer(z, y)
        return self.head(z)[:, 0]


def run(task, strategy, seed, epochs=None):
    """Train one strategy on maps; return the record of the run."""
    if parse(strategy)[0] not in POSSIBLE:
        raise SystemExit(
            f"nyud2 has no {strategy}: possible are {', '.join(POSSIBLE)} and + LDS, FDS"
        )
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    start = time.perf_counter()
    bins, counts = np.asarray(task.bins), np.asarray(task.counts)
    centres = (bins[:-1] + bins[1:]) / 2
    weight_of_bin = torch.ones(len(centres), device=device)
    weighter = weighter_of(task, strategy)
    if weighter is not None:
        weighter.fit(centres, sample_weight=counts)
        weight_of_bin = torch.tensor(weighter.transform(centres), dtype=torch.float32).to(device)
    fds = fds_of(task, strategy)
    layer = fds and fds.make_layer(task.encoder["n_features"], bins)
    train = task.train[0]
    shape = tuple(train[0][0].shape)
    network = Network(shape, task.encoder, layer, float(np.average(centres, weights=counts)))
    network.to(device)
    loss_of = MSELoss()
    if parse(strategy)[0] == "FOCAL-R":
        loss_of = FocalLoss(**task.focal)
    optimizer = torch.optim.Adam(
        network.parameters(), lr=task.net["lr"], weight_decay=task.net["weight_decay"]
    )
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, task.net["step"])
    inner = torch.tensor(bins[1:-1], device=device)
    loader = DataLoader(train, batch_size=task.net["batch_size"], shuffle=True)
    n_epochs = task.net["max_epochs"] if epochs is None else epochs
    losses = []
    for _ in range(n_epochs):
        total = 0.0
        for X, y in loader:
            X, y = X.to(device), y.to(device)[:, 0]
            known = y.isfinite()
            weight = weight_of_bin[torch.bucketize(y[known], inner, right=True)]
            loss = loss_of(network(X, y)[known], y[known], weight)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += float(loss.detach())
        losses.append(total / len(loader))
        schedule.step()
        if layer is not None:
            layer.step_epoch()
    seconds = time.perf_counter() - start
    y, predicted = _predict(network.eval(), task.test[0], device)
    arguments = dict(task.shots)
    arguments["sample_weight"] = arguments.pop("train_sample_weight")
    shots = shot_labels(y=y, **arguments)
    record = {"seconds": round(seconds, 2), "epochs": n_epochs, "losses": losses}
    record["metrics"] = measure(y, predicted, shots)
    shots = np.where(shots == "zero", "few", shots)
    ratio = np.maximum(y / predicted, predicted / y)
    for region, row in record["metrics"].items():
        rows = np.ones(len(y), bool) if region == "all" else shots == region
        if rows.any():
            row["delta1"] = round(float((ratio[rows] < 1.25).mean()), 6)
    return record


@torch.no_grad()
def _predict(network, test, device):
    """Return depths and predictions of the pixels that count."""
    pairs = []
    for X, y in DataLoader(test, batch_size=4):
        known = y[:, 0].isfinite()
        out = network(X.to(device)).cpu().clamp(min=1e-3)
        pairs.append((y[:, 0][known], out[known]))
    return tuple(torch.cat(part).double().numpy() for part in zip(*pairs))
