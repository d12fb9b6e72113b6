"""STS-B-DIR: the true files, and made ones of their form."""

import csv
import gzip
import hashlib
import json

import numpy as np
import pandas as pd
import pytest
from made_files import HEADER, sentence_files
from numpy.testing import assert_allclose, assert_array_equal

from skdir.datasets import fetch_sts_b_dir
from skdir.metrics import ShotReport, shot_labels


def hashes(files):
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


@pytest.fixture
def made(server):
    """Return options that fetch made files from the server."""
    server.files = sentence_files()
    return {"mirror": server.url, "known_hash": hashes(server.files), "n_retries": 0}


@pytest.fixture(scope="module")
def definition(shared):
    return json.loads((shared / "data" / "sts_b_dir" / "split_definition.json").read_text())


@pytest.fixture(scope="module")
def pairs(shared):
    return fetch_sts_b_dir(shared / "data" / "sts_b_dir", download_if_missing=False)


def test_bins_and_shots_are_the_published_ones(pairs, definition):
    counts = {
        name: np.histogram(pairs[part].target, pairs.bins)[0]
        for name, part in (("train", "train"), ("dev", "val"), ("test", "test"))
    }
    for name, count in counts.items():
        assert_array_equal(count, definition[f"{name}_count_bins50"])
    labels = shot_labels(
        pairs.train.target, (pairs.bins[:-1] + pairs.bins[1:]) / 2, bins=pairs.bins,
        **pairs.shot_thresholds,
    )  # fmt: skip
    for shot, bins in definition["shots_hardcoded_bins50"].items():
        assert_array_equal(np.flatnonzero(labels == shot), bins)
    for name, part in (("train", "train"), ("dev", "val"), ("test", "test")):
        shots = shot_labels(y=pairs[part].target, **pairs.shot_arguments)
        for shot, n in definition[f"{name}_n_by_shot"].items():
            assert np.sum(shots == shot) == n
    assert [np.sum(shots == shot) for shot in ("many", "medium", "few")] == [756, 170, 74]


def test_errors_of_a_constant_are_the_published_ones(pairs):
    report = ShotReport(
        pairs.test.target, np.full(1000, pairs.train.target.mean()), metrics=("mse", "mae"),
        **pairs.shot_arguments,
    )  # fmt: skip
    assert_allclose(report.overall["mse"], 2.160, atol=5e-4)
    for shot, mse, mae in (("many", 1.771, 1.119), ("medium", 3.844, 1.872), ("few", 2.270, 1.332)):
        assert_allclose(
            [report.by_shot[shot]["mse"], report.by_shot[shot]["mae"]], [mse, mae], atol=1e-3
        )


def test_rows_are_those_that_pandas_reads(pairs, shared):
    frames = [
        pd.read_csv(shared / "data" / "sts_b_dir" / f"{name}_new.tsv.gz", sep="\t",
                    quoting=csv.QUOTE_NONE, keep_default_na=False)
        for name in ("train", "dev", "test")
    ]  # fmt: skip
    frame = pd.concat(frames, ignore_index=True)
    assert_array_equal(pairs.data, frame[["sentence1", "sentence2"]].to_numpy())
    assert_array_equal(pairs.target, frame["score"].to_numpy(np.float32))
    assert [len(pairs[part].target) for part in ("train", "val", "test")] == [5249, 1000, 1000]
    assert all(name.endswith(".tsv.gz") for name in pairs.filename)


def test_edges_are_those_of_numpy_in_single_precision(tmp_path, made):
    edges = np.histogram(np.array([], np.float32), 50, (0.0, 5.0))[1]
    assert edges.dtype == np.float32
    assert_array_equal(fetch_sts_b_dir(tmp_path, **made).bins, edges)


def test_made_files_are_downloaded_and_read(tmp_path, made, server):
    benchmark = fetch_sts_b_dir(tmp_path, **made)
    assert benchmark.data.shape == (100, 2) and benchmark.data[1, 0] == '"train" said Zoë 1'
    assert (benchmark.data[:, 1] == "NA").all()
    assert_array_equal(benchmark.split, np.repeat(["train", "val", "test"], [60, 20, 20]))
    assert_array_equal(benchmark.val.indices, np.arange(60, 80))
    assert_array_equal(benchmark.val.data, benchmark.data[60:80])
    assert_array_equal(benchmark.target, benchmark.target.astype(np.float32))
    assert benchmark.frame is None and benchmark.target_names == ["score"]
    assert_array_equal(benchmark.shot_arguments["y_train"], benchmark.train.target)
    assert "MIT" in benchmark.DESCR and "10.48550/arXiv.2102.09554" in benchmark.DESCR
    assert [p.startswith(str(tmp_path / "sts_b_dir")) for p in benchmark.filename] == [True] * 3
    # from the folder the second time, and from the folder itself
    fetch_sts_b_dir(tmp_path, **made)
    fetch_sts_b_dir(tmp_path / "sts_b_dir", **made)
    assert len(server.requests) == 3


@pytest.mark.parametrize("subset", ["all", "train", "val", "test"])
@pytest.mark.parametrize("as_frame", [False, True])
def test_subset_and_containers(tmp_path, made, subset, as_frame):
    whole = fetch_sts_b_dir(tmp_path, **made)
    benchmark = fetch_sts_b_dir(tmp_path, subset=subset, as_frame=as_frame, **made)
    rows = np.arange(100) if subset == "all" else whole[subset].indices
    assert_array_equal(np.asarray(benchmark.data), whole.data[rows])
    assert_array_equal(np.asarray(benchmark.target), whole.target[rows])
    assert_array_equal(benchmark.split, whole.split[rows])
    assert_array_equal(np.asarray(benchmark.train.data), whole.train.data)
    X, y = fetch_sts_b_dir(tmp_path, subset=subset, as_frame=as_frame, return_X_y=True, **made)
    assert_array_equal(np.asarray(X), whole.data[rows])
    assert_array_equal(np.asarray(y), whole.target[rows])
    if as_frame:
        assert list(X.columns) == ["sentence1", "sentence2"] and y.name == "score"
        assert list(benchmark.frame.columns) == ["sentence1", "sentence2", "score"]
        assert len(benchmark.frame) == len(rows)
        assert isinstance(benchmark.test.data, pd.DataFrame)


def test_the_environment_names_the_folder(tmp_path, made, monkeypatch):
    monkeypatch.setenv("SKDIR_DATA", str(tmp_path / "a"))
    fetch_sts_b_dir(**made)
    assert (tmp_path / "a" / "sts_b_dir" / "dev_new.tsv").is_file()
    monkeypatch.delenv("SKDIR_DATA")
    monkeypatch.setenv("HOME", str(tmp_path / "b"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "b"))
    fetch_sts_b_dir(**made)
    assert (tmp_path / "b" / "skdir_data" / "sts_b_dir" / "dev_new.tsv").is_file()


def test_other_content_is_refused(tmp_path, made):
    del made["known_hash"]["dev_new.tsv"]  # the published checksum is that of the true file
    with pytest.raises(ValueError, match="dev_new.tsv.* does not match the known hash"):
        fetch_sts_b_dir(tmp_path, **made)
    with pytest.raises(OSError, match="fetch_sts_b_dir: dev_new.tsv is not in"):
        fetch_sts_b_dir(tmp_path, download_if_missing=False, **made)


def rewritten(tmp_path, old, new):
    files = sentence_files()
    files["train_new.tsv"] = files["train_new.tsv"].replace(old, new, 1)
    for name, content in files.items():
        with gzip.open(tmp_path / f"{name}.gz", "wb") as file:
            file.write(content)
    return {"known_hash": hashes(files), "download_if_missing": False}


def test_a_missing_column_and_a_score_that_is_text(tmp_path):
    header = "\t".join(HEADER).encode()
    options = rewritten(tmp_path, header, header.replace(b"score", b"points"))
    with pytest.raises(ValueError, match="must be a table with the columns sentence1, sentence2"):
        fetch_sts_b_dir(tmp_path, **options)
    options = rewritten(tmp_path, b"NA\t0\n", b"NA\tnought\n")
    with pytest.raises(ValueError, match="has a score that is no number"):
        fetch_sts_b_dir(tmp_path, **options)
