"""Torch's global generators: seeded for a while, by one thread at a time, and put back."""

import os
import threading

import torch
from torch.nn import init
from torch.overrides import TorchFunctionMode

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


class Undrawn(TorchFunctionMode):
    """Context in which new layers draw no parameters, for those that are replaced at once.

    Nothing shared is used, so that nobody waits and nobody is waited for.
    """

    def __torch_function__(self, func, types, args=(), kwargs=None):
        """Call a function of torch, but for those that fill a tensor with random numbers."""
        if func in _FILLS:
            return args[0] if args else (kwargs or {})["tensor"]
        return func(*args, **(kwargs or {}))


# All that the layers of our encoders draw with.
_FILLS = frozenset(
    {
        init.kaiming_normal_,
        init.kaiming_uniform_,
        init.normal_,
        init.uniform_,
        torch.Tensor.normal_,
        torch.Tensor.uniform_,
    }
)


def _renew_lock():
    """Give a forked process a lock of its own: no thread is there that would release this one."""
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_lock)
