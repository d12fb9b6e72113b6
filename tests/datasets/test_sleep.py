"""SHHS-DIR from a made table of the true form."""

import gzip

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from skdir.datasets import load_shhs_dir
from skdir.metrics import ShotReport


@pytest.fixture
def subjects():
    rng = np.random.RandomState(0)
    return pd.DataFrame(
        {
            "nsrrid": np.arange(200001, 200301),
            "visit": "first",
            "age_s1": rng.randint(40, 90, size=300),
            "bmi_s1": np.where(rng.rand(300) < 0.1, np.nan, rng.normal(28, 4, size=300).round(1)),
            "gh_s1": rng.choice([0, 35, 52, 87, 100], p=[0.05, 0.1, 0.3, 0.5, 0.05], size=300),
        }
    )


@pytest.fixture
def path(tmp_path, subjects):
    path = tmp_path / "shhs1.csv"
    subjects.to_csv(path, index=False)
    return path


def test_table(path, subjects):
    nights = load_shhs_dir(path, target="gh_s1", max_per_score=7)
    assert nights.feature_names == ["age_s1", "bmi_s1"]
    assert_array_equal(nights.data, subjects[["age_s1", "bmi_s1"]])
    assert_array_equal(nights.target, subjects["gh_s1"])
    assert_array_equal(nights.subjects.astype(int), subjects["nsrrid"])
    for score, n in subjects["gh_s1"].value_counts().items():
        for part in ("val", "test"):
            assert np.sum(nights[part].target == score) == min(n // 3, 7)
    together = np.concatenate([nights[part].indices for part in ("train", "val", "test")])
    assert_array_equal(np.sort(together), np.arange(300))
    report = ShotReport(nights.test.target, nights.test.target + 1, **nights.shot_arguments)
    assert report.thresholds == {"many": 100, "few": 20}
    assert report.by_shot["many"]["n"] == 7  # the training rows of one score are over 100
    assert "sign its agreement" in nights.DESCR


def test_split_is_that_of_the_seed(path):
    first, again, other = (
        load_shhs_dir(path, target="gh_s1", random_state=seed).split for seed in (0, 0, 1)
    )
    assert_array_equal(first, again)
    assert (first != other).any()


def test_columns_containers_and_compression(tmp_path, path, subjects):
    X, y = load_shhs_dir(
        path, target="gh_s1", features=["bmi_s1", "nsrrid"], subset="test", as_frame=True,
        return_X_y=True,
    )  # fmt: skip
    assert list(X.columns) == ["bmi_s1", "nsrrid"] and y.name == "gh_s1"
    packed = tmp_path / "shhs1.csv.gz"
    with gzip.open(packed, "wb") as file:
        file.write(path.read_bytes())
    assert_array_equal(load_shhs_dir(packed, target="gh_s1").target, subjects["gh_s1"])
    renamed = tmp_path / "renamed.csv"
    subjects.rename(columns={"nsrrid": "number"}).to_csv(renamed, index=False)
    nights = load_shhs_dir(renamed, target="gh_s1", id_column="number")
    assert_array_equal(nights.subjects.astype(int), subjects["nsrrid"])


def test_recordings(tmp_path, path, subjects):
    folder = tmp_path / "edfs"
    folder.mkdir()
    for number in subjects["nsrrid"]:
        (folder / f"shhs1-{number}.edf").touch()
    nights = load_shhs_dir(path, target="gh_s1", signals=folder)
    assert nights.feature_names == ["signals"]
    assert nights.data[0, 0] == str(folder / "shhs1-200001.edf")
    both = load_shhs_dir(path, target="gh_s1", signals=folder, features=["age_s1"], as_frame=True)
    assert list(both.data.columns) == ["signals", "age_s1"] and both.data["age_s1"].dtype == float
    (folder / "shhs1-200003.edf").unlink()
    with pytest.warns(
        UserWarning, match="leaves out 1 of 300 subjects, who have not a rec"
    ) as seen:
        nights = load_shhs_dir(path, target="gh_s1", signals=folder)
    assert seen[0].filename == __file__
    assert "200003" not in nights.subjects and len(nights.target) == 299
    with pytest.raises(ValueError, match="'path' .* subjects with a recording in"):
        load_shhs_dir(path, target="gh_s1", signals=tmp_path)


def test_subjects_without_a_score_are_left_out_with_a_warning(path, subjects):
    subjects["gh_s1"] = subjects["gh_s1"].astype(float)
    subjects.loc[[3, 5], "gh_s1"] = np.nan
    subjects.to_csv(path, index=False)
    with pytest.warns(UserWarning, match="leaves out 2 of 300 subjects, who have not a score"):
        nights = load_shhs_dir(path, target="gh_s1")
    assert_array_equal(nights.target, subjects["gh_s1"].dropna())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"target": "pcs"}, "'target' parameter of load_shhs_dir must be a column of"),
        ({"target": "visit"}, "'target' parameter .* scores from 0 to 100. Got 'visit'"),
        ({"target": "nsrrid"}, "scores from 0 to 100. Got 'nsrrid'"),
        ({"target": "gh_s1", "id_column": "id"}, "'id_column' parameter .* a column of"),
        ({"target": "gh_s1", "features": ["x"]}, r"columns of the table. Got \['x'\]"),
        ({"target": "gh_s1", "features": ["visit"]}, "columns of numbers. Got 'visit'"),
        ({"target": "gh_s1", "features": []}, "'features' parameter .* columns of numbers"),
    ],
)
def test_columns_that_are_not_there(path, options, message):
    with pytest.raises(ValueError, match=message):
        load_shhs_dir(path, **options)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "must be a table with a header. Got none"),
        (b"nsrrid,gh_s1\n", "must have a header and rows. Got no rows"),
        (b"nsrrid,gh_s1\n1,2,3\n", "must have 2 values in row 2, as its header. Got 3"),
        (b"nsrrid,gh_s1,gh_s1\n1,2,3\n", "must have one column 'gh_s1'. Got several"),
    ],
)
def test_files_that_are_no_table(tmp_path, content, message):
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(ValueError, match=f"a.csv {message}.* Pass the table as you received it"):
        load_shhs_dir(tmp_path / "a.csv", target="gh_s1")
    with pytest.raises(ValueError, match="the table of your copy of SHHS"):
        load_shhs_dir(tmp_path / "none.csv", target="gh_s1")
