"""Small files in the true form of each benchmark, as bytes by name."""

import io
import tarfile
import zipfile

import numpy as np
from PIL import Image

NAMES = "index genre filename year old_index source1 source2 sentence1 sentence2 score"
HEADER = NAMES.split()


def sentence_files(n_train=60):
    """Return files of STS-B-DIR: quotes and other letters in them, and scores on edges."""
    files = {}
    for part, n in (("train", n_train), ("dev", 20), ("test", 20)):
        rows = [HEADER]
        for i in range(n):
            score = f"{5 * i / (n - 1):.3f}" if i % 3 else f"{i % 6}"
            first = f'"{part}" said Zoë {i}' if i % 2 else f'a single " {i}'
            rows.append(
                [i, "main-news", "MSRpar", "2012", "0001", "none", "none", first, "NA", score]
            )
        text = "\n".join("\t".join(map(str, row)) for row in rows) + "\n"
        files[f"{part}_new.tsv"] = text.encode()
    return files


def image_bytes(value, suffix="jpg", size=(20, 10)):
    """Return an image of one colour."""
    buffer = io.BytesIO()
    colour = (value, 255 - value, 0)
    Image.new("RGB", size, colour).save(buffer, "PNG" if suffix == "png" else "JPEG", quality=95)
    return buffer.getvalue()


def face_list(folders=("AgeDB",), ages=range(100)):
    """Return a list of faces and its rows (age, path, part)."""
    rows = [
        (
            age,
            f"{folders[i % len(folders)]}/{i}_Ann{i}_{age}_f.jpg",
            ("train", "val", "test")[i % 3],
        )
        for i, age in enumerate(ages)
    ]
    lines = ["age,path,split", *(",".join(map(str, row)) for row in rows)]
    return ("\n".join(lines) + "\n").encode(), rows


def tar_bytes(members):
    """Return a tar file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as file:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            file.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def zip_bytes(members):
    """Return a zip file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)
    return buffer.getvalue()


def depth_bytes(values):
    """Return a depth map as PNG, of 8 or 16 bits as its values."""
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "PNG")
    return buffer.getvalue()


def depth_files(n_train=3, n_test=2, seed=0):
    """Return the files of NYUD2-DIR, images of half the true size, and its depth maps."""
    rng = np.random.default_rng(seed)
    members, maps, lists = {}, [], {"train": [], "test": []}
    for part, n in (("train", n_train), ("test", n_test)):
        for i in range(n):
            names = [f"data/nyu2_{part}/room/{i}.{suffix}" for suffix in ("jpg", "png")]
            if part == "train":
                depth = rng.integers(18, 256, size=(240, 320), dtype=np.uint8)
            else:
                depth = rng.integers(700, 10_000, size=(240, 320), dtype=np.uint16)
            maps.append(depth)
            members[names[0]] = image_bytes(50 + i, size=(320, 240))
            members[names[1]] = depth_bytes(depth)
            lists[part].append(",".join(names))
        members[f"data/nyu2_{part}.csv"] = ("\n".join(lists[part]) + "\n").encode()
    mask = io.BytesIO()
    np.save(mask, rng.integers(0, 2, size=(n_test, 228, 304), dtype=np.uint8))
    files = {
        "data.zip": zip_bytes(members),
        "test_balanced_mask.npy": mask.getvalue(),
        "nyu2_train_FDS_subset.csv": "\n".join(lists["train"][:0:-1]).encode(),
    }
    return files, maps
