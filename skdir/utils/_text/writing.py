"""Write files whole or not at all."""

import errno
import os
import secrets
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress

# Errors of a file that may be written but not replaced: it is mounted, or another's in a folder of
# all.
_HELD = (errno.EBUSY, errno.EPERM, errno.EACCES)


def write_text(path, text):
    """Write a text file in UTF-8, whole or not at all, see :func:`whole_file`."""
    with whole_file(path) as name, open(name, "w", encoding="utf-8") as file:
        file.write(text)


@contextmanager
def whole_file(path):
    """Give the name of an empty file to write, which takes the place of a file when all is written.

    Whoever reads the file sees the old one or the new one, also after a crash: the new one is on
    the disk before it takes the name. If writing fails, the old file is as it was and nothing is
    left over.

    The mode of a file that exists is kept, and its owner where the system lets us; a new one has
    the mode of the process's umask. Of a symbolic link the target is written. What is no regular
    file, such as ``/dev/stdout``, and a file that cannot be replaced, since it is mounted or no
    file can be made in its folder, are written in place.

    Parameters
    ----------
    path : str or path-like
        Name of the file.

    Yields
    ------
    name : str
        Name of the file to write.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    path = os.fsdecode(path)
    old = _status(path)
    if old is not None and not stat.S_ISREG(old.st_mode):
        with _in_place(path) as name:
            yield name
        return
    target = os.path.realpath(path)
    if old is not None and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    name = os.path.join(os.path.dirname(target), f".skdir-{secrets.token_hex(8)}")
    try:
        # the system applies the umask
        os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
    except OSError as error:
        if old is None or not isinstance(error, PermissionError):
            raise OSError(error.errno, error.strerror, path) from None  # not our name
        with _in_place(path) as name:
            yield name
        return
    try:
        status = os.stat(name) if old is None else old  # what writes may put another file there
        yield name
        _to_disk(name)
        _give(name, status)
        try:
            os.replace(name, target)
        except OSError as error:
            if old is None or error.errno not in _HELD:
                raise
            with _in_place(path) as copy:
                shutil.copyfile(name, copy)
            _remove(name)
    except BaseException:
        _remove(name)
        raise
    _folder_to_disk(os.path.dirname(target))


@contextmanager
def _in_place(path):
    """Give the name of a file elsewhere, whose content is copied into the one that exists."""
    with open(path, "r+b" if os.path.isfile(path) else "wb") as file:
        with tempfile.TemporaryDirectory() as folder:
            name = os.path.join(folder, "file")
            with open(name, "xb"):
                pass
            yield name
            with open(name, "rb") as written:
                shutil.copyfileobj(written, file)
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.truncate()


def _status(path):
    """Return the status of what a name leads to, or None where there is nothing yet."""
    try:
        return os.stat(path)
    except FileNotFoundError:
        if not path:
            raise
        os.stat(os.path.dirname(path) or os.curdir)  # a name that ends in a slash is no file's
        return None


def _give(name, status):
    """Give a file the owner and the mode of another."""
    mine = os.stat(name)
    if (mine.st_uid, mine.st_gid) != (status.st_uid, status.st_gid):
        with suppress(OSError):  # only root may
            os.chown(name, status.st_uid, status.st_gid)
    os.chmod(name, stat.S_IMODE(status.st_mode))


def _to_disk(name):
    """Wait until a file is on the disk."""
    with open(name, "r+b") as file:
        os.fsync(file.fileno())


def _folder_to_disk(folder):
    """Wait until a folder's names are on the disk, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    except OSError:  # some network file systems
        pass
    finally:
        os.close(handle)


def _remove(name):
    """Remove a file that may be gone."""
    with suppress(FileNotFoundError):
        os.unlink(name)
