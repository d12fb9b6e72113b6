"""Requests that end: where they lead, how long they last and what is unpacked are bounded."""

import time
import zlib
from functools import partial
from urllib.parse import urljoin, urlsplit, urlunsplit

from skdir.datasets._files.in_time import in_time

# Seconds to wait for a connection, and for the next bytes.
_TIMEOUT = (15, 60)
# A server that sends less than this many bytes in this many seconds is given up.
_LEAST, _PATIENCE = 60_000, 60
_MAX_REDIRECTS = 5
_CHUNK = 1 << 16


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


def open_address(url, headers):
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

    get = partial(_get, url, headers)
    try:
        return in_time(get, sum(_TIMEOUT), late=lambda response: response.close())
    except TimeoutError as error:
        raise requests.Timeout(error) from None


def chunks(response):
    """Yield the bytes of a file as they arrive, unless they come too slowly."""
    return _steady(_arriving(response))


def _arriving(response):
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


def _steady(chunks):
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
