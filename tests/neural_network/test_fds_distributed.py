"""Data-parallel FDS: two processes get the statistics of one on all rows."""

import socket

import numpy as np
import pytest
import torch
from fds_oracle import arrays, features_and_targets, train_epoch
from torch import distributed, multiprocessing
from torch.nn.parallel import DistributedDataParallel

from skdir.neural_network import FDS, feature_statistics

pytestmark = pytest.mark.skipif(
    not (distributed.is_available() and distributed.is_gloo_available()), reason="needs gloo"
)
EDGES = np.arange(15)


class Model(torch.nn.Module):
    """A parameter, a buffer that must be broadcast, and the layer."""

    def __init__(self, covariance):
        super().__init__()
        self.encoder = torch.nn.BatchNorm1d(5, affine=True, momentum=None, dtype=torch.float64)
        self.fds = FDS(covariance=covariance, shrinkage=1.0).make_layer(5, EDGES)

    def forward(self, z, y):
        # the sum of the encoder's output only keeps its parameters in the graph
        return self.fds(z, y) + 0 * self.encoder(z).sum()


def rows_of(rank, epoch):
    z, y = features_and_targets(epoch)
    order = np.argsort(y)  # the first process sees low targets, so bins are in one or in both
    half = order[:150] if rank == 0 else order[150:]
    return torch.as_tensor(z[half]), torch.as_tensor(y[half])


def work(rank, port, folder):
    torch.set_num_threads(1)
    address = f"tcp://127.0.0.1:{port}"
    distributed.init_process_group("gloo", init_method=address, rank=rank, world_size=2)
    for covariance in ("diagonal", "full"):
        layer = train(rank, covariance)
        np.savez(f"{folder}/{covariance}{rank}.npz", **arrays(layer))
    idle = FDS().make_layer(5, EDGES)  # a process may have no rows at all in an epoch
    if rank == 0:
        train_epoch(idle, *rows_of(0, 0), step=False)
    idle.step_epoch()
    assert int(idle.rows_seen.sum()) == 150
    z, y = rows_of(rank, 0)
    alone = feature_statistics(z, y, bins=5)  # is about the rows it is given
    assert alone.counts.sum() == len(y)
    distributed.destroy_process_group()


def train(rank, covariance):
    model = Model(covariance)
    parallel = DistributedDataParallel(model)
    for epoch in range(3):
        z, y = rows_of(rank, epoch)
        for part in range(3):  # as many batches in both, of different sizes
            parallel(z[part::3], y[part::3]).sum().backward()
        model.fds.step_epoch()
    return model.fds


def test_two_processes_equal_one(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    multiprocessing.spawn(work, (port, tmp_path), nprocs=2)
    for covariance in ("diagonal", "full"):
        layer = Model(covariance).fds
        for epoch in range(3):
            parts = zip(rows_of(0, epoch), rows_of(1, epoch))
            train_epoch(layer, *(torch.cat(part) for part in parts), 50)
        expected = arrays(layer)
        assert expected["rows_seen"].sum() == 1200
        for rank in (0, 1):
            with np.load(tmp_path / f"{covariance}{rank}.npz") as got:
                for name in expected.keys() - {"extra"}:
                    np.testing.assert_allclose(
                        got[name], expected[name], rtol=1e-9, atol=1e-11, err_msg=name
                    )
