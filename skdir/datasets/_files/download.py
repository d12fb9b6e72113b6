"""Files of data sets: found where they are, or downloaded whole, checked and once."""

import gzip
import hashlib
import os
import re
import zlib
from pathlib import Path
from typing import NamedTuple

from skdir.datasets._files.archives import unpack
from skdir.datasets._files.http import without_password
from skdir.datasets._files.resume import ResumableDownload
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._text.reading import MAX_LIST, unusable
from skdir.utils._text.safe import printable
from skdir.utils._text.warnings import warn_user
from skdir.utils._text.writing import whole_file, write_text


class RemoteFile(NamedTuple):
    """A file on a server; sha256 is None where its checksum is not known."""

    name: str
    url: str
    sha256: str | None = None
    max_bytes: int = MAX_LIST


class Source(NamedTuple):
    """Where files come from and how hard to try: what all fetchers let the caller say.

    Downloads go to `folder`; in `own`, the user's, files are looked for and never written.
    """

    folder: Path
    caller: str
    download_if_missing: bool = True
    mirror: str | None = None
    known_hash: dict | None = None
    n_retries: int = 3
    delay: float = 1.0
    own: Path | None = None

    def fetch(self, remote, inspect=None):
        """Return the path of a file, downloaded if need be.

        Parameters
        ----------
        remote : RemoteFile
            The file.

        inspect : callable, default=None
            Takes the path of a downloaded file and raises a ValueError if it is not what it should
            be. A checksum is remembered of nothing else.

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
        with self._locked(path):
            # another process may have been faster
            found, _ = self._find(remote)
            return self._download(remote, path, inspect) if found is None else found

    def fetch_folder(self, remote, member, inspect=None):
        """Return the folder `member` of an archive, which is downloaded and unpacked if need be.

        An archive that was there before stays, since it may be the user's.
        """
        folder = self.folder / member
        if folder.is_dir():
            return folder
        found, _ = self._find(remote)
        archive = self.fetch(remote, inspect) if found is None else found
        keep = found is not None
        return unpack(archive, member, caller=self.caller, into=self.folder, keep=keep)

    def _find(self, remote):
        """Return the file if it is there and what it should be, else the problem."""
        problem = f"{remote.name} is not in {self.folder}"
        for place in (self.own, self.folder):
            if place is None:
                continue
            expected = self._accepted(remote, downloaded=place == self.folder)
            for path in (place / remote.name, place / f"{remote.name}.gz"):
                if path.is_file():
                    if not expected or sha256(path, remote.max_bytes) in expected:
                        return path, None
                    problem = f"{path} has another checksum than {' or '.join(sorted(expected))}"
        return None, problem

    def _accepted(self, remote, *, downloaded):
        """Return the checksums that a file which is there may have; none is any."""
        if known := self._known(remote):
            return {known}
        return set(self._trusted(remote).values()) if downloaded else set()

    def _known(self, remote):
        """Return the checksum of a file as given, or as published."""
        given = (self.known_hash or {}).get(remote.name)
        return given.lower() if given else remote.sha256

    def _trusted(self, remote):
        """Return the checksums of first downloads by the address that they came from."""
        record = self._record(remote)
        if not record.is_file():
            return {}
        text = record.read_bytes()[:MAX_LIST].decode("utf-8", errors="replace")
        entries = [line.split() for line in text.splitlines()]
        if not all(len(entry) == 2 and is_sha256(entry[0]) for entry in entries if entry):
            remedy = "Delete it, and the next download is trusted anew"
            raise unusable(record, self.caller, "must hold checksums and addresses", remedy)
        return {entry[1]: entry[0].lower() for entry in entries if entry}

    def _record(self, remote):
        return self.folder / f"{remote.name}.sha256"

    def _locked(self, path):
        """Return a lock for a file in the folder of the downloads, which is made if need be."""
        filelock = import_optional_dependency("filelock", caller=self.caller)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return filelock.FileLock(f"{path}.lock").acquire()
        except OSError as error:
            raise self._error(
                error,
                f"nothing can be written to {self.folder}: {error.strerror or error}. Pass another "
                "folder as 'data_home'",
            ) from error

    def _error(self, error, message):
        """Return an error that keeps the number of another, such as that of a full disk."""
        numbers = (error.errno,) if error.errno else ()
        return OSError(*numbers, f"{self.caller}: {message}.")

    def _download(self, remote, path, inspect):
        import_optional_dependency("requests", caller=self.caller)
        url = remote.url
        if self.mirror is not None:
            url = f"{self.mirror.rstrip('/')}/{remote.name}"
        shown = without_password(url)
        known, trusted = self._known(remote), self._trusted(remote)
        expected = known or trusted.get(shown)
        download = ResumableDownload(
            path.with_name(f"{path.name}.part"),
            n_retries=self.n_retries,
            delay=self.delay,
            checked=expected is not None,
            max_bytes=remote.max_bytes,
        )
        try:
            download.receive(url)
        except OSError as error:
            reason = printable(error).replace(url, shown)
            advice = (
                "What has arrived is kept; the next call goes on from there"
                if download.goes_on()
                else f"Try again later, name a 'mirror', or put the file into {self.folder}"
            )
            raise self._error(
                error,
                f"{remote.name} could not be downloaded from {shown}: {reason}. {advice}",
            ) from error
        try:
            self._inspect(download.part, inspect, remote, shown)
            found = sha256(download.part)
            if found != (expected or found):
                raise ValueError(self._mismatch(remote, shown, found, expected, known))
            if known is None and trusted.get(shown) != found:
                self._trust(remote, trusted | {shown: found})
            set_aside(path, self.caller)
            with whole_file(path) as name:
                os.replace(download.part, name)
        finally:
            download.forget()
        if expected is None:
            warn_user(
                f"The checksum of {remote.name} is not published. That of this download from "
                f"{shown}, {found}, is trusted from now on and kept in {self._record(remote)}; "
                f"pass it as known_hash={{{remote.name!r}: ...}} elsewhere."
            )
        return path

    def _inspect(self, part, inspect, remote, url):
        """Raise an error if what has arrived is not the file."""
        try:
            if inspect is not None:
                inspect(part)
        except ValueError as error:
            if not hasattr(error, "reason"):  # it says all there is to say
                raise
            raise ValueError(
                f"{self.caller}: what came from {url} is not {remote.name}: it {error.reason}. It "
                "was not kept. A page on which to log in to a network, or an error of the server, "
                "may have come instead; try again later or elsewhere."
            ) from error

    def _mismatch(self, remote, url, found, expected, known):
        """Return what to say of a file with another checksum than the expected one."""
        message = (
            f"{self.caller}: the sha256 of {remote.name} from {url}, {found}, does not match the "
            f"known hash, {expected}, and it was not kept. "
        )
        trust = f"pass known_hash={{{remote.name!r}: {found!r}}}"
        if known is None:
            message += (
                "That is the one of the first download from there, kept in "
                f"{self._record(remote)}. If you trust the new file, delete that record or {trust}."
            )
        elif remote.name in (self.known_hash or {}):
            message += "That is the one given as 'known_hash'."
        else:
            message += f"That is the published one. If you trust the new file, {trust}."
        return message

    def _trust(self, remote, checksums):
        """Keep the checksums of first downloads."""
        lines = [f"{checksum}  {url}\n" for url, checksum in checksums.items()]
        write_text(self._record(remote), "".join(lines))


def is_sha256(text):
    """Tell whether a text is a checksum."""
    return re.fullmatch("[0-9a-fA-F]{64}", text) is not None


def sha256(path, limit=None):
    """Return the checksum of a file, of its content where it is compressed.

    An empty string, which no file has, is that of a compressed file that is damaged or whose
    content is longer than a limit in bytes.
    """
    if path.suffix != ".gz":
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    digest, size = hashlib.sha256(), 0
    try:
        with gzip.open(path) as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
                if limit is not None and size > limit:
                    return ""
    except (EOFError, gzip.BadGzipFile, zlib.error):
        return ""
    return digest.hexdigest()


def set_aside(path, caller):
    """Give what stands in the way of a download another name; it may be somebody's work."""
    if not os.path.lexists(path):
        return
    number = 1
    while os.path.lexists(aside := path.with_name(f"{path.name}.old{number}")):
        number += 1
    os.rename(path, aside)
    warn_user(
        f"{caller}: {path} was not the file that is wanted. It is called {aside.name} now; delete "
        "it if you do not need it."
    )
