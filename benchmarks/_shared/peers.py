"""What skdir is timed against, and the environments its peers run in."""

import json
import subprocess
import sys
import sysconfig
from collections import Counter
from pathlib import Path

import numpy as np
from scipy.ndimage import convolve1d

from skdir.density import reference_window

DENSEWEIGHT = "0.1.2"
_ENVIRONMENTS = Path(__file__).resolve().parents[2] / ".venv-peers"

# Runs in denseweight's own environment: the same targets, the best of some fits.
_DENSEWEIGHT_CHILD = """
import json, sys, time
import numpy as np
from denseweight import DenseWeight
seed, n, repeats = map(int, sys.argv[1:])
y = np.random.default_rng(seed).exponential(size=n)
DenseWeight(alpha=1).fit(y[:1000])
best = float("inf")
for _ in range(repeats):
    start = time.perf_counter()
    DenseWeight(alpha=1).fit(y)
    best = min(best, time.perf_counter() - start)
print(json.dumps({"seconds": best, "numpy": np.__version__}))
"""


class PeerUnavailable(Exception):
    """A peer cannot be installed or run here; the message says why."""


def documented_procedure(targets, n_bins, low, high, number=np.float32):
    """Return LDS weights the way the published instructions describe them, row by row.

    A Python function gives each target its bin, a dictionary counts the bins, the counts are
    convolved with the published window, a list looks each row's count up, and one of numpy's
    float32 (another `number`, if given) per row is its weight.
    """
    step = (high - low) / n_bins

    def bin_of(target):
        return min(int((target - low) / step), n_bins - 1)

    index = [bin_of(target) for target in targets]
    counts = dict(Counter(index))
    empirical = [counts.get(i, 0) for i in range(n_bins)]
    effective = convolve1d(
        [float(count) for count in empirical],
        weights=reference_window("gaussian", 5, 2),
        mode="constant",
    )
    per_row = [effective[i] for i in index]
    weights = [number(1 / value) for value in per_row]
    scale = len(weights) / np.sum(weights)
    return [scale * weight for weight in weights]


def denseweight_seconds(seed, n, repeats):
    """Return the best time of denseweight's fit and its numpy's version."""
    python = environment("denseweight", f"denseweight=={DENSEWEIGHT}")
    arguments = [str(value) for value in (seed, n, repeats)]
    done = run([python, "-W", "ignore", "-c", _DENSEWEIGHT_CHILD, *arguments], timeout=600)
    answer = json.loads(done.splitlines()[-1])
    return answer["seconds"], answer["numpy"]


def environment(name, *requirements):
    """Return the Python of a peer's own virtual environment, made on first use."""
    folder = _ENVIRONMENTS / name
    scripts = Path(
        sysconfig.get_path("scripts", "venv", vars={"base": str(folder), "platbase": str(folder)})
    )
    python = str(scripts / "python")
    marker = folder / "installed.txt"
    wanted = "\n".join(requirements)
    if marker.exists() and marker.read_text(encoding="utf-8") == wanted:
        return python
    print(f"installing {', '.join(requirements)} into {folder.name}'s own environment ...")
    run([sys.executable, "-m", "venv", "--clear", str(folder)], timeout=120)
    run([python, "-m", "pip", "install", "--quiet", *requirements], timeout=400)
    marker.write_text(wanted, encoding="utf-8")
    return python


def run(command, timeout):
    """Run a command and return its output, or say in one line why it failed."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=True)
    except subprocess.CalledProcessError as error:
        lines = error.stderr.strip().splitlines() or [f"exit code {error.returncode}"]
        errors = [line for line in lines if "error" in line.lower()]  # not pip's notice below it
        raise PeerUnavailable((errors or lines)[-1].strip()) from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PeerUnavailable(type(error).__name__) from error
    return done.stdout


def raise_rare(bumps):
    """Plan as the peer does: rare bumps get an equal share of all rows, normal ones keep theirs."""
    share = round(sum(bump.n_samples for bump in bumps) / len(bumps))
    return {i: max(share, bump.n_samples) for i, bump in enumerate(bumps) if bump.rare}
