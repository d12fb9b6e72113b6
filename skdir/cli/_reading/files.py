"""Open files as text: compressed or not, in UTF-8 or UTF-16, and no others."""

import bz2
import gzip
import io
import lzma
import zipfile
from functools import partial

from skdir.cli._errors import DataError
from skdir.utils._text.safe import printable

_COMPRESSED = {
    b"\x1f\x8b": ".gz",
    b"BZh": ".bz2",
    b"\xfd7zXZ\x00": ".xz",
    b"PK\x03\x04": ".zip",
}
_OTHER = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save its sheet as CSV",
    b"\x28\xb5\x2f\xfd": "compressed by zstd; unpack it first",
    b"ARROW1": "an Arrow file; save it as parquet or CSV",
    b"%PDF": "a PDF",
}
_UNPACK = (".zst", ".tar", ".tgz", ".7z", ".rar", ".lz4")
_WORKBOOK = "an Excel workbook; save its sheet as CSV"


def check_file(path):
    """Refuse what is no file."""
    if path.is_file():
        return
    if str(path) == ".":
        raise DataError("the name of the file is empty, or that of a folder")
    if path.is_dir():
        raise DataError(f"{path} is a folder, not a file")
    what = "is not a regular file; save it first" if path.exists() else "does not exist"
    raise DataError(f"{path} {what}")


def is_parquet(path):
    """Tell whether a file is a parquet file, by its name or its first bytes."""
    if path.suffix.lower() in (".parquet", ".pq"):
        return True
    with open(path, "rb") as file:
        return file.read(4) == b"PAR1"


def open_text(path):
    """Open a file as text with its own line ends; what is no text is refused by its kind."""
    with open(path, "rb") as file:
        start = file.read(8)
    for magic, kind in _OTHER.items():
        if start.startswith(magic):
            raise DataError(f"{path} is {kind}")
    suffix = path.suffix.lower()
    if suffix in _UNPACK or path.suffixes[-2:-1] == [".tar"]:
        raise DataError(f"{path} is an archive of a kind that is not read; unpack it first")
    if suffix not in _COMPRESSED.values():
        suffix = next((s for magic, s in _COMPRESSED.items() if start.startswith(magic)), "")
    binary = _OPEN[suffix](path)
    try:
        start = binary.read(4096)
        binary.seek(0)
        encoding = "utf-8-sig"
        if start.startswith((b"\xff\xfe", b"\xfe\xff")):
            encoding = "utf-16"
        elif b"\x00" in start:
            raise DataError(f"{path} is a binary file, not text")
        return io.TextIOWrapper(binary, encoding=encoding, newline="")
    except BaseException:
        binary.close()
        raise


def _open_zip(path):
    """Open the only file of a zip archive."""
    archive = zipfile.ZipFile(path)
    names = [info.filename for info in archive.infolist() if not info.is_dir()]
    if "[Content_Types].xml" in names:
        raise DataError(f"{path} is {_WORKBOOK}")
    names = [name for name in names if not name.startswith("__MACOSX/")]  # shadows of files
    if len(names) != 1:
        shown = ", ".join(printable(name) for name in names[:3])
        raise DataError(f"{path} holds {len(names)} files ({shown}), not one; unpack it first")
    return archive.open(names[0])


_OPEN = {
    "": partial(open, mode="rb"),
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
    ".zip": _open_zip,
}
