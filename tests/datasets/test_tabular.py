"""Tables from OpenML: a server of its form on this machine, a damaged file, and the cache."""

import gzip
import hashlib
import json
import time
import urllib.request
import warnings
from types import SimpleNamespace
from urllib.parse import urlparse

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal
from sklearn.datasets import _openml

from skdir.datasets import _tabular as tabular
from skdir.datasets import fetch_imbalanced_tabular

ARFF = b"""@RELATION made
@ATTRIBUTE sex {F, M}
@ATTRIBUTE length NUMERIC
@ATTRIBUTE rings INTEGER
@DATA
M,0.5,15
F,0.3,7
M,?,9
"""


@pytest.fixture
def openml(server, monkeypatch):
    """Serve one small table as number 44956, abalone, and lead scikit-learn to it."""

    def feature(index, name, kind, target="false"):
        return {
            "index": str(index), "name": name, "data_type": kind, "is_target": target,
            "is_ignore": "false", "is_row_identifier": "false", "number_of_missing_values": "0",
        }  # fmt: skip

    description = {
        "id": "44956", "name": "abalone", "version": "5", "format": "ARFF", "status": "active",
        "description": "Shells.", "licence": "CC BY 4.0", "file_id": "7",
        "url": "https://www.openml.org/data/v1/download/7", "default_target_attribute": "rings",
        "md5_checksum": hashlib.md5(ARFF).hexdigest(),
    }  # fmt: skip
    features = [
        feature(0, "sex", "nominal"),
        feature(1, "length", "numeric"),
        feature(2, "rings", "numeric", "true"),
    ]
    qualities = [{"name": "NumberOfInstances", "value": "3"}]
    api = "api/v1/json/data"
    server.files = {
        f"{api}/44956": json.dumps({"data_set_description": description}).encode(),
        f"{api}/features/44956": json.dumps({"data_features": {"feature": features}}).encode(),
        f"{api}/qualities/44956": json.dumps({"data_qualities": {"quality": qualities}}).encode(),
        "data/v1/download/7": ARFF,
    }

    def urlopen(request):
        return urllib.request.urlopen(server.url + urlparse(request.full_url).path)

    monkeypatch.setattr(_openml, "urlopen", urlopen)
    # Of one of four requests scikit-learn does not hand on how long to wait for the next try.
    monkeypatch.setattr(_openml, "time", SimpleNamespace(sleep=lambda delay: None))
    return server


def test_numbers(openml, tmp_path):
    table = fetch_imbalanced_tabular("abalone", data_home=tmp_path)
    assert_array_equal(table.data, [[1, 0.5], [0, 0.3], [1, np.nan]])
    assert_array_equal(table.target, [15, 7, 9])
    assert table.target.dtype == np.float64
    assert table.categories == {"sex": ["F", "M"]}
    assert table.feature_names == ["sex", "length"] and table.target_names == ["rings"]
    assert table.frame is None and table.data_id == 44956
    assert table.DESCR.startswith("Shells.") and table.DESCR.endswith("there: CC BY 4.0.")
    X, y = fetch_imbalanced_tabular("abalone", data_home=tmp_path, return_X_y=True)
    assert_array_equal(X, table.data)
    assert_array_equal(y, table.target)


def test_frames(openml, tmp_path):
    table = fetch_imbalanced_tabular("abalone", data_home=tmp_path, as_frame=True)
    assert isinstance(table.data["sex"].dtype, pd.CategoricalDtype)
    assert table.target.name == "rings" and table.target.dtype == np.float64
    assert list(table.frame.columns) == ["sex", "length", "rings"]
    assert_array_equal(table.frame["rings"], table.target)
    X, y = fetch_imbalanced_tabular("abalone", data_home=tmp_path, as_frame=True, return_X_y=True)
    assert isinstance(X, pd.DataFrame) and isinstance(y, pd.Series)


def test_second_time_from_the_folder(openml, tmp_path, monkeypatch):
    monkeypatch.setenv("SKDIR_DATA", str(tmp_path))
    fetch_imbalanced_tabular("abalone")
    n_requests = len(openml.requests)
    assert n_requests == 4 and (tmp_path / "openml").is_dir()
    fetch_imbalanced_tabular("abalone", data_home=tmp_path)
    assert len(openml.requests) == n_requests


def test_a_damaged_file_is_not_accepted(openml, tmp_path):
    fetch_imbalanced_tabular("abalone", data_home=tmp_path)
    (path,) = (tmp_path / "openml").rglob("download/7*")
    with gzip.open(path, "wb") as file:
        file.write(ARFF.replace(b"15", b"51"))
    with pytest.warns(RuntimeWarning, match="Invalid cache, redownloading"):
        table = fetch_imbalanced_tabular("abalone", data_home=tmp_path)
    assert_array_equal(table.target, [15, 7, 9])
    path.unlink()
    openml.files["data/v1/download/7"] = ARFF.replace(b"15", b"51")
    with (
        pytest.warns(RuntimeWarning, match="Invalid cache, redownloading"),
        pytest.raises(ValueError, match="md5 checksum"),
    ):
        fetch_imbalanced_tabular("abalone", data_home=tmp_path)


def test_what_is_handed_on(monkeypatch, tmp_path):
    handed = {}

    def stop(**options):
        handed.update(options)
        raise OSError("no network")

    monkeypatch.setattr(tabular, "fetch_openml", stop)
    with pytest.raises(OSError, match="no network"):
        fetch_imbalanced_tabular("boston", data_home=tmp_path, n_retries=7, delay=0.25)
    assert handed == {
        "data_id": 531, "data_home": str(tmp_path), "as_frame": False, "parser": "liac-arff",
        "n_retries": 7, "delay": 0.25,
    }  # fmt: skip


def test_names_are_those_of_the_docstring_and_numbers_differ():
    names = sorted(tabular._IDS)
    text = " ".join(fetch_imbalanced_tabular.__doc__.split())
    assert "name : {" + ", ".join(f"'{name}'" for name in names) + "}" in text
    assert len(set(tabular._IDS.values())) == len(names) >= 12


ERRORS = {
    "a web page": (b"<html>Please log in</html>", ValueError),
    "nothing": (b"", ValueError),
    "no words": (b"\xff\xfe\x00", ValueError),
    "an answer of another kind": (b'{"error": "quota"}', ValueError),
    "a list": (b"[1, 2]", ValueError),
    "a status": (None, OSError),
}


@pytest.mark.parametrize("as_frame", [True, False])
@pytest.mark.parametrize(
    ("fault", "place"),
    # the third file has qualities, without which scikit-learn does
    [(f, i) for f in ERRORS for i in range(4) if (f, i) != ("an answer of another kind", 2)],
)
def test_whatever_openml_answers_is_one_error(openml, tmp_path, fault, place, as_frame):
    content, kind = ERRORS[fault]
    name = list(openml.files)[place]
    if content is None:
        openml.statuses = [500] * 99
    openml.files[name] = content or b""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn's, of what it tries again
        with pytest.raises(kind, match="^fetch_imbalanced_tabular: the table 'abalone', number"):
            fetch_imbalanced_tabular(
                "abalone", data_home=tmp_path, as_frame=as_frame, n_retries=1, delay=0.01
            )


@pytest.mark.parametrize(
    "content", [b"", b"\x1f\x8b", b"no gzip", gzip.compress(b"<html>", mtime=0)]
)
def test_a_damaged_cache_is_one_error_or_mended(openml, tmp_path, content):
    fetch_imbalanced_tabular("abalone", data_home=tmp_path)
    for path in (tmp_path / "openml").rglob("*.gz"):
        path.write_bytes(content)
    with pytest.warns(RuntimeWarning, match="Invalid cache, redownloading"):
        table = fetch_imbalanced_tabular("abalone", data_home=tmp_path)
    assert_array_equal(table.target, [15, 7, 9])


def test_a_server_that_never_answers_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(tabular, "_LONGEST", 0.05)
    monkeypatch.setattr(tabular, "fetch_openml", lambda **options: time.sleep(0.5))
    begin = time.monotonic()
    with pytest.raises(OSError, match="TimeoutError: no answer came in 0.05 s. Try again later"):
        fetch_imbalanced_tabular("boston", data_home=tmp_path)
    assert time.monotonic() - begin < 0.4
