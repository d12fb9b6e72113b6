"""AgeDB-DIR and IMDB-WIKI-DIR: lists, images, and the published split."""

import csv
import gzip
import hashlib
import pickle
import random
import sys

import numpy as np
import pytest
import torch
from made_files import face_list, image_bytes, tar_bytes
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from skdir.datasets import fetch_agedb_dir, fetch_imdb_wiki_dir
from skdir.datasets._dir.sleep import split_by_value
from skdir.metrics import shot_labels
from skdir.neural_network import DeepImbalancedRegressor


def options(server):
    known = {name: hashlib.sha256(content).hexdigest() for name, content in server.files.items()}
    return {"mirror": server.url, "known_hash": known, "n_retries": 0}


@pytest.fixture
def agedb(tmp_path, server):
    """Return options with a list of 30 faces on the server, and their images in a folder."""
    content, rows = face_list(ages=range(20, 50))
    server.files["agedb.csv"] = content
    folder = tmp_path / "own" / "AgeDB"
    folder.mkdir(parents=True)
    for i, (_, path, _) in enumerate(rows):
        (folder.parent / path).write_bytes(image_bytes(i))
    return {"data_home": tmp_path / "home", **options(server)}, folder, rows


def read_labels(shared):
    with gzip.open(shared / "data" / "labels" / "agedb_labels.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    return np.array([int(row["age"]) for row in rows]), np.array([row["split"] for row in rows])


def test_rule_of_the_published_split(shared):
    ages, split = read_labels(shared)
    generator = random.Random(666)
    assert_array_equal(split_by_value(ages, 30, generator.shuffle), split)


def test_shots_of_agedb_are_the_published_ones(shared, tmp_path):
    ages, split = read_labels(shared)
    lines = [
        f"{age},AgeDB/{i}_A_{age}_f.jpg,{part}" for i, (age, part) in enumerate(zip(ages, split))
    ]
    (tmp_path / "agedb.csv").write_text("\n".join(["age,path,split", *lines]))
    faces = fetch_agedb_dir(tmp_path, download_if_missing=False)
    assert [len(faces[part].target) for part in ("train", "val", "test")] == [12208, 2140, 2140]
    shots = shot_labels(y=faces.test.target, **faces.shot_arguments)
    assert [np.sum(shots == shot) for shot in ("many", "medium", "few")] == [1530, 448, 162]
    shots = shot_labels(y=faces.train.target, **faces.shot_arguments)
    assert [np.sum(shots == shot) for shot in ("many", "medium", "few")] == [11154, 851, 203]
    assert len(faces.bins) == 122


def test_thirds_with_a_limit():
    split = split_by_value(np.repeat([3, 1, 2], [2, 9, 40]), 5, lambda rows: None)
    assert_array_equal(split[:2], "train")
    assert_array_equal(split[2:11], np.repeat(["val", "test", "train"], 3))
    assert_array_equal(split[11:], np.repeat(["val", "test", "train"], [5, 5, 30]))


def test_list_without_images(agedb):
    where, _, rows = agedb
    faces = fetch_agedb_dir(**where)
    assert_array_equal(faces.data[:, 0], [path for _, path, _ in rows])
    assert_array_equal(faces.target, [age for age, _, _ in rows])
    assert_array_equal(faces.split, [part for _, _, part in rows])
    assert faces.feature_names == ["path"] and faces.target_names == ["age"]
    assert faces.shot_thresholds == {"many": 100, "few": 20}
    assert "on request" in faces.DESCR
    frame = fetch_agedb_dir(as_frame=True, subset="val", **where).frame
    assert list(frame.columns) == ["path", "age"] and len(frame) == 10


@pytest.mark.parametrize("inner", [True, False])
def test_images_are_read_where_they_are_asked_for(agedb, inner, monkeypatch):
    where, folder, rows = agedb
    faces = fetch_agedb_dir(images=folder if inner else folder.parent, **where)
    opened = []
    real_open = Image.open
    monkeypatch.setattr(
        Image, "open", lambda path, **kw: opened.append(path) or real_open(path, **kw)
    )
    dataset = faces.test.make_dataset(size=8)
    assert opened == [] and len(dataset) == 10
    assert isinstance(dataset, torch.utils.data.Dataset)
    image, target = dataset[3]  # row 11
    assert opened == [str(folder.parent / rows[11][1])]
    assert image.shape == (3, 8, 8) and image.dtype == torch.float32
    assert_allclose(image.mean(dim=(1, 2)), np.array([11, 244, 0]) / 127.5 - 1, atol=0.03)
    assert target == rows[11][0] and target.dtype == torch.float32
    assert faces.test.make_dataset(size=None)[0][0].shape == (3, 10, 20)
    own = faces.test.make_dataset(size=6, transform=lambda image: image.size)
    assert own[0][0] == (6, 6)


def test_dataset_is_pickled_and_loaded_by_workers(agedb):
    where, folder, _ = agedb
    dataset = fetch_agedb_dir(images=folder, as_frame=True, **where).train.make_dataset(size=4)
    again = pickle.loads(pickle.dumps(dataset))
    assert_array_equal(again[2][0], dataset[2][0])
    assert_array_equal(again.targets, np.arange(20, 50, 3))
    loader = torch.utils.data.DataLoader(dataset, batch_size=5, num_workers=1)
    batches = list(loader)
    assert [tuple(batch[0].shape) for batch in batches] == [(5, 3, 4, 4)] * 2
    assert_array_equal(torch.cat([batch[1] for batch in batches]), dataset.targets)


def test_the_deep_regressor_takes_the_dataset(agedb):
    where, folder, _ = agedb
    faces = fetch_agedb_dir(images=folder, **where)
    dataset = faces.train.make_dataset(size=4)
    model = DeepImbalancedRegressor(
        hidden_layer_sizes=(4,), max_epochs=1, device="cpu", random_state=0
    ).fit(dataset)
    assert model.predict(faces.test.make_dataset(size=4)).shape == (10,)


def test_a_name_spelled_otherwise_is_found_by_its_number(agedb):
    where, folder, rows = agedb
    (folder.parent / rows[4][1]).rename(folder / "4_Änn4_24_f.jpg")
    faces = fetch_agedb_dir(images=folder, **where)
    assert faces.data[4, 0] == str(folder / "4_Änn4_24_f.jpg")
    (folder / "4_Änn4_24_f.jpg").unlink()
    message = "'images' parameter of fetch_agedb_dir .* lacks 1 of 30 files such as 4_Ann4_24_f.jpg"
    with pytest.raises(ValueError, match=message):
        fetch_agedb_dir(images=folder, **where)
    with pytest.raises(ValueError, match="lacks 30 of 30 files"):
        fetch_agedb_dir(images=folder / "none", **where)


def test_without_torch_or_pillow_the_list_is_there(agedb, monkeypatch):
    where, folder, _ = agedb
    faces = fetch_agedb_dir(images=folder, **where)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(
        ImportError, match=r"ImagePart.make_dataset requires the package 'PIL'.*data"
    ):
        faces.train.make_dataset()
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(ImportError, match="requires the package 'torch'"):
        faces.train.make_dataset()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"age,name\n1,2\n", "must be a table with the columns age, path, split"),
        (b"age,path,split\nold,a,train\n", "has an age that is no number"),
        (b"age,path,split\n1,a,dev\n", "must have ages from 0 on, 1000 at most, and parts"),
        (b"age,path,split\n-1,a,train\n", "must have ages from 0 on, 1000 at most"),
        (b"age,path,split\n1,a\n", "must have 3 values in row 2, as its header. Got 2"),
    ],
)
def test_lists_that_are_not_what_they_should_be(tmp_path, content, message):
    (tmp_path / "agedb.csv").write_bytes(content)
    with pytest.raises(ValueError, match=f"fetch_agedb_dir: .*agedb.csv {message}"):
        fetch_agedb_dir(tmp_path)


def test_compressed_list(tmp_path):
    with gzip.open(tmp_path / "agedb.csv.gz", "wb") as file:
        file.write(face_list()[0])
    assert fetch_agedb_dir(tmp_path).data.shape == (100, 1)


@pytest.fixture
def imdb(tmp_path, server):
    """Return options with list and images of IMDB-WIKI on the server."""
    content, rows = face_list(("imdb_crop/01", "wiki_crop/02"), ages=[*range(30), 186])
    server.files["imdb_wiki.csv"] = content
    for crop in ("imdb_crop", "wiki_crop"):
        members = {path: image_bytes(age) for age, path, _ in rows if path.startswith(crop)}
        server.files[f"{crop}.tar"] = tar_bytes(members)
    return {"data_home": tmp_path, **options(server)}, rows


def test_imdb_wiki_list_and_images(tmp_path, imdb, server):
    where, rows = imdb
    faces = fetch_imdb_wiki_dir(**where)
    assert [name for name, _ in server.requests] == ["imdb_wiki.csv"]
    assert faces.target.max() == 186 and faces.bins[-1] == 187
    assert_array_equal(faces.data[:, 0], [path for _, path, _ in rows])
    faces = fetch_imdb_wiki_dir(download_images=True, **where)
    folder = tmp_path / "imdb_wiki_dir"
    assert_array_equal(faces.data[:, 0], [str(folder / path) for _, path, _ in rows])
    assert faces.train.make_dataset(size=4)[1][1] == 3
    assert not list(folder.glob("*.tar"))
    # no second download, and the unpacked folder as one's own
    fetch_imdb_wiki_dir(download_images=True, **where)
    assert len(server.requests) == 3
    own = fetch_imdb_wiki_dir(images=folder, **where)
    assert_array_equal(own.data, faces.data)


def test_imdb_wiki_refuses_two_wishes_and_missing_images(tmp_path, imdb):
    where, _ = imdb
    with pytest.raises(ValueError, match="'download_images' parameter .* False where images are"):
        fetch_imdb_wiki_dir(images=tmp_path, download_images=True, **where)
    with pytest.raises(ValueError, match="lacks 31 of 31 files"):
        fetch_imdb_wiki_dir(images=tmp_path, **where)


def test_first_download_is_trusted_with_a_warning(tmp_path, imdb, server):
    where, _ = imdb
    where["known_hash"] = None
    with pytest.warns(UserWarning, match="checksum of imdb_wiki.csv is not published") as record:
        fetch_imdb_wiki_dir(**where)
    assert record[0].filename == __file__
    (tmp_path / "imdb_wiki_dir" / "imdb_wiki.csv").unlink()
    server.files["imdb_wiki.csv"] += b"5,imdb_crop/new.jpg,train\n"
    with pytest.raises(ValueError, match="does not match the known hash"):
        fetch_imdb_wiki_dir(**where)
