"""The benchmarks of deep imbalanced regression as tasks: rows, shots, network and settings."""

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import torch
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import GradientNormClipping, LRScheduler
from torch.optim.lr_scheduler import MultiStepLR

from benchmarks._shared.digits import DigitsEncoder
from benchmarks._shared.places import SHARED
from skdir.datasets import (
    fetch_agedb_dir,
    fetch_imdb_wiki_dir,
    fetch_nyud2_dir,
    fetch_sts_b_dir,
    load_shhs_dir,
)
from skdir.metrics import shot_labels
from skdir.neural_network import PairTextEncoder, PairTokenizer

DATA = SHARED / "data"


@dataclass
class Task:
    """Parts of a benchmark, and how the paper (or a small version of it) trains on them.

    `train`, `val` and `test` are pairs (X, y); X is an array or a torch dataset. `focal` is the
    base loss and beta of Focal-R in units of y, `clip` the bounds of FDS, `scheme` the weights that
    come with LDS where a strategy has none of its own, and `clip_counts` the bounds of the counts
    in INV. `fitted` holds what several strategies begin with.
    """

    train: tuple
    val: tuple
    test: tuple
    bins: np.ndarray
    shots: np.ndarray
    counts: np.ndarray
    encoder: object
    net: dict
    scheme: str = "sqrt_inverse"
    clip_counts: tuple | None = None
    focal: dict = field(default_factory=lambda: {"base": "mae", "beta": 0.2})
    clip: tuple = (0.1, 10.0)
    dense: bool = False
    about: str = ""
    fitted: dict = field(default_factory=dict, repr=False)


def sts_b(preset, options):
    """Pairs of sentences; a small LSTM, or that of the paper."""
    folder = options.data_home or DATA / "sts_b_dir"
    pairs = fetch_sts_b_dir(folder, download_if_missing=options.data_home is not None)
    tokenizer = PairTokenizer(min_count=2 if preset == "cpu" else 1).fit(pairs.train.data)
    vectors = {"embedding_size": 100}
    if options.glove:
        vectors = {
            "embeddings": tokenizer.make_embeddings(options.glove), "train_embeddings": False,
        }  # fmt: skip
    elif preset == "paper":
        vectors = {"embedding_size": 300}
    if preset == "cpu":
        network = {"hidden_size": 64, "dropout": 0.2}
        net = {"lr": 1e-3, "batch_size": 128, "max_epochs": 10}
    else:
        network = {"hidden_size": 1500, "n_layers": 2, "dropout": 0.2}
        net = {"lr": 1e-4, "batch_size": 128, "max_epochs": 200, "weight_decay": 1e-5}
        net["callbacks"] = [GradientNormClipping(5.0)]
    return _task(
        pairs,
        tokenizer.transform,
        options,
        encoder=partial(PairTextEncoder, n_tokens=tokenizer.n_tokens_, **vectors, **network),
        net=net,
        scheme="inverse",
        focal={"base": "mse", "beta": 4.0},  # 20, of scores divided by 5
        clip=(0.5, 2.0),
        about=f"BiLSTM of {network['hidden_size']}, "
        + (f"vectors from {Path(options.glove).name}" if options.glove else "learned vectors"),
    )


def rotated_digits(preset, options):
    """Digits and the angle that they are turned by; not of the paper."""
    with np.load((options.data_home or DATA / "images") / "rotmnist_dir.npz") as file:
        X, y, split = file["X"], file["angle"].astype(float), file["split"]
    X = (X / 255.0).astype(np.float32)
    parts = {}
    for number, name in enumerate(("train", "val", "test")):
        rows = _limited(np.flatnonzero(split == number), options)
        parts[name] = (X[rows], y[rows])
    bins = np.arange(-60, 61, 5.0)
    return Task(
        **parts,
        bins=bins,
        shots=shot_labels(parts["train"][1], parts["test"][1], bins=bins),
        counts=np.histogram(parts["train"][1], bins)[0],
        encoder=DigitsEncoder if preset == "cpu" else "resnet",
        net={"lr": 2e-3, "batch_size": 128, "max_epochs": 10 if preset == "cpu" else 30},
        focal={"base": "mse", "beta": 0.2},
        about="bins of 5 degrees, " + ("three convolutions" if preset == "cpu" else "small ResNet"),
    )


def _ages(fetch):
    """Return a task of faces and ages."""

    def load(preset, options):
        faces = fetch(options.data_home, images=options.images)
        small = preset == "cpu"
        size = 32 if small else 224

        def images(part):
            crop = None if small or part is not faces.train else Augmented(size)
            return _limited_part(part, options).make_dataset(size=size, transform=crop)

        sets = [images(part) for part in (faces.train, faces.val, faces.test)]
        train, val, test = ((X, np.asarray(X.targets, dtype=float)) for X in sets)
        return Task(
            train, val, test,
            bins=faces.bins,
            shots=shot_labels(y=test[1], **faces.shot_arguments),
            counts=np.histogram(faces.shot_arguments["y_train"], faces.bins)[0],
            encoder="resnet" if small else "resnet50",
            net={"lr": 1e-3, "batch_size": 64 if small else 256, "loss": "mae",
                 "max_epochs": 10 if small else 90,
                 "callbacks": [] if small else [LRScheduler(MultiStepLR, milestones=[60, 80])]},
            clip_counts=(5, 1000),
            about=f"{'small ResNet' if small else 'ResNet-50'}, {size} x {size} pixels",
        )  # fmt: skip

    return load


class Augmented:
    """A random crop of an image with a margin of 16 black pixels, mirrored half of the times."""

    def __init__(self, size):
        self.size = size

    def __call__(self, image):
        """Return a tensor of shape (3, size, size) with values from -1 to 1."""
        X = torch.from_numpy(np.array(image, dtype=np.float32)).movedim(-1, 0) / 255
        X = torch.nn.functional.pad(X, (16,) * 4)
        top, left = torch.randint(33, (2,)).tolist()
        X = X[:, top : top + self.size, left : left + self.size]
        return (X.flip(2) if torch.rand(()) < 0.5 else X) * 2 - 1


def shhs(preset, options):
    """Columns of a table of subjects; the signals of the paper are not read."""
    if preset == "paper" or not options.table or not options.target:
        raise SystemExit("shhs: --preset cpu, --table FILE and --target COLUMN are needed")
    nights = load_shhs_dir(options.table, target=options.target)
    encode = make_pipeline(SimpleImputer(), StandardScaler()).fit(nights.train.data)
    return _task(
        nights, encode.transform, options, encoder="mlp",
        net={"lr": 1e-3, "batch_size": 64, "max_epochs": 30, "hidden_layer_sizes": (64, 32)},
        scheme="inverse", about="the columns of a table, an MLP of 64 and 32",
    )  # fmt: skip


def nyud2(preset, options):
    """Images and the depth of their pixels."""
    rooms = fetch_nyud2_dir(options.data_home, images=options.images, count_pixels=True)
    small = preset == "cpu"
    train, test = (
        _limited_part(part, options).make_dataset() for part in (rooms.train, rooms.test)
    )
    return Task(
        (train, None), (None, None), (test, None),
        bins=rooms.bins, shots=rooms.shot_arguments, counts=rooms.train_counts,
        encoder={"backbone": (16, 32, 64) if small else "resnet50",
                 "n_features": 16 if small else 64},
        net={"lr": 1e-3 if small else 1e-4, "batch_size": 4 if small else 32,
             "max_epochs": 3 if small else 10, "weight_decay": 1e-4, "step": 5},
        focal={"base": "mse", "beta": 1.0}, scheme="inverse", clip=(0.2, 5.0), dense=True,
        about="small encoder-decoder" if small else "encoder-decoder over ResNet-50",
    )  # fmt: skip


def _task(benchmark, transform, options, **settings):
    """Return a task of rows that are in memory."""
    parts = {}
    for name in ("train", "val", "test"):
        part = _limited_part(benchmark[name], options)
        parts[name] = (transform(part.data).astype(np.float32), np.asarray(part.target, float))
    arguments = benchmark.shot_arguments
    return Task(
        **parts,
        bins=benchmark.bins,
        shots=shot_labels(y=parts["test"][1], **arguments),
        counts=np.histogram(arguments["y_train"], benchmark.bins)[0],
        **settings,
    )


def _limited(rows, options):
    """Return some of the rows, always the same."""
    if not options.rows or len(rows) <= options.rows:
        return rows
    return np.sort(np.random.default_rng(0).permutation(rows)[: options.rows])


def _limited_part(part, options):
    """Return some rows of a part."""
    rows = _limited(np.arange(len(part.target)), options)
    fields = {key: part[key][rows] for key in ("data", "target", "indices", "mask") if key in part}
    return type(part)(**fields)


TASKS = {
    "sts-b": sts_b,
    "rotated-digits": rotated_digits,
    "agedb": _ages(fetch_agedb_dir),
    "imdb-wiki": _ages(fetch_imdb_wiki_dir),
    "nyud2": nyud2,
    "shhs": shhs,
}
