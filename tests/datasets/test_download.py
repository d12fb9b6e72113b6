"""Downloads that break at every stage leave nothing half done, and go on where they stopped."""

import errno
import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import threading
import zipfile
from collections import namedtuple

import pytest

from skdir.datasets._files import http, resume
from skdir.datasets._files.archives import unpack
from skdir.datasets._files.download import RemoteFile, Source, sha256

CONTENT = bytes(range(256)) * 2000  # several chunks
SHA = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def source(tmp_path, server):
    """Return a source of the server's one file that waits for nothing."""
    server.files["data.bin"] = CONTENT
    return Source(tmp_path / "home", "fetch_test", mirror=server.url, n_retries=0, delay=0.0)


def remote(sha=SHA):
    return RemoteFile("data.bin", "http://127.0.0.1:9/none", sha)


def left(source):
    """Return what lies in the folder, but for locks."""
    return sorted(p.name for p in source.folder.iterdir() if p.suffix != ".lock")


def test_a_file_is_downloaded_once(source, server):
    path = source.fetch(remote())
    assert path.read_bytes() == CONTENT
    assert source.fetch(remote()) == path
    assert server.requests == [("data.bin", None)]
    assert left(source) == ["data.bin"]


def test_the_published_address_is_used_without_a_mirror(source, server):
    published = RemoteFile("local.bin", f"{server.url}/data.bin", SHA)
    assert source._replace(mirror=None).fetch(published).name == "local.bin"


@pytest.mark.parametrize("checked", [True, False])
def test_a_cut_connection_is_resumed_within_the_call(source, server, checked):
    server.cuts = [200_000, 150_000]
    source = source._replace(n_retries=2)
    if checked:
        path = source.fetch(remote())
    else:
        with pytest.warns(UserWarning, match="checksum of data.bin is not published"):
            path = source.fetch(remote(None))
    assert path.read_bytes() == CONTENT
    starts = [0 if asked is None else int(asked[6:-1]) for _, asked in server.requests]
    assert len(starts) == 3
    assert 0 < starts[1] <= 200_000
    assert starts[1] < starts[2] <= 350_000


def test_a_cut_connection_is_resumed_by_the_next_call(source, server):
    server.cuts = [300_000]
    with pytest.raises(OSError, match="fetch_test: data.bin could not be downloaded from http"):
        source.fetch(remote())
    assert left(source) == ["data.bin.part", "data.bin.part.version"]
    assert source.fetch(remote()).read_bytes() == CONTENT
    assert server.requests[1][1].startswith("bytes=")
    assert left(source) == ["data.bin"]


def test_a_file_that_changed_meanwhile_begins_anew(source, server):
    server.cuts = [300_000]
    with pytest.raises(OSError, match="could not be downloaded"):
        source.fetch(remote(None))
    server.files["data.bin"] = changed = CONTENT[::-1]
    with pytest.warns(UserWarning, match="not published"):
        path = source.fetch(remote(None))
    assert path.read_bytes() == changed


def test_without_a_version_only_a_checked_file_is_pieced_together(source, server):
    server.versions = False
    server.cuts = [300_000, 300_000]
    with pytest.raises(OSError, match="could not be downloaded"):
        source.fetch(remote())
    with pytest.raises(OSError, match="could not be downloaded"):
        source._replace(known_hash={}).fetch(remote(None))
    assert [asked for _, asked in server.requests] == [None, None]
    assert source.fetch(remote()).read_bytes() == CONTENT
    assert server.requests[2][1] is not None


def test_a_server_without_ranges_sends_all_again(source, server):
    server.ranges = False
    server.cuts = [300_000]
    assert source._replace(n_retries=1).fetch(remote()).read_bytes() == CONTENT


def test_a_server_without_lengths(source, server):
    server.lengths = False
    assert source.fetch(remote()).read_bytes() == CONTENT


def test_a_complete_part_is_accepted(source, server):
    source.folder.mkdir()
    (source.folder / "data.bin.part").write_bytes(CONTENT)
    assert source.fetch(remote()).read_bytes() == CONTENT
    assert server.requests == [("data.bin", f"bytes={len(CONTENT)}-")]


def test_a_part_that_is_too_long_is_dropped(source, server):
    source.folder.mkdir()
    (source.folder / "data.bin.part").write_bytes(CONTENT + b"more")
    assert source._replace(n_retries=1).fetch(remote()).read_bytes() == CONTENT


def test_another_part_than_asked_for_is_refused(source, server, monkeypatch):
    source.folder.mkdir()
    (source.folder / "data.bin.part").write_bytes(CONTENT[:1000])
    get = http._get

    def wrong(url, headers):
        response = get(url, headers)
        if response.status_code == 206:
            response.headers["Content-Range"] = "bytes 17-"
        return response

    monkeypatch.setattr(http, "_get", wrong)
    with pytest.raises(OSError, match="another part than asked for"):
        source.fetch(remote())
    assert source.fetch(remote()).read_bytes() == CONTENT


def test_a_length_that_is_not_kept_is_noticed(source, server, monkeypatch):
    # as where the library below does not count
    monkeypatch.setattr(resume, "chunks", lambda response: iter([CONTENT[:500]]))
    with pytest.raises(OSError, match=f"500 of {len(CONTENT)} bytes arrived"):
        source.fetch(remote())


@pytest.mark.parametrize(("status", "attempts"), [(503, 3), (429, 3), (404, 1), (403, 1)])
def test_only_errors_that_may_pass_are_tried_again(source, server, status, attempts):
    server.statuses = [status] * 9
    with pytest.raises(OSError, match=str(status)):
        source._replace(n_retries=2).fetch(remote())
    assert len(server.requests) == attempts


def test_the_delay_doubles(source, server, monkeypatch):
    slept = []
    monkeypatch.setattr(resume.time, "sleep", slept.append)
    server.statuses = [500] * 3
    source._replace(n_retries=3, delay=0.5).fetch(remote())
    assert slept == [0.5, 1.0, 2.0]


def test_nobody_answers(source):
    with pytest.raises(OSError, match="could not be downloaded from http://127.0.0.1:9/none"):
        source._replace(mirror=None).fetch(remote())


def test_a_wrong_checksum_leaves_nothing(source):
    wrong = "0" * 64
    with pytest.raises(ValueError, match="does not match the known hash"):
        source.fetch(remote(wrong))
    assert left(source) == []
    # and is found in the cache, too
    source.fetch(remote())
    with pytest.raises(OSError, match=f"data.bin has another checksum than {wrong}"):
        source._replace(download_if_missing=False).fetch(remote(wrong))


def test_a_damaged_file_is_downloaded_again(source, server):
    path = source.fetch(remote())
    path.write_bytes(CONTENT[:-1])
    # it may be somebody's own, and is kept under another name
    with pytest.warns(UserWarning, match="is called data.bin.old1 now; delete it"):
        assert source.fetch(remote()).read_bytes() == CONTENT
    assert len(server.requests) == 2
    assert left(source) == ["data.bin", "data.bin.old1"]
    assert path.with_name("data.bin.old1").read_bytes() == CONTENT[:-1]


def test_known_hash_goes_before_the_registry(source):
    source = source._replace(known_hash={"data.bin": SHA})
    assert source.fetch(remote("0" * 64)).read_bytes() == CONTENT


def test_trust_on_first_use(source, server):
    with pytest.warns(UserWarning, match=SHA):
        path = source.fetch(remote(None))
    assert (source.folder / "data.bin.sha256").read_text() == f"{SHA}  {server.url}/data.bin\n"
    source.fetch(remote(None))  # no warning the second time
    path.unlink()
    server.files["data.bin"] = CONTENT[::-1]
    with pytest.raises(ValueError, match="does not match the known hash"):
        source.fetch(remote(None))


def test_no_download_where_it_is_not_wanted(source, server):
    source = source._replace(download_if_missing=False)
    with pytest.raises(OSError, match=r"data.bin is not in .*home and download_if_missing=False"):
        source.fetch(remote())
    assert not source.folder.exists() and server.requests == []


def test_a_file_of_ones_own_is_only_read(source, server):
    source.folder.mkdir()
    with gzip.open(source.folder / "data.bin.gz", "wb") as file:
        file.write(CONTENT)
    path = source.fetch(remote())
    assert path.name == "data.bin.gz" and sha256(path) == SHA
    assert source.fetch(remote(None)) == path
    assert os.listdir(source.folder) == ["data.bin.gz"] and server.requests == []


def test_a_disk_that_fills_up_keeps_what_arrived(source, server, monkeypatch):
    def full(path, mode):
        file = open(path, mode)  # noqa: SIM115
        write = file.write

        def write_some(chunk):
            if file.tell() > 200_000:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return write(chunk)

        wrapped = io.BytesIO()
        wrapped.write = write_some
        wrapped.close = file.close
        return wrapped

    monkeypatch.setattr(resume, "open", full, raising=False)
    with pytest.raises(OSError, match="No space left") as raised:
        source._replace(n_retries=5).fetch(remote())
    assert raised.value.errno == errno.ENOSPC
    assert len(server.requests) == 1  # a full disk does not pass
    assert "data.bin" not in left(source)
    monkeypatch.undo()
    assert source.fetch(remote()).read_bytes() == CONTENT
    assert int(server.requests[1][1][6:-1]) > 200_000


def test_a_disk_that_is_too_small_is_noticed_before(source, server, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(resume.shutil, "disk_usage", lambda path: usage(1000))
    with pytest.raises(OSError, match="0.5 MB are needed and 0.0 MB are free") as raised:
        source.fetch(remote())
    assert raised.value.errno == errno.ENOSPC
    assert not (source.folder / "data.bin.part").exists()


def test_what_is_not_the_file_is_refused(source):
    def inspect(path):
        raise ValueError(f"{path.stat().st_size} bytes of a web page")

    with pytest.raises(ValueError, match="512000 bytes of a web page"):
        source.fetch(remote(), inspect)
    assert left(source) == []


def test_two_processes_at_once_download_once(source, server):
    code = f"""
from pathlib import Path
from skdir.datasets._files.download import RemoteFile, Source
source = Source(Path({str(source.folder)!r}), "fetch_test", mirror={server.url!r})
print(source.fetch(RemoteFile("data.bin", "", {SHA!r})).stat().st_size)
"""
    with open(os.devnull, "w") as null:
        both = [
            subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=null)
            for _ in range(2)
        ]
        answers = [process.communicate()[0].strip() for process in both]
    assert answers == [b"512000"] * 2
    assert server.requests == [("data.bin", None)]
    assert left(source) == ["data.bin"]


def test_who_waits_finds_the_file_of_the_other(source, server, monkeypatch):
    started, go_on = threading.Event(), threading.Event()
    check_space = resume.check_space

    def wait(path, n_bytes):
        started.set()
        assert go_on.wait(10)
        check_space(path, n_bytes)

    monkeypatch.setattr(resume, "check_space", wait)
    paths = []
    threads = [
        threading.Thread(target=lambda: paths.append(source.fetch(remote()))) for _ in range(3)
    ]
    threads[0].start()
    assert started.wait(10)
    for thread in threads[1:]:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(paths) == 3 and len(server.requests) == 1


def make_archive(path, member="faces"):
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as file:
            file.writestr(f"{member}/1.txt", "one")
    else:
        with tarfile.open(path, "w") as file:
            info = tarfile.TarInfo(f"{member}/1.txt")
            info.size = 3
            file.addfile(info, io.BytesIO(b"one"))
    return path


@pytest.mark.parametrize("suffix", [".zip", ".tar"])
def test_unpack(tmp_path, suffix):
    archive = make_archive(tmp_path / f"a{suffix}")
    stopped = tmp_path / ".unpacking-faces-x"  # of a process that was killed
    stopped.mkdir()
    (stopped / "half").write_bytes(b"of it")
    folder = unpack(archive, "faces", caller="fetch_test")
    assert (folder / "1.txt").read_text() == "one" and not archive.exists()
    assert unpack(archive, "faces", caller="fetch_test") == folder  # by another process
    assert sorted(p.name for p in tmp_path.iterdir()) == ["faces", "faces.lock"]


def test_unpack_all_or_nothing(tmp_path, monkeypatch):
    archive = make_archive(tmp_path / "a.zip", "others")
    with pytest.raises(ValueError, match="holds no folder 'faces'"):
        unpack(archive, "faces", caller="fetch_test")

    def full(self, path, members):
        (path / "faces").mkdir()
        raise OSError(errno.ENOSPC, "full")

    make_archive(archive)

    monkeypatch.setattr(zipfile.ZipFile, "extractall", full)
    with pytest.raises(OSError, match="full"):
        unpack(archive, "faces", caller="fetch_test")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.zip", "faces.lock"]


@pytest.mark.parametrize("suffix", [".zip", ".tar"])
@pytest.mark.parametrize("member", ["../faces", "/faces", "faces/../..", "C:/faces", "faces\\.."])
def test_unpack_refuses_to_write_outside(tmp_path, suffix, member):
    archive = make_archive(tmp_path / f"a{suffix}", member)
    with pytest.raises(ValueError, match=f"a{suffix} must name files below one folder. Got"):
        unpack(archive, "faces", caller="fetch_test")
    assert not (tmp_path.parent / "faces").exists()
