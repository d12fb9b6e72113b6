"""Files are written whole or not at all."""

import ast
import errno
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import skdir
from skdir.utils._text.writing import whole_file, write_text

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes and links of POSIX")


@pytest.fixture
def umask():
    before = os.umask(0o027)
    yield
    os.umask(before)


def mode_of(path):
    return stat.S_IMODE(os.stat(path).st_mode)


def test_text_is_written_and_replaced(tmp_path):
    path = tmp_path / "page.html"
    for text in ("ä\n", "shorter", ""):
        write_text(path, text)
        assert path.read_bytes() == text.encode().replace(b"\n", os.linesep.encode())
        assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


@pytest.mark.parametrize("kind", [str, os.fsencode, lambda path: path])
def test_names_of_all_kinds(tmp_path, kind):
    write_text(kind(tmp_path / "a"), "x")
    assert (tmp_path / "a").read_text() == "x"


def test_a_name_of_255_bytes_and_one_without_a_folder(tmp_path, monkeypatch):
    write_text(tmp_path / ("a" * 255), "x")
    monkeypatch.chdir(tmp_path)
    write_text("b", "x")
    assert sorted(len(p.name) for p in tmp_path.iterdir()) == [1, 255]


def write_half(path, error):
    with whole_file(path) as name:
        with open(name, "w") as file:
            file.write("half")
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
@pytest.mark.parametrize("old", [None, "old"])
def test_a_failure_leaves_the_old_file_and_no_litter(tmp_path, error, old):
    path = tmp_path / "a"
    if old:
        path.write_text(old)
    with pytest.raises(error):
        write_half(path, error)
    assert [p.read_text() for p in tmp_path.iterdir()] == [old] * bool(old)


def test_a_failure_after_the_writer_removed_the_file(tmp_path):
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "a") as name:
        os.unlink(name)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("old")

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_text(tmp_path / "a", "new")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


@POSIX
def test_the_file_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda handle: (done.append("fsync"), fsync(handle)))
    monkeypatch.setattr(os, "replace", lambda *names: (done.append("replace"), replace(*names)))
    write_text(tmp_path / "a", "x")
    assert done == ["fsync", "replace", "fsync"]


@POSIX
def test_a_file_system_that_cannot_sync_folders(tmp_path, monkeypatch):
    fsync = os.fsync

    def only_files(handle):
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        fsync(handle)

    monkeypatch.setattr(os, "fsync", only_files)
    write_text(tmp_path / "a", "x")
    assert (tmp_path / "a").read_text() == "x"


@POSIX
@pytest.mark.usefixtures("umask")
def test_modes(tmp_path):
    path = tmp_path / "a"
    write_text(path, "x")
    assert mode_of(path) == 0o640
    for mode in (0o600, 0o666, 0o755):
        path.chmod(mode)
        write_text(path, "y")
        assert mode_of(path) == mode


@POSIX
@pytest.mark.usefixtures("umask")
def test_a_writer_that_puts_another_file_there(tmp_path):
    with whole_file(tmp_path / "a") as name:
        other = tmp_path / "other"
        other.touch(0o600)
        os.replace(other, name)
    assert mode_of(tmp_path / "a") == 0o640


@POSIX
@pytest.mark.parametrize("exists", [True, False])
def test_the_target_of_a_link_is_written(tmp_path, exists):
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "target"
    if exists:
        target.write_text("old")
    for name, to in (("first", "folder/target"), ("second", "first")):
        (tmp_path / name).symlink_to(to)
    write_text(tmp_path / "second", "new")
    assert target.read_text() == "new"
    assert (tmp_path / "first").is_symlink() and (tmp_path / "second").is_symlink()
    assert [p.name for p in (tmp_path / "folder").iterdir()] == ["target"]


def test_folders_and_missing_folders(tmp_path):
    with pytest.raises(OSError) as caught:
        write_text(tmp_path, "x")
    assert isinstance(caught.value, (IsADirectoryError, PermissionError))  # Windows
    with pytest.raises(FileNotFoundError):
        write_text(tmp_path / "none" / "a", "x")
    assert not list(tmp_path.iterdir())


@POSIX
def test_a_circle_of_links(tmp_path):
    (tmp_path / "a").symlink_to("a")
    with pytest.raises(OSError):
        write_text(tmp_path / "a", "x")
    assert (tmp_path / "a").is_symlink()


@POSIX
def test_a_pipe_is_written_and_stays_one(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    got = []
    reader = threading.Thread(target=lambda: got.append(path.read_text()))
    reader.start()
    write_text(path, "x" * 100_000)
    reader.join()
    assert got == ["x" * 100_000]
    assert stat.S_ISFIFO(os.stat(path).st_mode)


@POSIX
def test_the_standard_output_can_be_named():
    code = "from skdir.utils._text.writing import write_text; write_text('/dev/stdout', 'page')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "page"


def no_new_files(monkeypatch):
    """Let no file be made, as in a folder of somebody else's."""
    make = os.open

    def refuse(name, flags, *args, **kwargs):
        if flags & os.O_CREAT and ".skdir-" in str(name):
            raise PermissionError(errno.EACCES, "Permission denied", name)
        return make(name, flags, *args, **kwargs)

    monkeypatch.setattr(os, "open", refuse)


def test_a_file_in_a_folder_in_which_none_can_be_made(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("a longer one")
    no_new_files(monkeypatch)
    write_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"
    with pytest.raises(ValueError):
        write_half(tmp_path / "a", ValueError)
    assert (tmp_path / "a").read_text() == "new"
    with pytest.raises(PermissionError):
        write_text(tmp_path / "b", "new")


def test_a_file_that_may_not_be_written_is_not_replaced(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(0o444)
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # as root may everything
    with pytest.raises(PermissionError):
        write_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "old"


def test_threads_write_one_of_their_texts(tmp_path):
    texts = [str(i) * 10_000 for i in range(8)]
    threads = [threading.Thread(target=write_text, args=(tmp_path / "a", t)) for t in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "a").read_text() in texts
    assert len(list(tmp_path.iterdir())) == 1


@POSIX
def test_devices_are_written():
    write_text("/dev/null", "x")


@POSIX
@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="needs root")
def test_the_owner_is_kept(tmp_path):
    (tmp_path / "a").write_text("old")
    (tmp_path / "a").chmod(0o640)
    os.chown(tmp_path / "a", 12345, 12346)
    write_text(tmp_path / "a", "new")
    status = (tmp_path / "a").stat()
    assert (status.st_uid, status.st_gid, mode_of(tmp_path / "a")) == (12345, 12346, 0o640)


def test_another_owner_that_may_not_be_kept(tmp_path, monkeypatch):
    (tmp_path / "a").write_text("old")
    real = os.stat(tmp_path / "a")
    other = os.stat_result([*real[:4], real.st_uid + 1, *real[5:]])
    monkeypatch.setattr("skdir.utils._text.writing._status", lambda path: other)

    def refuse(*args):
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "chown", refuse, raising=False)
    write_text(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "new"


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EPERM])
def test_a_file_that_cannot_be_replaced_is_written_in_place(tmp_path, monkeypatch, number):
    (tmp_path / "a").write_text("a longer one")

    def held(*names):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "replace", held)  # as that of a file that is mounted
    write_text(tmp_path / "a", "new")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["new"]
    with pytest.raises(OSError):
        write_text(tmp_path / "b", "new")
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("name", ["", "none/", "none/a", "none/../a", "a/"])
def test_names_that_are_none_of_a_file(tmp_path, monkeypatch, name):
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    with pytest.raises(OSError) as expected, open(name, "w"):
        pass
    with pytest.raises(OSError) as caught:
        write_text(name, "x")
    assert isinstance(caught.value, type(expected.value)) or name.endswith("/")
    assert ".skdir-" not in str(caught.value)
    assert [p.name for p in tmp_path.rglob("*")] == ["sub"]


@POSIX
def test_a_link_to_nowhere_is_named_in_the_error(tmp_path):
    (tmp_path / "a").symlink_to("none/b")
    with pytest.raises(FileNotFoundError) as caught:
        write_text(tmp_path / "a", "x")
    assert caught.value.filename == str(tmp_path / "a")


# Calls that write files, and where they stand beside the helper.
WRITERS = {"write_text", "write_bytes", "savefig", "save_file", "to_csv", "dump", "replace"}
ELSEWHERE = {
    ("pages.py", "savefig"),  # into memory
    ("file.py", "save_file"),  # inside of the helper
}


def writes(call):
    """Return the name of a call that writes a file, or None."""
    function = call.func
    name = getattr(function, "id", getattr(function, "attr", None))
    if name == "open" and "os.devnull" in ast.unparse(call):  # no file
        return None
    if name == "open" and "os.open(" in ast.unparse(call):
        return name if "O_CREAT" in ast.unparse(call) else None
    if name == "open":
        modes = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "mode")]
        if isinstance(function, ast.Attribute):  # a path's
            modes += [a for a in call.args[:1] if isinstance(a, ast.Constant)]
        modes = [m.value if isinstance(m, ast.Constant) else "w" for m in modes]  # or unknown
        return name if any(set("wax+") & set(mode) for mode in modes) else None
    if name == "replace":  # that of text and of dataclasses is another
        return name if getattr(getattr(function, "value", None), "id", None) == "os" else None
    helper = name == "write_text" and isinstance(function, ast.Name)
    return name if name in WRITERS and not helper else None


def test_all_writers_use_the_helper():
    found = set()
    for path in Path(skdir.__file__).parent.rglob("*.py"):
        if path.name == "writing.py" or "datasets" in path.parts:  # parts of downloads
            continue
        calls = (n for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call))
        found |= {(path.name, name) for call in calls if (name := writes(call))}
    assert found == ELSEWHERE


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("open(p)", None), ("open(p, 'rb')", None), ("open(p, 'w')", "open"),
        ("p.open(mode='ab')", "open"), ("p.open('x')", "open"),
        ("Image.open(p)", None), ("open(p, mode)", "open"),
        ("open(p, mode=a.mode)", "open"), ("os.open(os.devnull, os.O_WRONLY)", None),
        ("open(os.devnull, 'w')", None),
        ("os.open(p, os.O_CREAT | os.O_WRONLY)", "open"), ("p.write_text(t)", "write_text"),
        ("write_text(p, t)", None), ("s.replace(a, b)", None), ("os.replace(a, b)", "replace"),
    ],
)  # fmt: skip
def test_the_search_finds_writers(code, name):
    assert writes(ast.parse(code, mode="eval").body) == name
