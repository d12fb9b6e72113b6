"""NYUD2-DIR: the depth of each pixel of indoor images."""

import os
import zipfile

import numpy as np

from skdir.datasets._dir.benchmark import DOWNLOADS, RETURNS, DepthPart, build, make_source
from skdir.datasets._dir.descriptions import COMMIT, NYUD2
from skdir.datasets._dir.docs import complete_docs
from skdir.datasets._files.archives import check_archive
from skdir.datasets._files.download import RemoteFile
from skdir.datasets._files.paths import check_names, existing, user_path
from skdir.utils._sklearn_compat import validate_params
from skdir.utils._targets.bins import TargetBins
from skdir.utils._text.reading import as_numbers, read_rows, read_table, unusable
from skdir.utils._text.writing import write_text
from skdir.utils._validation import parameter_error

_CALLER = "fetch_nyud2_dir"
_MASK = RemoteFile(
    "test_balanced_mask.npy",
    f"{COMMIT}/nyud2-dir/data/test_balanced_mask.npy",
    max_bytes=2**29,
)
_SUBSET = RemoteFile(
    "nyu2_train_FDS_subset.csv", f"{COMMIT}/nyud2-dir/data/nyu2_train_FDS_subset.csv"
)
_ARCHIVE = RemoteFile(
    "data.zip",
    "https://drive.google.com/uc?id=1WoOZOBpOWfmwe7bknWS5PMUCLBPFKTOw",
    max_bytes=2**34,
)
_COUNTS = "nyud2_train_bucket_num.csv"
_COUNT_COLUMNS = ("bin", "depth_low_m", "train_pixels")
_COUNT_AGAIN = "Delete it, and count_pixels=True counts again"
_N_BINS = 100
_MASK_SHAPE = (228, 304)


@complete_docs
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
    {data_home}
        Downloads go to its folder ``nyud2_dir``; a file ``test_balanced_mask.npy`` in the folder
        itself makes it that folder.

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

    {as_frame}

    {return_X_y}

    {downloads}

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
        {files}

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
    {paper}

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
    mask_path, subset_path = source.fetch(_MASK, _read_mask), source.fetch(_SUBSET, _read_list)
    if images is None:
        root = _images(source)
    else:
        root = user_path(images, caller=_CALLER, parameter="images")
    lists = []
    for name in ("train", "test"):
        path = root / f"nyu2_{name}.csv"
        if not path.is_file():
            accepted = f"a folder with the list {path.name}"
            raise parameter_error("images", _CALLER, accepted, f"{root}")
        lists.append(_read_list(path))
    names, depths = (np.concatenate([pairs[:, i] for pairs in lists]) for i in range(2))
    mask = _read_mask(mask_path)
    if len(mask) != len(lists[1]):
        raise ValueError(
            f"{_CALLER}: {mask_path} must have one mask per test image, {len(lists[1])}. Got "
            f"{len(mask)}."
        )
    parameter = "data_home" if images is None else "images"
    where = {"caller": _CALLER, "parameter": parameter, "folders": ("nyu2_train", "nyu2_test")}
    columns = {"image": existing(root, names, **where)}
    target = existing(root, depths, **where)
    edges = depth_edges()
    places = (source.own, source.folder)
    kept = [place / _COUNTS for place in places if place and (place / _COUNTS).is_file()]
    counts_path = kept[0] if kept else source.folder / _COUNTS
    counts = _counts(counts_path, target[: len(lists[0])], edges, count_pixels)
    thresholds = {"many": 2.6e7, "few": 1e7}
    shots = None
    if counts is not None:
        shots = {"y_train": (edges[:-1] + edges[1:]) / 2, "train_sample_weight": counts}
        shots |= {"bins": edges, **thresholds}
    return build(
        columns,
        target,
        np.repeat(["train", "test"], [len(pairs) for pairs in lists]),
        target_name="depth",
        bins=edges,
        thresholds=thresholds,
        description=NYUD2,
        filename=[str(mask_path), str(subset_path)],
        subset=subset,
        as_frame=as_frame,
        return_X_y=return_X_y,
        caller=_CALLER,
        part=DepthPart,
        test={"mask": mask},
        shot_arguments=shots,
        train_counts=counts,
        fds_indices=_positions(_read_list(subset_path)[:, 0], names[: len(lists[0])]),
    )


def _images(source):
    """Return the folder of the unpacked archive."""
    if source.own is not None and (source.own / "data" / "nyu2_train.csv").is_file():
        return source.own / "data"
    by_hand = source.folder / _ARCHIVE.name

    def inspect(path):
        if not zipfile.is_zipfile(path):
            raise ValueError(
                f"{_CALLER}: what arrived from {_ARCHIVE.url} is not an archive but probably a "
                f"page that asks for confirmation. Download it in a browser to {by_hand}, or "
                "pass your own copy as 'images'."
            )
        check_archive(path, "data", _CALLER)

    return source.fetch_folder(_ARCHIVE, "data", inspect)


def _read_mask(path):
    """Return which pixels of test images count."""
    try:
        mask = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, SyntaxError, OverflowError, zipfile.BadZipFile) as error:
        raise unusable(path, _CALLER, f"must be an array in a file of numpy: {error}") from error
    if not isinstance(mask, np.ndarray):
        mask.close()
        raise unusable(path, _CALLER, "must hold one array. Got an archive of them")
    if mask.ndim != 3 or mask.shape[1:] != _MASK_SHAPE or mask.dtype.kind not in "biuf":
        wanted = f"numbers of shape (n, {_MASK_SHAPE[0]}, {_MASK_SHAPE[1]})"
        reason = f"must hold {wanted}. Got {mask.dtype} of shape {mask.shape}"
        raise unusable(path, _CALLER, reason)
    return mask


def _read_list(path):
    """Return pairs of paths of image and depth map, relative to the folder of the list."""
    rows = read_rows(path, caller=_CALLER)
    if not rows or any(len(row) != 2 for row in rows):
        raise unusable(path, _CALLER, "must have two columns, of images and depth maps")
    # paths begin with the name of the folder
    pairs = [[name.partition("/")[2] for name in row] for row in rows]
    for names in [*rows, *pairs]:
        if (reason := check_names(names)) is not None:
            raise unusable(path, _CALLER, reason)
    return np.array(pairs, dtype=object)


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
        return _read_counts(path)
    if not count:
        return None
    from skdir.datasets._files.images import read_depth

    bins, counts = TargetBins(edges), np.zeros(_N_BINS)
    for depth in depths:
        values = read_depth(depth).ravel().astype(np.float64)
        # the last bin holds what is further away
        counts += bins.sums(bins.index(np.minimum(values, edges[-1])))
    rows = (f"{i},{edges[i]:.1f},{counts[i]:.0f}" for i in range(_N_BINS))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, "\n".join([",".join(_COUNT_COLUMNS), *rows, ""]))
    return counts


def _read_counts(path):
    """Return the kept number of training pixels by bin."""
    column = _COUNT_COLUMNS[-1]
    table = read_table(path, (column,), caller=_CALLER, remedy=_COUNT_AGAIN)
    try:
        counts = as_numbers(table[column])
    except ValueError as error:
        reason = f"has a count that is no number: {error}"
        raise unusable(path, _CALLER, reason, _COUNT_AGAIN) from error
    if counts.shape != (_N_BINS,):
        reason = f"must have {_N_BINS} bins. Got {len(counts)}"
        raise unusable(path, _CALLER, reason, _COUNT_AGAIN)
    if not (np.isfinite(counts).all() and counts.min() >= 0 and counts.any()):
        reason = "must have counts from 0 on, and some pixels"
        raise unusable(path, _CALLER, reason, _COUNT_AGAIN)
    return counts
