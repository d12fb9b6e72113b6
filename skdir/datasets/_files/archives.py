"""Archives of data sets: unpacked whole or not at all, into one folder and nowhere else."""

import os
import posixpath
import shutil
import stat
import tarfile
import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

from skdir.datasets._files.paths import check_names
from skdir.datasets._files.resume import check_space
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._text.reading import file_errors, unusable
from skdir.utils._text.safe import printable

# The largest archive known has 7 GB and 460,723 files.
_MAX_BYTES, _MAX_FILES = 2**35, 2**21


def unpack(archive, member, *, caller, into=None, keep=False):
    """Unpack the folder `member` of an archive, whole or not at all.

    Parameters
    ----------
    archive : Path
        A zip file, or a tar file without compression.

    member : str
        Name of the folder at the top of the archive; what lies beside it is left out.

    caller : str
        For the message.

    into : Path, default=None
        Where the folder is put; None is beside the archive.

    keep : bool, default=False
        Whether the archive stays, although it is as large as its content.

    Returns
    -------
    folder : Path
        The unpacked folder.

    Raises
    ------
    ValueError
        If the archive is damaged, too large, or holds anything but files and folders below one.
    """
    filelock = import_optional_dependency("filelock", caller=caller)
    into = archive.parent if into is None else into
    folder = into / member
    into.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(f"{folder}.lock"):
        if folder.is_dir():
            return folder
        prefix = f".unpacking-{member}-"
        for stopped in into.glob(f"{prefix}*"):  # by a process that was killed; the lock is ours
            shutil.rmtree(stopped, ignore_errors=True)
        scratch = Path(tempfile.mkdtemp(dir=into, prefix=prefix))
        try:
            with _opened(archive, caller) as file:
                entries, n_bytes = _wanted(file, member, archive, caller)
                check_space(folder, n_bytes)
                plain = isinstance(file, zipfile.ZipFile) or not hasattr(tarfile, "data_filter")
                file.extractall(scratch, entries, **({} if plain else {"filter": "data"}))
            if not (scratch / member).is_dir():
                raise unusable(archive, caller, f"holds no folder {member!r}")
            os.rename(scratch / member, folder)
        except (FileExistsError, IsADirectoryError, NotADirectoryError) as error:
            reason = f"holds something that is a file and a folder ({error.strerror})"
            raise unusable(archive, caller, reason) from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        if not keep:
            archive.unlink()
    return folder


def check_archive(archive, member, caller):
    """Raise an error unless a file is an archive with the folder `member`."""
    with _opened(archive, caller) as file:
        _wanted(file, member, archive, caller)


@contextmanager
def _opened(archive, caller):
    """Open an archive; what goes wrong in it is one kind of error."""
    with file_errors(archive, caller):
        # tar without compression, as the known ones are: what is small stays small
        zipped = zipfile.is_zipfile(archive)
        with zipfile.ZipFile(archive) if zipped else tarfile.open(archive, "r:") as file:
            yield file


def _wanted(file, member, archive, caller):
    """Return the entries of the folder `member`, and how many bytes they will take."""
    entries = _zip_entries(file) if isinstance(file, zipfile.ZipFile) else _tar_entries(file)
    found, total = [], 0
    for number, (entry, name, size, plain) in enumerate(entries):
        reason = check_names([name])
        if reason is None and not plain:
            reason = f"must hold files and folders only. Got {printable(name)[:80]!r}"
        if reason is not None:
            raise unusable(archive, caller, reason)
        inside = posixpath.normpath(name).partition("/")[0] == member
        total += size if inside else 0
        if total > _MAX_BYTES or number > _MAX_FILES:
            limits = f"{_MAX_BYTES / 1e9:.0f} GB in {_MAX_FILES} files"
            raise unusable(archive, caller, f"must hold at most {limits}. Got more")
        if inside:
            found.append(entry)
    if not found:
        raise unusable(archive, caller, f"holds no folder {member!r}")
    return found, total


def _zip_entries(file):
    """Yield entry, name, size and whether it is a plain file or folder."""
    for entry in file.infolist():
        link = stat.S_ISLNK(entry.external_attr >> 16)
        encrypted = entry.flag_bits & 1
        yield entry, entry.filename.rstrip("/"), entry.file_size, not (link or encrypted)


def _tar_entries(file):
    """Yield entry, name, size and whether it is a plain file or folder."""
    for entry in file:
        plain = entry.isdir() or (entry.isreg() and not entry.issparse())
        yield entry, entry.name.rstrip("/"), entry.size, plain
