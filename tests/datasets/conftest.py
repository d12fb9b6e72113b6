"""A server on this machine whose faults can be ordered."""

import http.server
import threading

import pytest


class Server(http.server.ThreadingHTTPServer):
    """Serves bytes by name, in parts if asked for, with the faults that are in its lists."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files, self.requests = {}, []
        self.cuts, self.statuses = [], []  # one is used up per request
        self.versions, self.ranges, self.lengths = True, True, True
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        pass  # a client that goes away is part of the tests


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server, name = self.server, self.path.lstrip("/")
        asked, condition = self.headers.get("Range"), self.headers.get("If-Range")
        server.requests.append((name, asked))
        status = server.statuses.pop(0) if server.statuses else None
        if status or name not in server.files:
            self.send_error(status or 404)
            return
        content = server.files[name]
        version = f'"{hash(content)}"'
        start = 0
        if asked and server.ranges and condition in (None, version):
            start = int(asked.removeprefix("bytes=").removesuffix("-"))
            if start >= len(content):
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(content)}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            self.send_response(200)
        if server.lengths:
            self.send_header("Content-Length", str(len(content) - start))
        if server.versions:
            self.send_header("ETag", version)
        self.end_headers()
        cut = server.cuts.pop(0) if server.cuts else None
        self.wfile.write(content[start:][:cut])
        self.close_connection = True

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    """Return a running server without files."""
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(autouse=True)
def no_other_server(monkeypatch):
    """Let no test reach beyond this machine, whatever proxy is set."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
