"""Resamplers in processes of their own: peers in their environments, skdir for its memory."""

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks._shared.peers import DENSEWEIGHT, PeerUnavailable, environment, run

_CHILD = Path(__file__).with_name("resampling_child.py")

# Requirements of each peer's environment; None is the environment of the benchmark.
_OLD = ("numpy<1.25", "pandas<2")
_REQUIREMENTS = {
    "smogn": ("smogn==0.1.2", *_OLD),
    "resreg": ("resreg==0.2",),
    "ILR": ("ImbalancedLearningRegression==0.0.2", *_OLD),
    "denseweight": (f"denseweight=={DENSEWEIGHT}",),
    "imblearn": None,
    "skdir": None,
}


@dataclass
class Outcome:
    """What a call took and gave."""

    seconds: float
    rows_in: int
    rows_out: int
    rows_added: int
    bytes_before: int
    bytes_peak: int
    versions: dict

    def version(self):
        """Return the versions in words."""
        return ", ".join(f"{package} {version}" for package, version in self.versions.items())


def python_of(name):
    """Return the Python of an environment, which is made on first use.

    Raises PeerUnavailable where the peer cannot be installed.
    """
    requirements = _REQUIREMENTS[name]
    if requirements is None:
        return sys.executable
    if "numpy<1.25" in requirements and sys.version_info >= (3, 12):
        raise PeerUnavailable("it needs numpy < 1.25, which needs Python 3.11")
    return environment(name, *requirements)


def outcome(call, X, y, relevance=None, *, repeats=1, timeout=1800):
    """Run a call of `resampling_child` in a process of its own.

    Raises PeerUnavailable where the peer cannot be installed or fails.
    """
    python = python_of(call.split()[0])
    with tempfile.TemporaryDirectory() as folder:
        arrays = {"X": X, "y": y, "relevance": np.zeros(0) if relevance is None else relevance}
        for name, array in arrays.items():
            np.save(Path(folder) / f"{name}.npy", array)
        command = [python, "-W", "ignore", str(_CHILD), call, folder, str(repeats)]
        done = run(command, timeout=timeout)
    return Outcome(**json.loads(done.splitlines()[-1]))
