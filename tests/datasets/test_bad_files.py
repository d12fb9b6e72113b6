"""Files that are not what they should be: one clear error, whatever is wrong with them."""

import contextlib
import gzip
import io
import os
import shutil
import struct
import subprocess
import tarfile
import warnings
import zipfile
import zlib

import numpy as np
import pytest
from made_files import depth_files, face_list, image_bytes, sentence_files, tar_bytes, zip_bytes
from PIL import Image

import skdir.datasets
from skdir.datasets._files import archives
from skdir.utils._text import reading as text_files

FACES = face_list()[0]
# Function, the data set's folder, and a list or table that it reads.
TABLES = {
    "fetch_agedb_dir": "agedb.csv",
    "fetch_imdb_wiki_dir": "imdb_wiki.csv",
    "fetch_nyud2_dir": "nyu2_train_FDS_subset.csv",
    "fetch_sts_b_dir": "train_new.tsv",
    "load_shhs_dir": "shhs.csv",
}


def utf16(content):
    return content.decode().encode("utf-16")


# What may lie where a table should, made of the right content.
FAULTS = {
    "nothing": lambda content: b"",
    "spaces": lambda content: b" \n\n \n",
    "a web page": lambda content: b"<!DOCTYPE html>\n<html>,,\n</html>",
    "an answer of a server": lambda content: b'{"error": "not found", "code": 404}',
    "an image": lambda content: image_bytes(5),
    "an archive": lambda content: zip_bytes({"a": content}),
    "a pickle": lambda content: b"\x80\x04cos\nsystem\n.",
    "other letters": lambda content: content + "é,é,é".encode("latin-1"),
    "wide letters": utf16,
    "NUL": lambda content: content.replace(b"\n", b"\0\n"),
    "half of a row": lambda content: content[: -len(content.splitlines()[-1]) // 2].rstrip(b"\n"),
    "only a header": lambda content: content.splitlines()[0][:0] + b"age,path,split\n",
    "an endless field": lambda content: content + b'"' + b"x" * 200_000,
    "numbers": lambda content: b"1,2,3\n" * 10,
}
COMPRESSED = {
    "not compressed": lambda content: content,
    "cut": lambda content: gzip.compress(content)[:-12],
    "damaged": lambda content: gzip.compress(content)[:30] + b"\xff" * 30,
    "of another file": lambda content: gzip.compress(b"<html>"),
    "endless": lambda content: gzip.compress(content + b"1" * 2**27, 1),
}


@pytest.fixture
def good():
    """Return the right content by name."""
    return {
        **sentence_files(), **depth_files()[0], "agedb.csv": FACES, "imdb_wiki.csv": FACES,
        "shhs.csv": b"nsrrid,age,gh\n1,50,60\n2,51,60\n",
    }  # fmt: skip


def read(name, folder):
    """Read a data set from a user's folder."""
    if name == "load_shhs_dir":
        there = [p for p in folder.iterdir() if p.name.startswith("shhs.csv")]
        return skdir.datasets.load_shhs_dir(there[0], target="gh")
    options = {"data_home": folder, "download_if_missing": False}
    if name == "fetch_sts_b_dir":  # the checksums of the made files
        options["known_hash"] = {
            p.name.removesuffix(".gz"): skdir_sha256(p) for p in folder.glob("*.tsv*")
        }
    return getattr(skdir.datasets, name)(**options)


def skdir_sha256(path):
    from skdir.datasets._files.download import sha256

    return sha256(path) or "0" * 64


def put(folder, content, name):
    """Put what a function needs into a folder."""
    for file in content if name != "load_shhs_dir" else ["shhs.csv"]:
        (folder / file).write_bytes(content[file])
    if name == "fetch_nyud2_dir":
        with zipfile.ZipFile(io.BytesIO(content["data.zip"])) as file:
            file.extractall(folder)


def snapshot(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize("name", TABLES)
def test_the_right_files_are_read(tmp_path, good, name):
    put(tmp_path, good, name)
    before = snapshot(tmp_path)
    assert len(read(name, tmp_path).target)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_something_else(tmp_path, good, name, fault):
    path = tmp_path / TABLES[name]
    put(tmp_path, good, name)
    path.write_bytes(FAULTS[fault](good[path.name]))
    before = snapshot(tmp_path)
    with pytest.raises(ValueError, match=name) as raised:
        read(name, tmp_path)
    message = str(raised.value)
    assert str(path) in message and len(message) < 700
    assert message.isprintable()
    assert any(remedy in message for remedy in ("Pass the table", "delete it", "a column of"))
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("fault", COMPRESSED)
@pytest.mark.parametrize("name", TABLES)
def test_a_compressed_table_that_is_something_else(tmp_path, good, name, fault, monkeypatch):
    path = tmp_path / TABLES[name]
    put(tmp_path, good, name)
    path.unlink()
    path = path.with_name(path.name + ".gz")
    path.write_bytes(COMPRESSED[fault](good[TABLES[name]]))
    monkeypatch.setattr("skdir.datasets._dir.sleep._MAX_TABLE", text_files.MAX_LIST)
    before = snapshot(tmp_path)
    # what is damaged has no checksum, so that it is not the wanted file
    with pytest.raises((ValueError, OSError), match=name) as raised:
        read(name, tmp_path)
    assert str(path) in str(raised.value)
    assert snapshot(tmp_path) == before


@pytest.mark.parametrize("name", ["fetch_agedb_dir", "fetch_imdb_wiki_dir", "fetch_nyud2_dir"])
@pytest.mark.parametrize(
    "outside",
    [
        "/etc/passwd", "../a.jpg", "data/../../a.jpg", "~/a.jpg", "~root/a.jpg", "C:/a.jpg",
        "C:a.jpg", "data\\..\\a.jpg", "\\\\host\\a.jpg", "data//../../etc/a", "",
        "data/a\x1b[2J.jpg", "data/\u202egpj.a", "//host/a.jpg", "data/" + "x" * 300,
    ],
)  # fmt: skip
def test_lists_name_files_below_one_folder(tmp_path, good, name, outside):
    put(tmp_path, good, name)
    path = tmp_path / TABLES[name]
    if name == "fetch_nyud2_dir":
        path.write_text(f"data/a.jpg,{outside}\n")
    else:
        path.write_text(f"age,path,split\n3,{outside},train\n")
    with pytest.raises(ValueError, match="must name files below one folder. Got ") as raised:
        read(name, tmp_path)
    assert str(path) in str(raised.value) and str(raised.value).isprintable()


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="the system has no links")
def test_links_do_not_lead_out(tmp_path):
    images = tmp_path / "images" / "AgeDB"
    images.mkdir(parents=True)
    (tmp_path / "secret.jpg").write_bytes(image_bytes(3))
    (images / "1.jpg").symlink_to(tmp_path / "secret.jpg")
    (tmp_path / "agedb.csv").write_text("age,path,split\n3,AgeDB/1.jpg,train\n")
    with pytest.raises(ValueError, match=r"'images' .* lie in it. Got .*1.jpg, a link to .*secret"):
        skdir.datasets.fetch_agedb_dir(tmp_path, images=images)
    # the folder of the images may lie on another disk
    (images / "1.jpg").unlink()
    shutil.move(tmp_path / "secret.jpg", images / "1.jpg")
    shutil.move(images, tmp_path / "disk")
    images.symlink_to(tmp_path / "disk")
    faces = skdir.datasets.fetch_agedb_dir(tmp_path, images=images)
    assert faces.data[0, 0] == str(images / "1.jpg")


def npy(values, **options):
    buffer = io.BytesIO()
    np.save(buffer, values, **options)
    return buffer.getvalue()


def huge_header():
    content = npy(np.zeros((2, 228, 304), np.uint8))
    return content.replace(b"(2, 228, 304), ", b"(9**9, 228, 304)")


MASKS = [
    b"", b"<html>", npy(np.array([{}], dtype=object), allow_pickle=True),
    npy(np.zeros((2, 228, 304), np.uint8))[:-5], npy(np.zeros((2, 3, 4))),
    npy(np.zeros((2, 228, 304), "U1")), zip_bytes({"a.npy": npy(np.zeros(3))}),
    b"\x80\x04cos\nsystem\n.", huge_header(),
    npy(np.zeros((2, 228, 304), np.uint8)).replace(b"(2, 228, 304)", b"(-2,228, 304)"),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(MASKS)))
def test_a_mask_that_is_something_else(tmp_path, good, number):
    put(tmp_path, good, "fetch_nyud2_dir")
    path = tmp_path / "test_balanced_mask.npy"
    path.write_bytes(MASKS[number])
    with pytest.raises(ValueError, match="fetch_nyud2_dir: .*test_balanced_mask.npy .*delete it"):
        read("fetch_nyud2_dir", tmp_path)


def zip_with_wrong_sum():
    content = zip_bytes({"data/a.txt": b"one two three"})
    return content.replace(b"one two three", b"one two thREE")


def zip_of_method(method):
    """Return a zip file of an unknown compression."""
    content = bytearray(zip_bytes({"data/a.txt": b"one"}))
    for signature, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        start = content.index(signature) + place
        content[start : start + 2] = struct.pack("<H", method)
    return bytes(content)


def encrypted_zip():
    content = bytearray(zip_bytes({"data/a.txt": b"one"}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(signature) + place] |= 1
    return bytes(content)


def tar_with(kind, **attributes):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as file:
        entry = tarfile.TarInfo("data/a.txt")
        entry.type = kind
        for name, value in attributes.items():
            setattr(entry, name, value)
        file.addfile(entry)
    return buffer.getvalue()


def link_in_zip():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        entry = zipfile.ZipInfo("data/a.txt")
        entry.create_system, entry.external_attr = 3, 0o120777 << 16
        file.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("data/a.txt", bytes(3_000_000))
    return buffer.getvalue()


def lying_bomb():
    """Return an archive that says it unpacks to 10 bytes."""
    content = bytearray(bomb())
    for signature, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = content.index(signature) + place
        content[start : start + 4] = struct.pack("<I", 10)
    return bytes(content)


ARCHIVES = {
    "nothing": b"",
    "a web page": b"<html>",
    "cut zip": zip_bytes({"data/a.txt": b"one" * 99})[:-30],
    "cut tar": tar_bytes({"data/a.txt": b"one" * 999})[:1500],
    "wrong sum": zip_with_wrong_sum(),
    "unknown compression": zip_of_method(9),
    "encrypted": encrypted_zip(),
    "bomb": bomb(),
    "lying bomb": lying_bomb(),
    "compressed tar": gzip.compress(tar_bytes({"data/a.txt": b"one"})),
    "link in zip": link_in_zip(),
    "link": tar_with(tarfile.SYMTYPE, linkname="/etc/passwd"),
    "hard link": tar_with(tarfile.LNKTYPE, linkname="data/b.txt"),
    "device": tar_with(tarfile.CHRTYPE, devmajor=1, devminor=3),
    "pipe": tar_with(tarfile.FIFOTYPE),
    "file and folder": tar_bytes({"data/a": b"one", "data/a/b": b"two"}),
    "a file": tar_bytes({"data": b"one"}),
    "no such folder": tar_bytes({"other/a": b"one"}),
    "beside": zip_bytes({"data/a.txt": b"one", "../b.txt": b"two"}),
    "too many": zip_bytes({f"data/{i}": b"" for i in range(20)}),
}


@pytest.mark.parametrize("fault", ARCHIVES)
def test_an_archive_that_is_something_else(tmp_path, fault, monkeypatch):
    monkeypatch.setattr(archives, "_MAX_BYTES", 2_000_000)
    monkeypatch.setattr(archives, "_MAX_FILES", 10)
    path = tmp_path / "data.zip"
    path.write_bytes(ARCHIVES[fault])
    with pytest.raises(ValueError, match=r"fetch_test: .*data.zip .* delete it"):
        archives.unpack(path, "data", caller="fetch_test")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data.lock", "data.zip"]
    assert path.read_bytes() == ARCHIVES[fault]


def test_damaged_archives_have_one_error(tmp_path):
    """Bytes that are wrong anywhere: the right content, or the one error, and nothing left."""
    rng = np.random.default_rng(0)
    wanted = {"data/a.txt": b"one" * 40, "data/b/c.txt": b"two" * 40}
    for make in (zip_bytes, tar_bytes):
        content = make(wanted)
        for _ in range(150):
            damaged = bytearray(content)
            damaged[rng.integers(len(damaged))] ^= 1 << rng.integers(8)
            path = tmp_path / "data.zip"
            path.write_bytes(damaged)
            with suppress_named(path):
                shutil.rmtree(archives.unpack(path, "data", caller="fetch_test", keep=True))
            assert {p.name for p in tmp_path.iterdir()} <= {"data.lock", "data.zip"}


@contextlib.contextmanager
def suppress_named(path):
    """Let the one error pass that names the file, and no other."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of doubled names
        try:
            yield
        except ValueError as error:
            if f"fetch_test: {path} " not in str(error):
                raise


def make_faces(folder, name="1.jpg", content=None):
    """Return a dataset of one image."""
    (folder / "AgeDB").mkdir(exist_ok=True)
    (folder / "AgeDB" / name).write_bytes(image_bytes(3) if content is None else content)
    (folder / "agedb.csv").write_text(f"age,path,split\n3,AgeDB/{name},train\n")
    return skdir.datasets.fetch_agedb_dir(folder, images=folder / "AgeDB").train.make_dataset(
        size=8
    )


def picture(kind, mode="RGB", size=(8, 8), **options):
    buffer = io.BytesIO()
    Image.new(mode, size).save(buffer, kind, **options)
    return buffer.getvalue()


def huge_png():
    """Return an image of 60,000 x 60,000 pixels as far as its header goes."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    )


IMAGES = {
    "nothing": b"",
    "a web page": b"<html>",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n%%EndComments\nshowpage\n",
    "gif": picture("GIF", "L"),
    "tiff": picture("TIFF"),
    "bmp": picture("BMP"),
    "ppm": picture("PPM"),
    "webp": picture("WEBP"),
    "pdf": picture("PDF"),
    "icon": picture("ICO", size=(16, 16)),
    "cut jpeg": image_bytes(3, size=(200, 100))[:700],
    "cut png": image_bytes(3, "png", size=(200, 100))[:-60],
    "a film": picture("PNG", save_all=True, append_images=[Image.new("RGB", (8, 8), "red")]),
    "transparent": picture("PNG", "RGBA"),
    "too many pixels": huge_png(),
}


@pytest.mark.parametrize("fault", IMAGES)
def test_an_image_that_is_something_else(tmp_path, fault, monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)  # no other program is started
    dataset = make_faces(tmp_path, content=IMAGES[fault])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=r"The image .*1.jpg must be a JPEG or PNG file") as e:
            dataset[0]
    assert str(e.value).isprintable()


def test_items_that_are_not_there(tmp_path):
    dataset = make_faces(tmp_path)
    assert dataset[-1][1] == 3
    for index in (1, -2, 10**30):
        with pytest.raises(IndexError, match=f"index of an item must be below 1. Got {index}"):
            dataset[index]
    for index in (None, 0.0, "0", slice(1), [0]):
        with pytest.raises(TypeError, match="index of an item must be one integer. Got "):
            dataset[index]
    (tmp_path / "AgeDB" / "1.jpg").unlink()
    with pytest.raises(FileNotFoundError, match=r"pass the folder of the images as .*1.jpg"):
        dataset[0]
    # a list without images
    names = skdir.datasets.fetch_agedb_dir(tmp_path).train.make_dataset()
    with pytest.raises(FileNotFoundError, match=r"pass the folder .*AgeDB/1.jpg"):
        names[0]


@pytest.mark.parametrize("size", [0, -1, 2**13 + 1, 1.5, "8", True, np.nan, np.inf, (8, 8), 10**30])
def test_sizes_of_images(tmp_path, size):
    faces = make_faces(tmp_path)
    assert len(faces) == 1
    part = skdir.datasets.fetch_agedb_dir(tmp_path).train
    with pytest.raises(ValueError, match="'size' parameter of ImagePart.make_dataset must be an"):
        part.make_dataset(size=size)
    with pytest.raises(ValueError, match="'transform' parameter of ImagePart.make_dataset"):
        part.make_dataset(transform=size)
