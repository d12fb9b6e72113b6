"""What a benchmark of deep imbalanced regression is: rows, their split, bins and shots."""

import os
from numbers import Integral, Real

import numpy as np
from sklearn.utils import Bunch

from skdir.datasets._files.download import Source, is_sha256
from skdir.datasets._files.http import check_address
from skdir.datasets._files.paths import data_folder
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._sklearn_compat import Interval, StrOptions
from skdir.utils._validation import parameter_error

PARTS = ("train", "val", "test")
# What the constraints of the parameters that all fetchers share are.
RETURNS = {
    "subset": [StrOptions({"all", *PARTS})],
    "as_frame": ["boolean"],
    "return_X_y": ["boolean"],
}
DOWNLOADS = {
    "data_home": [str, os.PathLike, None],
    "download_if_missing": ["boolean"],
    "mirror": [str, None],
    "known_hash": [dict, None],
    "n_retries": [Interval(Integral, 0, 100, closed="both")],
    "delay": [Interval(Real, 0, 3600, closed="both")],
}
# Images of more pixels per side than this are a mistake.
_MAX_SIZE = 2**13


class DirPart(Bunch):
    """Training, validation or test rows of a benchmark: `data`, `target` and `indices`."""


class ImagePart(DirPart):
    """Rows whose features are images in files."""

    def make_dataset(self, *, size=224, transform=None):
        """Return a torch Dataset that reads an image where it is asked for.

        Parameters
        ----------
        size : int or None, default=224
            Height and width that images are resized to, from 1 to 8192; None leaves them as they
            are.

        transform : callable, default=None
            Takes the resized RGB image of Pillow and returns a tensor. None is a float32 tensor of
            shape (3, height, width) with values from -1 to 1.

        Returns
        -------
        dataset : torch.utils.data.Dataset
            Items (image, target); `targets` has all targets. It can be pickled, so that workers of
            a DataLoader can read, too.

        Raises
        ------
        ValueError
            If a parameter is not valid. Reading an item raises one if the file is not a JPEG or PNG
            image of at most 67 million pixels, is damaged, or has transparent pixels.
        """
        caller = f"{type(self).__name__}.make_dataset"
        whole = isinstance(size, Integral) and not isinstance(size, bool)
        if size is not None and not (whole and 1 <= size <= _MAX_SIZE):
            accepted = f"an integer from 1 to {_MAX_SIZE} or None"
            raise parameter_error("size", caller, accepted, repr(size))
        _check_transform(transform, caller)
        kinds = torch_datasets(caller)
        return kinds.ImageTargets(_rows(self.data)[:, 0], np.asarray(self.target), size, transform)


class DepthPart(DirPart):
    """Rows whose features are images in files, and whose targets are depth maps in files."""

    def make_dataset(self, *, transform=None):
        """Return a torch Dataset that reads an image and its depth map where asked for.

        Parameters
        ----------
        transform : callable, default=None
            Takes the tensors of an image and of its depth map and returns both.

        Returns
        -------
        dataset : torch.utils.data.Dataset
            Items (image, depth): float32 tensors of shape (3, 228, 304), from 0 to 1, and
            (1, 228, 304), in metres; NaN where a pixel of the test part does not count.

        Raises
        ------
        ValueError
            If a parameter is not valid. Reading an item raises one if a file is not an image in the
            shape of those of rooms, or a depth map is not a PNG image of gray values.
        """
        caller = f"{type(self).__name__}.make_dataset"
        _check_transform(transform, caller)
        kinds = torch_datasets(caller)
        images, depths = _rows(self.data)[:, 0], np.asarray(self.target)
        return kinds.DepthMaps(images, depths, self.get("mask"), transform)


def _check_transform(transform, caller):
    if transform is not None and not callable(transform):
        raise parameter_error("transform", caller, "a function or None", repr(transform))


def torch_datasets(caller):
    """Return the module with the kinds of torch datasets, or say what to install."""
    import_optional_dependency("torch", caller=caller)
    import_optional_dependency("PIL.Image", caller=caller)
    import skdir.datasets._dir.torch_datasets as kinds

    return kinds


def _rows(data):
    return data.to_numpy() if hasattr(data, "to_numpy") else data


def make_source(caller, name, files, data_home, **options):
    """Return where the files of a data set come from.

    Files that lie in `data_home` itself are the user's: they are used as they are, where they are
    what they should be, and never written.
    """
    known = options["known_hash"] or {}
    strangers = sorted(set(map(str, known)) - {file.name for file in files})
    if strangers or not all(isinstance(v, str) and is_sha256(v) for v in known.values()):
        raise parameter_error(
            "known_hash",
            caller,
            f"a dict with sha256, of 64 hexadecimal digits, of "
            f"{' or '.join(file.name for file in files)}",
            known,
        )
    mirror = options["mirror"]
    reason = None if mirror is None else check_address(mirror)
    if reason is None and mirror is not None and set(mirror) & set("?#"):
        reason = "names of files are put at its end"
    if reason is not None:
        shown = repr(mirror) if len(mirror) < 200 else f"{mirror[:200]!r}..."
        raise parameter_error("mirror", caller, "the address of a folder", f"{shown} ({reason})")
    folder = data_folder(data_home, name, caller)
    return Source(folder, caller, own=None if data_home is None else folder.parent, **options)


def build(
    columns,
    target,
    split,
    *,
    target_name,
    bins,
    thresholds,
    description,
    filename,
    subset,
    as_frame,
    return_X_y,
    caller,
    part=DirPart,
    test=None,
    **fields,
):
    """Return a benchmark as a Bunch, or its data and target.

    Parameters
    ----------
    columns : dict of str to ndarray of shape (n,)
        Features by name.

    target : ndarray of shape (n,)
        Targets.

    split : ndarray of shape (n,)
        The part of each row, one of PARTS.

    part : type, default=DirPart
        The kind of parts.

    test : dict, default=None
        What else the test part holds.

    target_name, bins, thresholds, description, filename, **fields
        What else the Bunch holds; `shot_arguments` where the training targets are in files.

    subset, as_frame, return_X_y, caller
        What the caller wants, and for messages.

    Returns
    -------
    benchmark : Bunch or tuple
        The benchmark.
    """
    data = np.column_stack(list(columns.values()))
    names = list(columns)
    frame = None
    if as_frame:
        pandas = import_optional_dependency("pandas", caller=f"{caller} with as_frame=True")
        frame = pandas.DataFrame({**columns, target_name: target})
        data, target = frame[names], frame[target_name]
    more = {"test": test}
    parts = {
        name: _take(part, data, target, np.flatnonzero(split == name), more.get(name) or {})
        for name in PARTS
        if (split == name).any()
    }
    if subset not in ("all", *parts):
        raise parameter_error("subset", caller, f"'all' or one of {list(parts)}", repr(subset))
    if subset != "all":
        rows = parts[subset].indices
        data, target, split = parts[subset].data, parts[subset].target, split[rows]
        frame = None if frame is None else frame.iloc[rows]
    if return_X_y:
        return data, target
    if "shot_arguments" not in fields:
        y_train = np.asarray(parts["train"].target)
        fields["shot_arguments"] = {"y_train": y_train, "bins": bins, **thresholds}
    return Bunch(
        data=data,
        target=target,
        frame=frame,
        split=split,
        **{name: parts.get(name) for name in PARTS},
        feature_names=names,
        target_names=[target_name],
        bins=bins,
        shot_thresholds=thresholds,
        DESCR=description,
        filename=filename,
        **fields,
    )


def _take(part, data, target, rows, more):
    if hasattr(data, "iloc"):
        return part(data=data.iloc[rows], target=target.iloc[rows], indices=rows, **more)
    return part(data=data[rows], target=target[rows], indices=rows, **more)
