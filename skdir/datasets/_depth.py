"""NYUD2-DIR: the depth of each pixel of indoor images."""

import csv
import os
import zipfile
from pathlib import Path

import numpy as np

from skdir.datasets._benchmark import DOWNLOADS, RETURNS, DepthPart, build, existing, make_source
from skdir.datasets._descriptions import NYUD2
from skdir.datasets._download import RemoteFile, open_text, unpack, write_whole
from skdir.datasets._published import COMMIT
from skdir.utils._binning import bin_index
from skdir.utils._sklearn_compat import validate_params
from skdir.utils._validation import parameter_error

_CALLER = "fetch_nyud2_dir"
_MASK = RemoteFile("test_balanced_mask.npy", f"{COMMIT}/nyud2-dir/data/test_balanced_mask.npy")
_SUBSET = RemoteFile(
    "nyu2_train_FDS_subset.csv", f"{COMMIT}/nyud2-dir/data/nyu2_train_FDS_subset.csv"
)
_ARCHIVE = RemoteFile(
    "data.zip", "https://drive.google.com/uc?id=1WoOZOBpOWfmwe7bknWS5PMUCLBPFKTOw"
)
_COUNTS = "nyud2_train_bucket_num.csv"
_N_BINS = 100


@validate_params(
    {
        "images": [str, os.PathLike, None],
        "count_pixels": ["boolean"],
        **DOWNLOADS,
        **RETURNS,
    },
    prefer_skip_nested_validation=True,
)
def fetch_nyud2_dir(
    data_home=None,
    *,
    images=None,
    count_pixels=False,
    subset="all",
    as_frame=False,
    return_X_y=False,
    download_if_missing=True,
    mirror=None,
    known_hash=None,
    n_retries=3,
    delay=1.0,
):
    """Load NYUD2-DIR, indoor images and the depth of their pixels.

    50,688 training and 654 test images in the split of the paper, of which only those pixels count
    that make the test depths uniform.

    Parameters
    ----------
    data_home : str or path-like, default=None
        Folder for data. None is the one that the environment variable SKDIR_DATA names, or
        ``~/skdir_data``. Downloads go to its folder ``nyud2_dir``; a file
        ``test_balanced_mask.npy`` in the folder itself makes it that folder.

    images : str or path-like, default=None
        Your own copy of the images: the folder that ``nyu2_train.csv`` and ``nyu2_test.csv`` are
        in. None is the unpacked archive, which is downloaded if need be.

    count_pixels : bool, default=False
        Whether to count the training pixels by bin, which reads all depth maps once (minutes) and
        keeps the counts in the folder of the downloads. Counts that are kept there are used
        without.

    subset : {'all', 'train', 'test'}, default='all'
        Which rows `data`, `target`, `frame` and `split` hold. The paper has no validation part, so
        that 'val' is refused.

    as_frame : bool, default=False
        Whether data is a DataFrame and the target a Series of pandas.

    return_X_y : bool, default=False
        Whether to return data and target only.

    download_if_missing : bool, default=True
        Whether to download what is not there; otherwise that is an error.

    mirror : str, default=None
        Address of a folder to download from, instead of the published addresses.

    known_hash : dict of str to str, default=None
        The sha256 by file name, to be expected instead of those of the first download.

    n_retries : int, default=3
        How often to try again after an error of the network.

    delay : float, default=1.0
        Seconds before the first new attempt, doubled each time.

    Returns
    -------
    benchmark : Bunch
        With the attributes

        data : ndarray of shape (n, 1) of str, or DataFrame
            Paths of the images.
        target : ndarray of shape (n,) of str, or Series
            Paths of the depth maps.
        split : ndarray of shape (n,)
            "train" or "test".
        train, test : Bunch
            The rows of each part: `data`, `target`, `indices` into all rows, and the method
            ``make_dataset(transform=None)``, which returns a torch Dataset that reads image and
            depth map where they are asked for. `val` is None.
        bins : ndarray of shape (101,)
            Edges of the bins in metres: the float32 numbers at which ten times the depth, in
            float32, reaches a whole number.
        train_counts : ndarray of shape (100,) or None
            Number of training pixels by bin; None if they have not been counted.
        fds_indices : ndarray of shape (600,)
            Training rows from which the paper takes the statistics for FDS.
        shot_thresholds : dict
            Bins with more than 2.6e7 training pixels are many, with fewer than 1e7 few.
        shot_arguments : dict or None
            What :class:`skdir.metrics.ShotReport` takes beside true and predicted depths of
            pixels; None without `train_counts`.
        frame : DataFrame or None
            Data and target.
        feature_names, target_names : list of str
            Names of the columns.
        DESCR : str
            Source, licence and protocol.
        filename : list of str
            The files.

        If `return_X_y`, the tuple (data, target) is returned instead.

    Raises
    ------
    OSError
        If a file is missing and not to be downloaded, or cannot be.
    ValueError
        If a parameter is not valid, a file is not what it should be, or images are missing.

    Warns
    -----
    UserWarning
        If a file is downloaded for the first time, without a checksum to compare with.

    See Also
    --------
    skdir.metrics.ShotReport : Errors by shot, also of pixels.

    References
    ----------
    Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    N. Silberman, D. Hoiem, P. Kohli, R. Fergus (2012). Indoor segmentation and support inference
    from RGBD images. ECCV. :doi:`10.1007/978-3-642-33715-4_54`

    Examples
    --------
    >>> from skdir.datasets import fetch_nyud2_dir
    >>> rooms = fetch_nyud2_dir()  # doctest: +SKIP
    >>> image, depth = rooms.train.make_dataset()[0]  # doctest: +SKIP
    >>> image.shape, depth.shape  # doctest: +SKIP
    (torch.Size([3, 228, 304]), torch.Size([1, 228, 304]))
    """
    source = make_source(
        _CALLER,
        "nyud2_dir",
        (_MASK, _SUBSET, _ARCHIVE),
        data_home,
        download_if_missing=download_if_missing,
        mirror=mirror,
        known_hash=known_hash,
        n_retries=n_retries,
        delay=delay,
    )
    mask_path, subset_path = source.fetch(_MASK), source.fetch(_SUBSET)
    root = _images(source) if images is None else Path(images).expanduser()
    lists = [_read_list(root / f"nyu2_{name}.csv") for name in ("train", "test")]
    names, depths = (np.concatenate([pairs[:, i] for pairs in lists]) for i in range(2))
    mask = np.load(mask_path, mmap_mode="r")
    if len(mask) != len(lists[1]):
        raise ValueError(
            f"{_CALLER}: {mask_path} must have one mask per test image, {len(lists[1])}. Got "
            f"{len(mask)}."
        )
    where = {"caller": _CALLER, "parameter": "data_home" if images is None else "images"}
    columns = {"image": existing(root, names, **where)}
    target = existing(root, depths, **where)
    edges = depth_edges()
    counts = _counts(source.folder / _COUNTS, target[: len(lists[0])], edges, count_pixels)
    benchmark = build(
        columns,
        target,
        np.repeat(["train", "test"], [len(pairs) for pairs in lists]),
        target_name="depth",
        bins=edges,
        thresholds={"many": 2.6e7, "few": 1e7},
        description=NYUD2,
        filename=[str(mask_path), str(subset_path)],
        subset=subset,
        as_frame=as_frame,
        return_X_y=return_X_y,
        caller=_CALLER,
        part=DepthPart,
        train_weight=None if counts is None else ((edges[:-1] + edges[1:]) / 2, counts),
        train_counts=counts,
        fds_indices=_positions(_read_list(subset_path)[:, 0], names[: len(lists[0])]),
    )
    if not return_X_y:
        benchmark.test.mask = mask
        if counts is None:
            benchmark.shot_arguments = None
    return benchmark


def _images(source):
    """Return the folder of the unpacked archive."""
    folder = source.folder / "data"
    if not folder.is_dir():
        by_hand = source.folder / _ARCHIVE.name

        def inspect(path):
            if not zipfile.is_zipfile(path):
                raise ValueError(
                    f"{_CALLER}: what arrived from {_ARCHIVE.url} is not an archive but probably a "
                    f"page that asks for confirmation. Download it in a browser to {by_hand}, or "
                    "pass your own copy as 'images'."
                )

        unpack(source.fetch(_ARCHIVE, inspect), "data", caller=_CALLER)
    return folder


def _read_list(path):
    """Return pairs of paths of image and depth map, relative to the folder of the list."""
    try:
        with open_text(path) as file:
            rows = [row for row in csv.reader(file) if row]
    except FileNotFoundError:
        raise parameter_error(
            "images", _CALLER, f"a folder with the list {path.name}", f"{path.parent}"
        ) from None
    if not rows or any(len(row) != 2 for row in rows):
        raise ValueError(f"{_CALLER}: {path} must have two columns, of images and depth maps.")
    # paths begin with the name of the folder
    return np.array([[name.partition("/")[2] for name in row] for row in rows], dtype=object)


def _positions(names, among):
    """Return where names are among others."""
    place = {name: i for i, name in enumerate(among)}
    unknown = [name for name in names if name not in place]
    if unknown:
        raise ValueError(
            f"{_CALLER}: the list of images for FDS must be a part of the training images. Got "
            f"{unknown[0]}."
        )
    return np.array([place[name] for name in names], dtype=np.intp)


def depth_edges():
    """Return the edges of the bins: the least float32 whose tenfold reaches a whole number."""
    whole = np.arange(_N_BINS + 1, dtype=np.float32)
    edges = whole / np.float32(10)
    for _ in range(4):
        below = np.nextafter(edges, np.float32(0))
        edges = np.where(below * np.float32(10) >= whole, below, edges)
    edges[0] = 0
    return edges.astype(np.float64)


def _counts(path, depths, edges, count):
    """Return the number of training pixels by bin: as kept, or counted, or None."""
    if path.is_file():
        counts = np.loadtxt(path, delimiter=",", skiprows=1, usecols=2, ndmin=1)
        if counts.shape != (_N_BINS,):
            raise ValueError(f"{_CALLER}: {path} must have {_N_BINS} bins. Got {len(counts)}.")
        return counts
    if not count:
        return None
    from skdir.datasets._torch_datasets import read_depth

    counts = np.zeros(_N_BINS)
    for depth in depths:
        values = read_depth(depth).ravel().astype(np.float64)
        # the last bin holds what is further away
        index = bin_index(np.minimum(values, edges[-1]), edges, inside=True)
        counts += np.bincount(index, minlength=_N_BINS)
    rows = (f"{i},{edges[i]:.1f},{counts[i]:.0f}" for i in range(_N_BINS))
    write_whole(path, "\n".join(["bin,depth_low_m,train_pixels", *rows, ""]))
    return counts
