"""NYUD2-DIR: lists, images, depth maps, bins and counts of pixels."""

import hashlib
import pickle
import shutil

import numpy as np
import pytest
from made_files import depth_bytes, depth_files, zip_bytes
from numpy.testing import assert_allclose, assert_array_equal
from PIL import Image

from skdir.datasets import fetch_nyud2_dir
from skdir.datasets._dir import depth as depth_module
from skdir.datasets._dir.depth import depth_edges
from skdir.datasets._files.images import crop, read_depth
from skdir.metrics import ShotReport, shot_labels


@pytest.fixture
def made(tmp_path, server):
    """Return options with all files on the server, and the depth maps in them."""
    server.files, maps = depth_files()
    known = {name: hashlib.sha256(content).hexdigest() for name, content in server.files.items()}
    where = {
        "data_home": tmp_path / "home", "mirror": server.url, "known_hash": known, "n_retries": 0,
    }  # fmt: skip
    return where, maps


def cut(depth):
    """Return the middle of a map of 240 x 320, whose scale needs no change."""
    return depth[6:234, 8:312]


def reference_bin(depth):
    """Return the bin of each depth as the protocol has it: ten times in float32, rounded down."""
    return np.minimum((depth.astype(np.float32) * np.float32(10)).astype(int), 99)


def test_edges_put_every_depth_that_files_hold_into_its_bin():
    edges = depth_edges()
    millimetres = np.arange(1, 10_000).astype(np.float32) / np.float32(1000)
    of_8_bits = np.arange(255).astype(np.float32) / np.float32(255) * np.float32(10)
    near = np.concatenate(
        [np.nextafter(edges.astype(np.float32), np.float32(side)) for side in (0, 20)]
    )
    for depth in (millimetres, of_8_bits, edges[:-1].astype(np.float32), near[near < 10]):
        found = np.searchsorted(edges, depth.astype(np.float64), side="right") - 1
        assert_array_equal(found, reference_bin(depth))
    assert_allclose(edges, np.arange(101) / 10, atol=1e-6)


def test_fetch(tmp_path, made, server):
    where, _ = made
    rooms = fetch_nyud2_dir(**where)
    folder = tmp_path / "home" / "nyud2_dir"
    assert_array_equal(rooms.split, ["train"] * 3 + ["test"] * 2)
    assert rooms.data[4, 0] == str(folder / "data" / "nyu2_test" / "room" / "1.jpg")
    assert rooms.target[4] == str(folder / "data" / "nyu2_test" / "room" / "1.png")
    assert rooms.val is None and rooms.train_counts is None and rooms.shot_arguments is None
    assert_array_equal(rooms.fds_indices, [2, 1])
    assert not (folder / "data.zip").exists()
    assert "Google Drive" in rooms.DESCR
    fetch_nyud2_dir(**where)
    assert len(server.requests) == 3
    frame = fetch_nyud2_dir(as_frame=True, subset="test", **where).frame
    assert list(frame.columns) == ["image", "depth"] and len(frame) == 2
    data, depth = fetch_nyud2_dir(return_X_y=True, **where)
    assert_array_equal(data, rooms.data)
    assert_array_equal(depth, rooms.target)
    with pytest.raises(ValueError, match=r"'subset' parameter .* one of \['train', 'test'\]"):
        fetch_nyud2_dir(subset="val", **where)


def test_items_are_images_and_depth_maps(made):
    where, maps = made
    rooms = fetch_nyud2_dir(**where)
    dataset = rooms.train.make_dataset()
    assert len(dataset) == 3
    image, depth = dataset[1]
    assert image.shape == (3, 228, 304) and depth.shape == (1, 228, 304)
    assert_allclose(image.mean(dim=(1, 2)), np.array([51, 204, 0]) / 255, atol=0.02)
    assert_allclose(depth[0], cut(maps[1]) / 25.5, rtol=1e-6)
    image, depth = rooms.test.make_dataset()[0]
    counts = rooms.test.mask[0].astype(bool)
    assert 0 < counts.sum() < counts.size
    depth = depth.numpy()
    assert_array_equal(np.isnan(depth[0]), ~counts)
    assert_allclose(depth[0][counts], (cut(maps[3]) / 1000)[counts], rtol=1e-6)
    own = rooms.test.make_dataset(transform=lambda image, depth: (image.shape, depth.shape))
    assert own[1] == ((3, 228, 304), (1, 228, 304))
    again = pickle.loads(pickle.dumps(rooms.test.make_dataset()))
    assert_array_equal(again[0][1], depth)


def test_true_size_is_scaled_and_cut(tmp_path):
    values = np.zeros((480, 640), dtype=np.uint8)
    values[::2], values[1::2] = 10, 20
    assert crop(Image.fromarray(values), Image.Resampling.NEAREST).size == (304, 228)
    path = tmp_path / "depth.png"
    path.write_bytes(depth_bytes(values))
    depth = read_depth(path)
    assert depth.shape == (228, 304) and depth.dtype == np.float32
    # nearest neighbours are not mixed
    assert set(np.unique(depth)) <= {np.float32(v) / 255 * np.float32(10) for v in (10, 20)}
    upright = crop(Image.new("L", (480, 640)), Image.Resampling.NEAREST)
    assert upright.size == (304, 228)


def test_counts_of_pixels_are_kept_and_used(tmp_path, made, monkeypatch):
    where, maps = made
    rooms = fetch_nyud2_dir(count_pixels=True, **where)
    bins = [reference_bin(cut(m) / np.float32(255) * np.float32(10)) for m in maps[:3]]
    assert_array_equal(rooms.train_counts, np.bincount(np.ravel(bins), minlength=100))
    monkeypatch.setattr(depth_module, "TargetBins", None)  # not counted again
    again = fetch_nyud2_dir(count_pixels=True, **where)
    assert_array_equal(again.train_counts, rooms.train_counts)
    assert_array_equal(fetch_nyud2_dir(**where).train_counts, rooms.train_counts)
    # errors of pixels by shot, against a loop over bins
    depth = np.concatenate([m.ravel()[:500] for m in maps[3:]]) / np.float32(1000)
    shots = {**rooms.shot_arguments, "many": 2200, "few": 2000}
    report = ShotReport(depth, depth + 1, metrics=("rmse",), **shots)
    counts = rooms.train_counts[reference_bin(depth)]
    assert report.by_shot["many"]["n"] == np.sum(counts > 2200)
    assert report.by_shot["few"]["n"] == np.sum((counts < 2000) & (counts > 0))
    (tmp_path / "home" / "nyud2_dir" / "nyud2_train_bucket_num.csv").write_text("train_pixels\n1\n")
    with pytest.raises(ValueError, match=r"100 bins. Got 1. Delete it, and count_pixels=True"):
        fetch_nyud2_dir(**where)


def test_shots_of_the_published_counts(shared, tmp_path, made):
    where, _ = made
    fetch_nyud2_dir(**where)
    shutil.copy(
        shared / "data" / "labels" / "nyud2_train_bucket_num.csv", tmp_path / "home" / "nyud2_dir"
    )
    rooms = fetch_nyud2_dir(**where)
    assert rooms.train_counts.sum() == 3_513_286_656
    shots = shot_labels(
        rooms.shot_arguments["y_train"], rooms.shot_arguments["y_train"], bins=rooms.bins,
        sample_weight=rooms.train_counts, **rooms.shot_thresholds,
    )  # fmt: skip
    # the paper's few are 46 bins, of which 7 have no pixel at all
    assert [np.sum(shots == s) for s in ("many", "medium", "few", "zero")] == [39, 15, 39, 7]
    assert_array_equal(
        np.flatnonzero(shots == "medium"),
        [7, 8, 46, 48, 50, 51, 52, 53, 54, 55, 56, 58, 60, 61, 63],
    )


def test_images_of_ones_own(tmp_path, made, server):
    where, _ = made
    rooms = fetch_nyud2_dir(**where)
    own = tmp_path / "own"
    shutil.move(tmp_path / "home" / "nyud2_dir" / "data", own)
    again = fetch_nyud2_dir(images=own, **where)
    assert again.data[0, 0] == str(own / "nyu2_train" / "room" / "0.jpg")
    assert_array_equal(again.fds_indices, rooms.fds_indices)
    (own / "nyu2_train" / "room" / "0.png").unlink()
    with pytest.raises(ValueError, match="'images' .* lacks 1 of 5 files such as 0.png"):
        fetch_nyud2_dir(images=own, **where)
    with pytest.raises(ValueError, match="'images' .* a folder with the list nyu2_train.csv"):
        fetch_nyud2_dir(images=tmp_path, **where)


def test_an_archive_that_is_a_web_page(tmp_path, made, server):
    where, _ = made
    server.files["data.zip"] = b"<html>Google Drive can't scan this file for viruses.</html>"
    where["known_hash"] = {**where["known_hash"]}
    del where["known_hash"]["data.zip"]
    with pytest.raises(ValueError, match=r"page that asks for confirmation.*nyud2_dir.data.zip"):
        fetch_nyud2_dir(**where)
    # put there by hand
    archive, _ = depth_files()
    (tmp_path / "home" / "nyud2_dir" / "data.zip").write_bytes(archive["data.zip"])
    assert len(fetch_nyud2_dir(**where).target) == 5


def test_files_that_do_not_belong_together(tmp_path, made, server):
    where, _ = made
    other, _ = depth_files(n_test=1)
    server.files["test_balanced_mask.npy"] = other["test_balanced_mask.npy"]
    where["known_hash"] = {
        name: hashlib.sha256(content).hexdigest() for name, content in server.files.items()
    }
    with pytest.raises(ValueError, match="one mask per test image, 2. Got 1"):
        fetch_nyud2_dir(**where)
    folder = tmp_path / "home" / "nyud2_dir"
    where["known_hash"] = None
    (folder / "test_balanced_mask.npy").write_bytes(depth_files()[0]["test_balanced_mask.npy"])
    (folder / "nyu2_train_FDS_subset.csv").write_text("data/strange.jpg,data/strange.png\n")
    with pytest.raises(ValueError, match="must be a part of the training images. Got strange.jpg"):
        fetch_nyud2_dir(**where)
    (folder / "data" / "nyu2_test.csv").write_text("data/one.jpg\n")
    with pytest.raises(ValueError, match="must have two columns"):
        fetch_nyud2_dir(**where)


def test_an_archive_without_the_folder(made, server):
    where, _ = made
    server.files["data.zip"] = content = zip_bytes({"other/a.csv": b""})
    where["known_hash"]["data.zip"] = hashlib.sha256(content).hexdigest()
    with pytest.raises(ValueError, match="holds no folder 'data'"):
        fetch_nyud2_dir(**where)
