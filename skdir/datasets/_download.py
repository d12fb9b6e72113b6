"""Files of data sets: found where they are, or downloaded whole, checked and once."""

import gzip
import hashlib
import os
import shutil
import tarfile
import tempfile
import warnings
import zipfile
from pathlib import Path
from typing import NamedTuple

from skdir.utils._optional_dependencies import import_optional_dependency


class RemoteFile(NamedTuple):
    """A file on a server; sha256 is None where its checksum is not known."""

    name: str
    url: str
    sha256: str | None = None


class Source(NamedTuple):
    """Where files come from and how hard to try: what all fetchers let the caller say."""

    folder: Path
    caller: str
    download_if_missing: bool = True
    mirror: str | None = None
    known_hash: dict | None = None
    n_retries: int = 3
    delay: float = 1.0

    def fetch(self, remote, inspect=None):
        """Return the path of a file, downloaded if need be.

        Parameters
        ----------
        remote : RemoteFile
            The file.

        inspect : callable, default=None
            Raises an error if a downloaded file is not what it should be.

        Returns
        -------
        path : Path
            The file, whose checksum is the known one; it may be compressed, its name ending in .gz.
        """
        path = self.folder / remote.name
        found, problem = self._find(remote)
        if found is not None:
            return found
        if not self.download_if_missing:
            raise OSError(f"{self.caller}: {problem} and download_if_missing=False.")
        filelock = import_optional_dependency("filelock", caller=self.caller)
        self.folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(f"{path}.lock"):
            # another process may have been faster
            found, _ = self._find(remote)
            return self._download(remote, path, inspect) if found is None else found

    def _find(self, remote):
        """Return the file if it is there and what it should be, else the problem."""
        expected = self._expected(remote)
        problem = f"{remote.name} is not in {self.folder}"
        for path in (self.folder / remote.name, self.folder / f"{remote.name}.gz"):
            if path.is_file():
                if expected is None or sha256(path) == expected:
                    return path, None
                problem = f"{path} has another checksum than {expected}"
        return None, problem

    def _expected(self, remote):
        """Return the checksum of a file: as given, as published, as of the first download."""
        given = (self.known_hash or {}).get(remote.name)
        record = self._record(remote)
        recorded = record.read_text(encoding="utf-8").strip() if record.is_file() else None
        return given or remote.sha256 or recorded

    def _record(self, remote):
        return self.folder / f"{remote.name}.sha256"

    def _download(self, remote, path, inspect):
        from skdir.datasets._resume import ResumableDownload

        pooch = import_optional_dependency("pooch", caller=self.caller)
        import_optional_dependency("requests", caller=self.caller)
        url = remote.url
        if self.mirror is not None:
            url = f"{self.mirror.rstrip('/')}/{remote.name}"
        expected = self._expected(remote)
        downloader = ResumableDownload(
            path.with_name(f"{path.name}.part"),
            n_retries=self.n_retries,
            delay=self.delay,
            checked=expected is not None,
            inspect=inspect,
        )
        try:
            pooch.retrieve(
                url,
                known_hash=None if expected is None else f"sha256:{expected}",
                fname=path.name,
                path=path.parent,
                downloader=downloader,
            )
        except OSError as error:
            message = (
                f"{self.caller}: {remote.name} could not be downloaded from {url}: {error}. What "
                "has arrived is kept; the next call goes on from there."
            )
            # a full disk keeps its number
            raise OSError(*((error.errno,) if error.errno else ()), message) from error
        if expected is None:
            found = sha256(path)
            write_whole(self._record(remote), found)
            warnings.warn(
                f"The checksum of {remote.name} is not published. That of this download, {found}, "
                f"is trusted from now on and kept in {self._record(remote)}; pass it as "
                f"known_hash={{{remote.name!r}: ...}} elsewhere.",
                UserWarning,
                stacklevel=5,
            )
        return path


def sha256(path):
    """Return the checksum of a file, of its content where it is compressed."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_text(path):
    """Open a text file, which may be compressed, for the csv module."""
    opener = gzip.open if path.suffix == ".gz" else open
    return opener(path, "rt", encoding="utf-8-sig", newline="")


def write_whole(path, text):
    """Write a text file so that others see all of it or nothing."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}")
    try:
        with open(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def unpack(archive, member, *, caller):
    """Unpack the folder `member` of an archive beside it, whole or not at all.

    Parameters
    ----------
    archive : Path
        A tar or zip file; it is removed afterwards, since it is as large as its content.

    member : str
        Name of the folder at the top of the archive.

    caller : str
        For the message.

    Returns
    -------
    folder : Path
        The unpacked folder.
    """
    filelock = import_optional_dependency("filelock", caller=caller)
    folder = archive.parent / member
    with filelock.FileLock(f"{folder}.lock"):
        if folder.is_dir():
            return folder
        scratch = Path(tempfile.mkdtemp(dir=archive.parent, prefix=".unpacking-"))
        try:
            if zipfile.is_zipfile(archive):
                with zipfile.ZipFile(archive) as file:
                    file.extractall(scratch)
            else:
                with tarfile.open(archive) as file:
                    file.extractall(scratch, filter="data")
            if not (scratch / member).is_dir():
                raise ValueError(f"{caller}: {archive} holds no folder {member!r}.")
            os.rename(scratch / member, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        archive.unlink()
    return folder
