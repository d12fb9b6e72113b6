"""Servers that answer anything: one clear error, in bounded time, and nothing that is trusted."""

import gzip
import http.server
import socketserver
import threading
import time
import warnings

import pytest
from made_files import depth_files, face_list, sentence_files

import skdir.datasets
from skdir.datasets._dir import faces
from skdir.datasets._files import http as http_module

FETCHERS = ["fetch_agedb_dir", "fetch_imdb_wiki_dir", "fetch_nyud2_dir", "fetch_sts_b_dir"]
OK = b"HTTP/1.1 200 OK\r\n"
FILES = {
    **sentence_files(), **depth_files()[0],
    "agedb.csv": face_list()[0], "imdb_wiki.csv": face_list()[0],
}  # fmt: skip


def slow_body(send, content):
    send(OK + b"Content-Length: 9999\r\n\r\n")
    for _ in range(30):
        send(b"x")
        time.sleep(0.05)


def slow_header(send, content):
    send(OK + b"X-Text: ")
    for _ in range(30):
        send(b"x")
        time.sleep(0.05)


def many_headers(send, content):
    send(OK + b"X-Text: 1\r\n" * 1000 + b"\r\n" + content)


def silent(send, content):
    time.sleep(1.2)


def endless(send, content):
    send(OK + b"\r\n")
    while True:
        send(b"x," * 2**15)


# What a server sends where a file should come.
ANSWERS = {
    "nothing": b"",
    "garbage": b"\x00\x01\x02 garbage\r\n\r\n",
    "an empty file": OK + b"Content-Length: 0\r\n\r\n",
    "a web page": OK + b"Content-Type: text/html\r\n\r\n<html>Please log in</html>",
    "json": OK + b'\r\n{"error": "quota", "code": 1}',
    "a long length": OK + b"Content-Length: 99999\r\n\r\nage,path,split\n3,a,train\n",
    "a huge length": OK + b"Content-Length: %d\r\n\r\nage" % 10**40,
    "a length beyond the limit": OK + b"Content-Length: %d\r\n\r\nage" % 10**12,
    "two lengths": OK + b"Content-Length: 3\r\nContent-Length: 7\r\n\r\nage",
    "broken chunks": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nage",
    "cut gzip": OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"age,path\n" * 9)[:-9],
    "no gzip": OK + b"Content-Encoding: gzip\r\n\r\nage,path,split\n",
    "another packing": OK + b"Content-Encoding: br\r\n\r\nage,path,split\n",
    "a bomb": OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(2**21)),
    "a local file": b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n\r\n",
    "a circle": b"HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n",
    "no address": b"HTTP/1.1 302 Found\r\nLocation: http://[::1\r\n\r\n",
    "an address of bytes": b"HTTP/1.1 302 Found\r\nLocation: http://\xff\xfe/\r\n\r\n",
    "nowhere": b"HTTP/1.1 302 Found\r\n\r\n",
    "another part": b"HTTP/1.1 206 Part\r\nContent-Range: bytes 5-9/99\r\n\r\nabcde",
    "no part": b"HTTP/1.1 416 None\r\n\r\n",
    "no content": b"HTTP/1.1 204 None\r\n\r\n",
    "an odd status": b"HTTP/1.1 999 Odd\r\n\r\n",
    "an escape": b"HTTP/1.1 500 \x1b[2J\r\n\r\n",
    "a long wait": b"HTTP/1.1 429 Wait\r\nRetry-After: 99999999999999\r\n\r\n",
    "an odd wait": b"HTTP/1.1 429 Wait\r\nRetry-After: soon\r\n\r\n",
    "an odd version": OK + b'ETag: "\xff\x80\r\nContent-Length: 99\r\n\r\nage',
    "slow body": slow_body,
    "slow header": slow_header,
    "many headers": many_headers,
    "silence": silent,
    "no end": endless,
}


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            while self.rfile.readline().strip():
                pass
            if callable(self.server.answer):
                self.server.answer(self.wfile.write, b"age,path,split\n3,a,train\n")
            else:
                self.wfile.write(self.server.answer)
        except OSError:
            pass  # a client that goes away is part of the tests


class Honest(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        content = FILES[self.path.lstrip("/")]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True


@pytest.fixture
def odd_server(monkeypatch):
    """Return a server, and hurry up."""
    monkeypatch.setattr(http_module, "_TIMEOUT", (0.4, 0.4))
    monkeypatch.setattr(http_module, "_PATIENCE", 0.4)
    monkeypatch.setattr("skdir.datasets._dir.faces._AGEDB", faces._AGEDB._replace(max_bytes=2**20))
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    yield server
    server.shutdown()
    server.server_close()


def urls(server):
    return f"http://127.0.0.1:{server.server_address[1]}"


@pytest.mark.parametrize("answer", ANSWERS)
def test_one_error_in_time_and_nothing_is_trusted(tmp_path, odd_server, answer):
    odd_server.answer = ANSWERS[answer]
    begin = time.monotonic()
    for _ in range(2):
        with pytest.raises((OSError, ValueError), match=r"^(\[Errno 27\] )?fetch_agedb_dir: ") as e:
            skdir.datasets.fetch_agedb_dir(
                tmp_path, mirror=urls(odd_server), n_retries=1, delay=0.01
            )
        message = str(e.value)
        assert "agedb.csv" in message and urls(odd_server) in message
        assert message.isprintable() and len(message) < 800
        assert any(
            words in message for words in ("Try again later", "try again later", "next call")
        )
    assert time.monotonic() - begin < 12
    folder = tmp_path / "agedb_dir"
    assert not (folder / "agedb.csv").exists() and not (folder / "agedb.csv.sha256").exists()
    # the next day
    honest = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Honest)
    thread = threading.Thread(target=honest.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        faces = skdir.datasets.fetch_agedb_dir(tmp_path, mirror=urls(honest))
    honest.shutdown()
    honest.server_close()
    thread.join()
    assert len(faces.target) == 100
    assert (folder / "agedb.csv").read_bytes() == FILES["agedb.csv"]


@pytest.mark.parametrize("answer", ["a web page", "json", "nothing", "an empty file", "cut gzip"])
@pytest.mark.parametrize("name", FETCHERS)
def test_every_fetcher_says_so(tmp_path, odd_server, name, answer):
    odd_server.answer = ANSWERS[answer]
    with pytest.raises((OSError, ValueError), match=f"^{name}: .*{urls(odd_server)}"):
        getattr(skdir.datasets, name)(tmp_path, mirror=urls(odd_server), n_retries=0)
    left = [p.suffix for p in tmp_path.rglob("*") if p.is_file()]
    assert set(left) <= {".lock", ".part"}


@pytest.mark.parametrize("name", FETCHERS)
@pytest.mark.parametrize(
    "mirror",
    [
        "", "file:///tmp", "/tmp", "ftp://a/b", "http://", "http:///a", "http://[::1",
        "http://a b/",
        "http://a:99999/", "http://a/?x=1", "http://a/#b", "http://a/\n", "http://" + "a" * 300,
        "http://a..b/", "javascript:x",
    ],
)  # fmt: skip
def test_mirrors_that_are_no_addresses(tmp_path, name, mirror):
    with pytest.raises(ValueError, match=f"'mirror' parameter of {name} must be the address of a"):
        getattr(skdir.datasets, name)(tmp_path, mirror=mirror)
    assert list(tmp_path.iterdir()) == []


def test_passwords_are_neither_shown_nor_kept(tmp_path, odd_server):
    odd_server.answer = OK + b"Content-Length: 25\r\n\r\nage,path,split\n3,a,train\n"
    mirror = urls(odd_server).replace("//", "//me:secret@")
    with pytest.warns(UserWarning, match="is trusted from now on") as seen:
        skdir.datasets.fetch_agedb_dir(tmp_path, mirror=mirror, n_retries=0)
    assert "secret" not in str(seen[0].message)
    folder = tmp_path / "agedb_dir"
    assert "secret" not in (folder / "agedb.csv.sha256").read_text()
    (folder / "agedb.csv").unlink()
    odd_server.answer = b"HTTP/1.1 404 None\r\n\r\n"
    with pytest.raises(OSError, match="404") as raised:
        skdir.datasets.fetch_agedb_dir(tmp_path, mirror=mirror, n_retries=0)
    assert "secret" not in str(raised.value)
