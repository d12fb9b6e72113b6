"""A download that goes on where it stopped, of a file that is not larger than it can be."""

import email.utils
import errno
import shutil
import time
from pathlib import Path

from skdir.datasets._files.http import chunks, open_address

_LONGEST_WAIT = 300


class ResumableDownload:
    """Downloads to a file beside the wanted one, which outlives a failure.

    Parameters
    ----------
    part : Path
        File for what has arrived.

    n_retries : int
        How often to try again after an error that may pass.

    delay : float
        Seconds before the first new attempt; doubled for each further one.

    checked : bool
        Whether the whole will be compared with a known checksum, so that it may be pieced together
        where the server does not tell whether the file is still the same.

    max_bytes : int
        What the file may have at most.
    """

    def __init__(self, part, *, n_retries, delay, checked, max_bytes):
        self.part, self.n_retries, self.delay = Path(part), n_retries, delay
        self.checked, self.max_bytes = checked, max_bytes
        self.mark = self.part.with_name(self.part.name + ".version")

    def receive(self, url):
        """Receive the whole file."""
        for attempt in range(self.n_retries + 1):
            try:
                return self._receive(url)
            except OSError as error:
                asked = _asked_to_wait(error)
                if attempt == self.n_retries or asked > _LONGEST_WAIT or not _may_pass(error):
                    raise
            time.sleep(max(asked, min(self.delay * 2.0**attempt, max(_LONGEST_WAIT, self.delay))))

    def goes_on(self):
        """Tell whether another call would go on from what has arrived."""
        return self._held()[0] > 0

    def forget(self):
        """Remove what has arrived."""
        self.part.unlink(missing_ok=True)
        self.mark.unlink(missing_ok=True)

    def _receive(self, url):
        """Receive the rest of the file, or all of it."""
        import requests

        start, version = self._held()
        headers = {"Accept-Encoding": "identity"}  # sizes are those of the file
        if start:
            headers["Range"] = f"bytes={start}-"
            if version:
                headers["If-Range"] = version
        with open_address(url, headers) as response:
            if response.status_code == 416:  # the server has no such rest
                if response.headers.get("Content-Range") == f"bytes */{start}":
                    return
                self.forget()
                raise requests.ConnectionError("the file on the server is shorter than before")
            response.raise_for_status()
            goes_on = response.status_code == 206
            if not goes_on and response.status_code != 200:
                raise OSError(f"the server answered {response.status_code} instead of the file")
            if goes_on and not self._fits(response.headers, start, version):
                self.forget()
                raise requests.ConnectionError("the server sent another part than asked for")
            if not goes_on:
                start = 0
                self._remember(response.headers)
            # a server may pack it all the same; the length is then that of something else
            length = None if _is_packed(response.headers) else _length(response.headers)
            if length is not None:
                self._check_size(start + length)
                check_space(self.part, length)
            with open(self.part, "ab" if goes_on else "wb") as file:
                size = start
                for chunk in chunks(response):
                    size += len(chunk)
                    self._check_size(size)
                    file.write(chunk)
        size = self.part.stat().st_size
        if length is not None and size != start + length:
            raise requests.ConnectionError(f"{size} of {start + length} bytes arrived")

    def _fits(self, headers, start, version):
        """Tell whether a part begins where it should and is of the version that it should be."""
        begins = headers.get("Content-Range", "").startswith(f"bytes {start}-")
        same = version is None or _version(headers) in ("", version)
        return begins and same and not _is_packed(headers)

    def _check_size(self, size):
        """Refuse what is larger than the file can be."""
        if size > self.max_bytes:
            self.forget()
            raise OSError(
                errno.EFBIG,
                f"the server sends more than {self.max_bytes / 1e6:.0f} MB, which it cannot be",
            )

    def _held(self):
        """Return how many bytes are there to go on from, and the version they are of."""
        for file in (self.part, self.mark):
            if file.is_symlink():  # not ours, and it would be written through
                file.unlink()
        if not self.part.exists():
            return 0, None
        text = self.mark.read_bytes() if self.mark.exists() else b""
        version = text.decode("latin-1").strip()
        if not version.isprintable() or not (version or self.checked):
            return 0, None
        return self.part.stat().st_size, version or None

    def _remember(self, headers):
        """Note the version of the file that begins to arrive, where the server names one."""
        version = _version(headers)
        if version:
            self.mark.write_bytes(version.encode("latin-1", errors="ignore"))
        else:
            self.mark.unlink(missing_ok=True)


def _length(headers):
    """Return the number of bytes that a server announces, or None."""
    text = headers.get("Content-Length", "")
    return int(text) if text.isdecimal() and len(text) < 20 else None


def _is_packed(headers):
    return headers.get("Content-Encoding", "identity") != "identity"


def _version(headers):
    """Return what a server calls the version of a file, or an empty string."""
    version = headers.get("ETag", "")
    return version if version and not version.startswith("W/") else headers.get("Last-Modified", "")


def check_space(path, n_bytes):
    """Refuse before the first byte what cannot fit on the disk."""
    free = shutil.disk_usage(path.parent).free
    if n_bytes > free:
        raise OSError(
            errno.ENOSPC,
            f"{n_bytes / 1e6:.1f} MB are needed and {free / 1e6:.1f} MB are free",
            str(path),
        )


def _asked_to_wait(error):
    """Return how many seconds a server asks to wait: a number, or until a date."""
    response = getattr(error, "response", None)
    text = "" if response is None else response.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return int(text[:9])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0


def _may_pass(error):
    """Tell whether another attempt may succeed: not after a full disk, nor if there is no file."""
    import requests

    if isinstance(error, requests.HTTPError):
        return error.response.status_code >= 500 or error.response.status_code in (408, 429)
    return isinstance(
        error,
        (
            requests.ConnectionError,
            requests.Timeout,
            requests.exceptions.ChunkedEncodingError,
        ),
    )
