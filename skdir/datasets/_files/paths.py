"""Paths that users and lists name: folders for data, and files that stay below a folder."""

import os
import re
from pathlib import Path

import numpy as np

from skdir.utils._text.safe import printable
from skdir.utils._validation import parameter_error


def user_path(path, *, caller, parameter):
    """Return a path that a user gave, with the home folder in the place of ~."""
    accepted = "the path of a file or folder"
    path = os.fsdecode(path)
    if "\0" in path or not path.strip():
        raise parameter_error(parameter, caller, accepted, repr(path))
    try:
        return Path(path).expanduser()
    except RuntimeError as error:  # there is no such user
        raise parameter_error(parameter, caller, accepted, f"{path!r} ({error})") from None


def data_folder(data_home, name, caller):
    """Return the folder of a data set: below the given one, or below the user's."""
    if data_home is None:
        data_home = os.environ.get("SKDIR_DATA") or Path("~", "skdir_data")
    home = user_path(data_home, caller=caller, parameter="data_home")
    folder = home / name
    for path in (folder, *folder.parents):
        if path.exists() and not path.is_dir():
            raise parameter_error("data_home", caller, "a folder", f"{str(path)!r}, a file,")
    return folder


def check_names(names):
    """Return the reason why some name of a list could lead out of the folder, or None.

    Lists are read on all systems, so what is special on one of them is refused on all.
    """
    for name in names:
        parts = name.split("/")
        outside = name.startswith(("/", "~")) or ".." in parts or re.match("[A-Za-z]:", name)
        odd = not name or len(name) > 200 or "\\" in name or printable(name) != name
        if outside or odd:
            return f"must name files below one folder. Got {printable(name)[:80]!r}"
    return None


def existing(root, names, *, caller, parameter, folders=(), found_otherwise=None):
    """Return the paths of files below a folder, all of which must be there.

    Parameters
    ----------
    root : Path
        The folder.

    names : list of str
        Their relative paths, which `check_names` has passed.

    caller, parameter : str
        For the message.

    folders : sequence of str, default=()
        Folders at the top of `root` that may be links to elsewhere. Links further down may not
        lead out of what these are.

    found_otherwise : callable, default=None
        Takes a name that does not exist and returns a path or None.

    Returns
    -------
    paths : ndarray of shape (n,) of object
        The paths as strings.
    """
    paths = [root / name for name in names]
    for i, path in enumerate(paths):
        if not path.is_file() and found_otherwise is not None:
            paths[i] = found_otherwise(names[i]) or path
    missing = [path for path in paths if not path.is_file()]
    if missing:
        raise parameter_error(
            parameter,
            caller,
            "a folder with all files of the data set",
            f"{root}, which lacks {len(missing)} of {len(paths)} files such as "
            f"{printable(missing[0].name)}",
        )
    outside = _first_outside([root, *(root / folder for folder in folders)], paths)
    if outside is not None:
        raise parameter_error(
            parameter,
            caller,
            "a folder whose files lie in it",
            f"{printable(outside)}, a link to {printable(outside.resolve())},",
        )
    return np.array([str(path) for path in paths], dtype=object)


def _first_outside(places, paths):
    """Return the first path that links lead out of some places, or None."""
    places = [place.resolve() for place in places]
    inside = {}  # by folder, since there are many files in each
    for path in paths:
        unknown = path if path.is_symlink() else path.parent
        if unknown not in inside:
            true = unknown.resolve()
            inside[unknown] = any(true.is_relative_to(place) for place in places)
        if not inside[unknown]:
            return path
    return None
