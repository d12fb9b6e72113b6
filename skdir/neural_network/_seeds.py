"""Torch's global generators: seeded for a while, by one thread at a time, and put back."""

import os
import threading

import torch

# Dropout and the initial parameters of layers draw from generators that all threads share: while
# one thread has seeded them, others that want to must wait. A fit inside of a fit need not.
_lock = threading.RLock()


class Seeded:
    """Context in which torch draws from a seed of ours; afterwards its generators are as before.

    Parameters
    ----------
    seed : int
        The seed.

    device : str or torch.device
        Where the network is: the generators of the CPU and of this device are seeded.
    """

    def __init__(self, seed, device):
        self.seed, self.device = seed, torch.device(device)

    def __enter__(self):
        self.lock = _lock
        self.lock.acquire()
        try:
            devices = [self.device] if self.device.type == "cuda" else []
            self.fork = torch.random.fork_rng(devices=devices)
            self.fork.__enter__()
            self._seed()
        except BaseException:
            self.lock.release()
            raise

    def __exit__(self, *error):
        try:
            self.fork.__exit__(*error)
        finally:
            self.lock.release()

    def _seed(self):
        """Seed no generators but those that are put back; `torch.manual_seed` seeds all GPUs."""
        if self.device.type not in ("cpu", "cuda"):
            torch.manual_seed(self.seed)
            return
        torch.default_generator.manual_seed(self.seed)
        if self.device.type == "cuda":
            with torch.cuda.device(self.device):
                torch.cuda.manual_seed(self.seed)


def _renew_lock():
    """Give a forked process a lock of its own: no thread is there that would release this one."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)
