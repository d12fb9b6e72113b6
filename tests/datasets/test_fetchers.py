"""What all functions that read files have in common."""

import hashlib
import inspect
import os
import sys
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from made_files import depth_files, face_list, sentence_files

import skdir.datasets
from skdir.datasets._dir import descriptions

FETCHERS = ["fetch_agedb_dir", "fetch_imdb_wiki_dir", "fetch_nyud2_dir", "fetch_sts_b_dir"]
READERS = [name for name in skdir.datasets.__all__ if name.startswith(("fetch", "load"))]


@pytest.fixture
def valid(tmp_path, server):
    """Return valid options for each function, with files on the server."""
    faces = face_list()[0]
    server.files = {
        **sentence_files(), **depth_files()[0], "agedb.csv": faces, "imdb_wiki.csv": faces,
    }  # fmt: skip
    (tmp_path / "shhs.csv").write_text("nsrrid,age,gh\n1,50,60\n2,51,60\n")
    where = {"data_home": tmp_path, "mirror": server.url, "n_retries": 0}
    options = dict.fromkeys(FETCHERS, where)
    options["load_shhs_dir"] = {"path": tmp_path / "shhs.csv", "target": "gh"}
    options["fetch_imbalanced_tabular"] = {"name": "boston"}
    return options


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (name, parameter)
        for name in READERS
        for parameter in inspect.signature(getattr(skdir.datasets, name)).parameters
    ],
)
def test_nonsense_is_refused_by_name(valid, server, name, parameter):
    function = getattr(skdir.datasets, name)
    with pytest.raises((ValueError, TypeError), match=f"'{parameter}' parameter of {name}"):
        function(**{**valid[name], parameter: object()})
    assert server.requests == []


@pytest.mark.parametrize("name", FETCHERS)
@pytest.mark.parametrize("known_hash", [{"strange.csv": "0"}, {"agedb.csv": 5}])
def test_checksums_of_other_files_are_refused(valid, name, known_hash):
    with pytest.raises(ValueError, match=f"'known_hash' parameter of {name} must be a dict with"):
        getattr(skdir.datasets, name)(**{**valid[name], "known_hash": known_hash})


@pytest.mark.parametrize("name", FETCHERS)
def test_nothing_is_downloaded_where_it_is_not_wanted(valid, server, name):
    with pytest.raises(OSError, match=f"{name}: .* is not in .* download_if_missing=False"):
        getattr(skdir.datasets, name)(**{**valid[name], "download_if_missing": False})
    assert server.requests == []


@pytest.mark.parametrize("name", FETCHERS)
def test_retries_and_delay_reach_the_download(valid, server, name, monkeypatch):
    slept = []
    monkeypatch.setattr("time.sleep", slept.append)
    server.statuses = [503] * 20
    with pytest.raises(OSError, match="503"):
        getattr(skdir.datasets, name)(**{**valid[name], "n_retries": 2, "delay": 0.5})
    assert slept == [0.5, 1.0] and len(server.requests) == 3


@pytest.mark.parametrize("package", ["filelock", "requests"])
def test_without_a_package_the_message_says_what_to_install(valid, monkeypatch, package):
    known = {name: hashlib.sha256(b"").hexdigest() for name in ("agedb.csv",)}
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"requires the package '{package}'.*scikit-dir\[data\]"):
        skdir.datasets.fetch_agedb_dir(**{**valid["fetch_agedb_dir"], "known_hash": known})


@pytest.mark.parametrize("name", ["STS_B", "AGEDB", "IMDB_WIKI", "NYUD2", "SHHS"])
def test_descriptions_say_what_one_must_know(name):
    text = getattr(descriptions, name)
    for word in ("Split:", "Bins:", "Shots:", "Licence:", "Metrics of the paper:"):
        assert word in text
    assert ("By hand:" in text) == (name in ("AGEDB", "SHHS"))


def test_signatures_agree():
    first, *others = (
        inspect.signature(getattr(skdir.datasets, name)).parameters for name in FETCHERS
    )
    shared = [name for name in first if name != "images"]
    for parameters in others:
        assert [name for name in parameters if name in shared] == shared
        for name in shared:
            assert parameters[name].default == first[name].default


NEVER = [
    -1, np.nan, np.inf, 10**400, 2**64, True, np.True_, "1", "nonsense", b"1", 1j, Decimal(1),
    Fraction(1, 2), [], {}, len, np.timedelta64(1), np.array([1, 2]),
]  # fmt: skip
NUMBERS = [
    *((name, number) for name in FETCHERS for number in ("n_retries", "delay")),
    *(("fetch_imbalanced_tabular", number) for number in ("n_retries", "delay")),
    ("load_shhs_dir", "max_per_score"),
]


@pytest.mark.parametrize("value", NEVER, ids=range(len(NEVER)))
@pytest.mark.parametrize(("name", "number"), NUMBERS)
def test_what_is_never_a_number(valid, server, name, number, value):
    if number == "delay" and isinstance(value, Fraction):
        value = Fraction(-1, 2)
    with pytest.raises(ValueError, match=f"'{number}' parameter of {name} must be "):
        getattr(skdir.datasets, name)(**{**valid[name], number: value})
    assert server.requests == []


@pytest.mark.parametrize(
    "home", ["", "  ", "\0", "a\0b", "~nobody-of-this-name/x", "file", "file/sub", b"\xff\0"]
)
@pytest.mark.parametrize("name", [*FETCHERS, "fetch_imbalanced_tabular"])
def test_folders_that_cannot_be(valid, server, tmp_path, monkeypatch, name, home):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("my own")
    if isinstance(home, bytes):
        home = os.fsdecode(home)
    with pytest.raises(ValueError, match=f"'data_home' parameter of {name} must be "):
        getattr(skdir.datasets, name)(**{**valid[name], "data_home": home})
    assert (tmp_path / "file").read_text() == "my own"
    assert server.requests == []


@pytest.mark.parametrize("name", FETCHERS)
def test_a_file_where_the_folder_of_the_data_set_should_be(valid, server, tmp_path, name):
    folder = tmp_path / name.removeprefix("fetch_")
    folder.write_text("my own")
    with pytest.raises(ValueError, match=f"'data_home' parameter of {name} must be a folder"):
        getattr(skdir.datasets, name)(**valid[name])
    assert folder.read_text() == "my own"


@pytest.mark.parametrize("name", FETCHERS)
def test_ones_own_files_of_any_content_are_never_written(valid, server, tmp_path, name):
    """Files and folders with the names of all that is downloaded, in data_home itself."""
    for file in server.files:
        (tmp_path / f"{file}.gz").mkdir()
        (tmp_path / f"{file}.part").write_text("my own")
        (tmp_path / f"{file}.lock").write_text("my own")
        (tmp_path / f"{file}.sha256").write_text("my own")
    before = {p: p.read_text() for p in tmp_path.iterdir() if p.is_file()}
    known = {k: hashlib.sha256(v).hexdigest() for k, v in server.files.items()}
    ours = {
        "fetch_agedb_dir": ["agedb.csv"], "fetch_imdb_wiki_dir": ["imdb_wiki.csv"],
        "fetch_nyud2_dir": [k for k in known if k.endswith(("zip", "npy", "subset.csv"))],
        "fetch_sts_b_dir": [k for k in known if k.endswith("tsv")],
    }[name]  # fmt: skip
    options = {**valid[name], "known_hash": {k: known[k] for k in ours}}
    assert len(getattr(skdir.datasets, name)(**options).target)
    assert {p: p.read_text() for p in tmp_path.iterdir() if p.is_file()} == before
