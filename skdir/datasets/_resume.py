"""A download that goes on where it stopped, and ends: size, time and ways are bounded."""

import email.utils
import errno
import queue
import shutil
import threading
import time
import zlib
from functools import partial
from pathlib import Path
from urllib.parse import urljoin, urlsplit, urlunsplit

# Seconds to wait for a connection, and for the next bytes.
_TIMEOUT = (15, 60)
# A server that sends less than this many bytes in this many seconds is given up.
_LEAST, _PATIENCE = 60_000, 60
_LONGEST_WAIT = 300
_MAX_REDIRECTS = 5
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
        with _opened(url, headers) as response:
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
                for chunk in _in_time(_chunks(response)):
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


def check_address(url):
    """Return the reason why a URL is not one to download from, or None."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna")
        _ = parts.port
    except ValueError as error:  # that of characters is one, too
        return str(error)
    if parts.scheme not in ("http", "https") or not host:
        return "an address begins with http:// or https://"
    if not url.isprintable() or " " in url:
        return "an address has no spaces and no control characters"
    return None


def without_password(url):
    """Return an address that can be shown and kept."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _opened(url, headers):
    """Return the response to a request, after a few redirections to other addresses."""
    import requests

    for _ in range(_MAX_REDIRECTS + 1):
        response = _response(url, headers)
        if not response.is_redirect:
            return response
        response.close()
        try:
            target = urljoin(url, response.headers["Location"].encode("latin-1").decode())
        except ValueError as error:
            message = f"the server leads to what is no address: {error}"
            raise requests.exceptions.InvalidURL(message) from error
        secure = url.startswith("https:")
        if check_address(target) is not None or (secure and not target.startswith("https:")):
            raise requests.exceptions.InvalidURL(f"the server leads to {target!r}")
        url = target
    raise requests.TooManyRedirects(f"the server leads on more than {_MAX_REDIRECTS} times")


def _get(url, headers):
    """Return the response to one request; where it leads is for the caller to judge."""
    import requests

    with requests.Session() as session:
        session.get_redirect_target = lambda response: None
        return session.get(url, headers=headers, stream=True, timeout=_TIMEOUT)


def _response(url, headers):
    """Return the response to one request, or give it up when it takes too long.

    Limits of a connection are for the next bytes: they do not end a search for a name, nor an
    answer that comes letter by letter.
    """
    import requests

    answers, given_up, longest = queue.SimpleQueue(), threading.Event(), sum(_TIMEOUT)

    def run():
        try:
            response, error = _get(url, headers), None
        except BaseException as raised:  # for the thread that waits
            response, error = None, raised
        answers.put((response, error))
        if response is not None and given_up.is_set():
            response.close()

    threading.Thread(target=run, daemon=True).start()
    try:
        response, error = answers.get(timeout=longest)
    except queue.Empty:
        given_up.set()
        raise requests.Timeout(f"no answer came in {longest} s") from None
    if error is not None:
        raise error
    return response


def _chunks(response):
    """Yield the bytes of the file as they arrive, so that a slow server is noticed."""
    import requests
    import urllib3

    read = getattr(response.raw, "read1", response.raw.read)  # read1 is of urllib3 2.1
    raw = iter(partial(read, _CHUNK, decode_content=False), b"")
    encoding = response.headers.get("Content-Encoding", "identity")
    try:
        if encoding == "identity":
            yield from raw
        elif encoding == "gzip":
            yield from _unpacked(raw)
        else:
            raise OSError(f"the server sends it packed as {encoding!r}, which was not asked for")
    except (urllib3.exceptions.HTTPError, zlib.error) as error:
        raise requests.ConnectionError(error) from error


def _unpacked(chunks):
    """Yield what was packed with gzip, all of it, and little at a time."""
    import requests

    unpacker = zlib.decompressobj(wbits=31)
    for chunk in chunks:
        while chunk and not unpacker.eof:
            yield unpacker.decompress(chunk, _CHUNK)
            chunk = unpacker.unconsumed_tail
    if not unpacker.eof:
        raise requests.ConnectionError("what the server packed is cut")


def _in_time(chunks):
    """Yield chunks unless they come too slowly."""
    import requests

    begin, arrived = time.monotonic(), 0
    for chunk in chunks:
        yield chunk
        arrived += len(chunk)
        now = time.monotonic()
        if now - begin > _PATIENCE:
            if arrived < _LEAST:
                raise requests.Timeout(f"only {arrived} bytes came in {now - begin:.0f} s")
            begin, arrived = now, 0


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
