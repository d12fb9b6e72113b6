"""A downloader for pooch that goes on where a broken download stopped."""

import errno
import os
import shutil
import time
from pathlib import Path

# Seconds to wait for a connection, and for the next bytes.
_TIMEOUT = (15, 60)
_CHUNK = 1 << 16


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

    inspect : callable or None
        Raises an error for a file that is not what it should be, before it is accepted.
    """

    def __init__(self, part, *, n_retries, delay, checked, inspect=None):
        self.part, self.n_retries, self.delay = Path(part), n_retries, delay
        self.checked, self.inspect = checked, inspect
        self.mark = self.part.with_name(self.part.name + ".version")

    def __call__(self, url, output_file, pooch):
        """Download to `output_file`, as pooch asks for."""
        attempt = 0
        while not self._received(url, last=attempt == self.n_retries):
            time.sleep(self.delay * 2**attempt)
            attempt += 1
        self.mark.unlink(missing_ok=True)
        try:
            if self.inspect is not None:
                self.inspect(self.part)
            os.replace(self.part, output_file)
        finally:
            self.part.unlink(missing_ok=True)

    def _received(self, url, *, last):
        """Try to receive the file; return False after an error that may pass."""
        try:
            self._receive(url)
        except OSError as error:
            if last or not _may_pass(error):
                raise
            return False
        return True

    def _receive(self, url):
        """Receive the rest of the file, or all of it."""
        import requests

        start, version = self._held()
        headers = {"Accept-Encoding": "identity"}  # sizes are those of the file
        if start:
            headers["Range"] = f"bytes={start}-"
            if version:
                headers["If-Range"] = version
        with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT) as response:
            if response.status_code == 416:  # the server has no such rest
                if response.headers.get("Content-Range") == f"bytes */{start}":
                    return
                self.part.unlink()
                raise requests.ConnectionError("the file on the server is shorter than before")
            response.raise_for_status()
            goes_on = response.status_code == 206
            if goes_on and not response.headers.get("Content-Range", "").startswith(
                f"bytes {start}-"
            ):
                self.part.unlink()
                raise requests.ConnectionError("the server sent another part than asked for")
            if not goes_on:
                start = 0
                self._remember(response.headers)
            length = response.headers.get("Content-Length")
            if length is not None:
                check_space(self.part, int(length))
            with open(self.part, "ab" if goes_on else "wb") as file:
                for chunk in response.iter_content(_CHUNK):
                    file.write(chunk)
        size = self.part.stat().st_size
        if length is not None and size != start + int(length):
            raise requests.ConnectionError(f"{size} of {start + int(length)} bytes arrived")

    def _held(self):
        """Return how many bytes are there to go on from, and the version they are of."""
        if not self.part.exists():
            return 0, None
        version = self.mark.read_text(encoding="utf-8") if self.mark.exists() else None
        if version is None and not self.checked:
            return 0, None
        return self.part.stat().st_size, version

    def _remember(self, headers):
        """Note the version of the file that begins to arrive, where the server names one."""
        version = headers.get("ETag", "")
        if not version or version.startswith("W/"):
            version = headers.get("Last-Modified", "")
        if version:
            self.mark.write_text(version, encoding="utf-8")
        else:
            self.mark.unlink(missing_ok=True)


def check_space(path, n_bytes):
    """Refuse before the first byte what cannot fit on the disk."""
    free = shutil.disk_usage(path.parent).free
    if n_bytes > free:
        raise OSError(
            errno.ENOSPC,
            f"{n_bytes / 1e6:.1f} MB are needed and {free / 1e6:.1f} MB are free",
            str(path),
        )


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
