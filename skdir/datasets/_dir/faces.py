"""AgeDB-DIR and IMDB-WIKI-DIR: the age of faces."""

import os
from functools import partial

import numpy as np

from skdir.datasets._dir.benchmark import (
    DOWNLOADS,
    PARTS,
    RETURNS,
    ImagePart,
    build,
    make_source,
)
from skdir.datasets._dir.descriptions import AGEDB, COMMIT, IMDB_WIKI
from skdir.datasets._dir.docs import complete_docs
from skdir.datasets._files.archives import check_archive
from skdir.datasets._files.download import RemoteFile
from skdir.datasets._files.paths import check_names, existing, user_path
from skdir.utils._sklearn_compat import validate_params
from skdir.utils._text.reading import as_numbers, read_table, unusable
from skdir.utils._validation import parameter_error

_AGEDB = RemoteFile("agedb.csv", f"{COMMIT}/agedb-dir/data/agedb.csv")
_IMDB_WIKI = RemoteFile("imdb_wiki.csv", f"{COMMIT}/imdb-wiki-dir/data/imdb_wiki.csv")
_CROPS = tuple(
    RemoteFile(
        name,
        f"https://data.vision.ee.ethz.ch/cvl/rrothe/imdb-wiki/static/{name}",
        max_bytes=2**34,
    )
    for name in ("imdb_crop.tar", "wiki_crop.tar")
)
# What ages are at most; the lists have wrong ones, up to 186.
_OLDEST = 1000
_IMAGES = [str, os.PathLike, None]


@complete_docs
@validate_params({"images": _IMAGES, **DOWNLOADS, **RETURNS}, prefer_skip_nested_validation=True)
def fetch_agedb_dir(
    data_home=None,
    *,
    images=None,
    subset="all",
    as_frame=False,
    return_X_y=False,
    download_if_missing=True,
    mirror=None,
    known_hash=None,
    n_retries=3,
    delay=1.0,
):
    """Load AgeDB-DIR, faces and their age.

    12,208 training, 2,140 validation and 2,140 test images in the split of the paper. The images
    themselves are given out by their authors only: ask for them and pass the folder as `images`.
    Without, the benchmark has names, ages and parts.

    Parameters
    ----------
    {data_home}
        A file ``agedb.csv`` in the folder itself is used as it is; downloads go to its folder
        ``agedb_dir``.

    images : str or path-like, default=None
        Your own copy of the images: the folder AgeDB, or the one that it is in.

    {subset}

    {as_frame}

    {return_X_y}

    {downloads}

    Returns
    -------
    benchmark : Bunch
        With the attributes

        data : ndarray of shape (n, 1) of str, or DataFrame
            Names of the image files; with `images` their paths.
        target : ndarray of shape (n,), or Series
            Ages in years.
        split : ndarray of shape (n,)
            "train", "val" or "test".
        train, val, test : Bunch
            The rows of each part: `data`, `target`, `indices` into all rows, and the method
            ``make_dataset(size=224, transform=None)``, which returns a torch Dataset that reads an
            image where it is asked for.
        bins : ndarray of shape (122,)
            Edges of the bins, one per year.
        shot_thresholds : dict
            More than 100 training images of an age are many, fewer than 20 few.
        shot_arguments : dict
            What :class:`skdir.metrics.ShotReport` takes beside targets and predictions.
        {files}

    Raises
    ------
    OSError
        If the list is missing and not to be downloaded, or cannot be.
    ValueError
        If a parameter is not valid, the list is not what it should be, or images are missing.

    Warns
    -----
    UserWarning
        If the list is downloaded for the first time, without a checksum to compare with.

    See Also
    --------
    fetch_imdb_wiki_dir : More faces, which can be downloaded.

    Notes
    -----
    A file whose name is spelled otherwise in your copy is found by the number that it begins with.

    References
    ----------
    {paper}

    S. Moschoglou et al. (2017). AgeDB: the first manually collected, in-the-wild age database.
    :doi:`10.1109/CVPRW.2017.250`

    Examples
    --------
    >>> from skdir.datasets import fetch_agedb_dir
    >>> faces = fetch_agedb_dir(images="/data/AgeDB")  # doctest: +SKIP
    >>> dataset = faces.train.make_dataset(size=64)  # doctest: +SKIP
    >>> dataset[0][0].shape  # doctest: +SKIP
    torch.Size([3, 64, 64])
    """
    caller = "fetch_agedb_dir"
    source = make_source(
        caller,
        "agedb_dir",
        (_AGEDB,),
        data_home,
        download_if_missing=download_if_missing,
        mirror=mirror,
        known_hash=known_hash,
        n_retries=n_retries,
        delay=delay,
    )
    path = source.fetch(_AGEDB, partial(_read, caller=caller))
    names, ages, split = _read(path, caller)
    if images is not None:
        root = user_path(images, caller=caller, parameter="images")
        # names in the list begin with the folder's
        root = root if (root / "AgeDB").is_dir() else root.parent
        names = existing(
            root,
            names,
            caller=caller,
            parameter="images",
            folders=("AgeDB",),
            found_otherwise=_by_number(root),
        )
    return _faces(caller, names, ages, split, AGEDB, path, 121, subset, as_frame, return_X_y)


@complete_docs
@validate_params(
    {"images": _IMAGES, "download_images": ["boolean"], **DOWNLOADS, **RETURNS},
    prefer_skip_nested_validation=True,
)
def fetch_imdb_wiki_dir(
    data_home=None,
    *,
    images=None,
    download_images=False,
    subset="all",
    as_frame=False,
    return_X_y=False,
    download_if_missing=True,
    mirror=None,
    known_hash=None,
    n_retries=3,
    delay=1.0,
):
    """Load IMDB-WIKI-DIR, faces and their age.

    191,509 training, 11,022 validation and 11,022 test images in the split of the paper. Without
    `images` and `download_images`, the benchmark has names, ages and parts.

    Parameters
    ----------
    {data_home}
        A file ``imdb_wiki.csv`` in the folder itself is used as it is; downloads go to its folder
        ``imdb_wiki_dir``.

    images : str or path-like, default=None
        Your own copy of the images: the folder that imdb_crop and wiki_crop are in.

    download_images : bool, default=False
        Whether to download the images, about 8 GB, which are unpacked beside the list; the
        archives are removed then. Those that are there are used without a download.

    {subset}

    {as_frame}

    {return_X_y}

    {downloads}

    Returns
    -------
    benchmark : Bunch
        As :func:`fetch_agedb_dir` returns it, with one bin per year up to the oldest age. If
        `return_X_y`, the tuple (data, target) is returned instead.

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
    fetch_agedb_dir : Fewer faces, whose ages people have checked.

    References
    ----------
    {paper}

    R. Rothe, R. Timofte, L. Van Gool (2018). Deep expectation of real and apparent age from a
    single image without facial landmarks. :doi:`10.1007/s11263-016-0940-3`

    Examples
    --------
    >>> from skdir.datasets import fetch_imdb_wiki_dir
    >>> faces = fetch_imdb_wiki_dir(download_images=True)  # doctest: +SKIP
    >>> len(faces.train.make_dataset())  # doctest: +SKIP
    191509
    """
    caller = "fetch_imdb_wiki_dir"
    if images is not None and download_images:
        raise parameter_error("download_images", caller, "False where images are given", True)
    source = make_source(
        caller,
        "imdb_wiki_dir",
        (_IMDB_WIKI, *_CROPS),
        data_home,
        download_if_missing=download_if_missing,
        mirror=mirror,
        known_hash=known_hash,
        n_retries=n_retries,
        delay=delay,
    )
    path = source.fetch(_IMDB_WIKI, partial(_read, caller=caller))
    names, ages, split = _read(path, caller)
    folders = {file.name.removesuffix(".tar"): file for file in _CROPS}
    if images is not None:
        images = user_path(images, caller=caller, parameter="images")
    elif download_images:
        own = source.own is not None and all((source.own / name).is_dir() for name in folders)
        images = source.own if own else source.folder
        for name, file in () if own else folders.items():
            source.fetch_folder(file, name, partial(check_archive, member=name, caller=caller))
    if images is not None:
        names = existing(
            images,
            names,
            caller=caller,
            parameter="data_home" if download_images else "images",
            folders=folders,
        )
    n_bins = max(121, int(ages.max()) + 1)
    return _faces(caller, names, ages, split, IMDB_WIKI, path, n_bins, subset, as_frame, return_X_y)


def _faces(caller, names, ages, split, description, path, n_bins, subset, as_frame, return_X_y):
    """Return the benchmark of a list of faces."""
    return build(
        {"path": np.array(names, dtype=object)},
        ages,
        split,
        target_name="age",
        bins=np.arange(n_bins + 1.0),
        thresholds={"many": 100, "few": 20},
        description=description,
        filename=[str(path)],
        subset=subset,
        as_frame=as_frame,
        return_X_y=return_X_y,
        caller=caller,
        part=ImagePart,
    )


def _read(path, caller):
    """Return names, ages and parts of a list with the columns age, path and split."""
    columns = ("age", "path", "split")
    table = read_table(path, columns, caller=caller)
    names, split = table["path"], np.array(table["split"])
    try:
        ages = as_numbers(table["age"])
    except ValueError as error:
        raise unusable(path, caller, f"has an age that is no number: {error}") from error
    inside = (ages >= 0) & (ages <= _OLDEST)
    if not set(table["split"]) <= set(PARTS) or not inside.all():
        reason = f"must have ages from 0 on, {_OLDEST} at most, and parts {PARTS}"
        raise unusable(path, caller, reason)
    if "train" not in table["split"]:
        raise unusable(path, caller, "must have training images. Got none")
    if (reason := check_names(names)) is not None:
        raise unusable(path, caller, reason)
    return names, ages, split


def _by_number(root):
    """Return a function that finds an image by the number that its name begins with."""
    numbers = {}

    def find(name):
        if not numbers and (root / "AgeDB").is_dir():
            numbers.update((p.name.partition("_")[0], p) for p in (root / "AgeDB").iterdir())
        return numbers.get(name.rpartition("/")[2].partition("_")[0])

    return find
