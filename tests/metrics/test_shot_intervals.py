"""Bootstrap intervals of shot reports: other draws, coverage, weights, looks."""

import html
import math
import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from skdir.metrics import ShotReport

LINES = ["overall", "many", "medium", "few", "zero"]


def sample(n=300, seed=0):
    rng = np.random.default_rng(seed)
    y_train, y_true = rng.exponential(size=400), rng.exponential(size=n)
    y_pred = 0.8 * y_true + 0.3 * rng.normal(size=n)
    return {"y_true": y_true, "y_pred": y_pred, "y_train": y_train, "bins": 20}


@pytest.fixture(scope="module")
def data():
    return sample()


def test_without_bootstrap_there_are_none(data):
    report = ShotReport(**data)
    assert report.intervals is None
    assert "[" not in repr(report) and "interval" not in repr(report)


def test_intervals_are_close_to_other_draws(data):
    names = ["mae", "mse", "pearson"]
    report = ShotReport(**data, metrics=names, bootstrap=1000, random_state=0)
    assert list(report.intervals) == LINES
    rng = np.random.default_rng(1)
    functions = {
        "mae": lambda y, p: np.abs(y - p).mean(),
        "mse": lambda y, p: ((y - p) ** 2).mean(),
        "pearson": lambda y, p: stats.pearsonr(y, p).statistic,
    }
    for line in ("overall", "many", "medium"):
        rows = np.full(300, True) if line == "overall" else report.shots == line
        assert rows.sum() > 15
        for name in names:
            y, pred = data["y_true"][rows], data["y_pred"][rows]
            draws = rng.integers(len(y), size=(1000, len(y)))
            values = [functions[name](y[draw], pred[draw]) for draw in draws]
            want = np.quantile(values, [0.025, 0.975])
            low, high = report.intervals[line][name]
            value = report.overall[name] if line == "overall" else report.by_shot[line][name]
            assert low < value < high
            assert_allclose([low, high], want, atol=0.15 * np.ptp(want))


def test_most_intervals_hold_the_true_error():
    held = {"many": 0, "overall": 0}
    for seed in range(40):
        draw = sample(n=150, seed=seed)
        # errors of mean sqrt(2 / pi), whatever the target
        draw["y_pred"] = draw["y_true"] + np.random.default_rng(1000 + seed).normal(size=150)
        report = ShotReport(**draw, metrics=["mae"], bootstrap=200, random_state=seed)
        for line in held:
            low, high = report.intervals[line]["mae"]
            held[line] += low <= math.sqrt(2 / math.pi) <= high
    assert all(34 <= count <= 40 for count in held.values()), held


def test_level_sets_the_width(data):
    options = {"metrics": ["mae"], "bootstrap": 500, "random_state": 0}
    narrow = ShotReport(**data, **options, confidence_level=0.5).intervals["overall"]["mae"]
    usual = ShotReport(**data, **options).intervals["overall"]["mae"]
    same = ShotReport(**data, **options, confidence_level=0.95).intervals["overall"]["mae"]
    assert usual == same
    assert usual[0] < narrow[0] < narrow[1] < usual[1]
    ratio = (usual[1] - usual[0]) / (narrow[1] - narrow[0])
    assert_allclose(ratio, stats.norm.ppf(0.975) / stats.norm.ppf(0.75), rtol=0.2)


def test_seed_repeats_and_values_do_not_depend_on_it(data):
    one = ShotReport(**data, bootstrap=20, random_state=3)
    same = ShotReport(**data, bootstrap=20, random_state=np.random.RandomState(3))
    other = ShotReport(**data, bootstrap=20, random_state=4)
    assert repr(one) == repr(same)
    assert one.intervals["many"] != other.intervals["many"]
    assert one.overall == other.overall == ShotReport(**data).overall
    assert repr(pickle.loads(pickle.dumps(one))) == repr(one)


def test_a_seed_leaves_the_global_random_state_alone(data):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    ShotReport(**data, bootstrap=2, random_state=0)
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002


def test_rows_are_drawn_and_keep_their_weights(data):
    options = {"metrics": ["mae", "gm"], "bootstrap": 200, "random_state": 0}
    plain = ShotReport(**data, **options)
    equal = ShotReport(**data, **options, sample_weight=np.full(300, 2.0))
    for line in LINES[:4]:
        assert_allclose(plain.intervals[line]["mae"], equal.intervals[line]["mae"])
    # rows of zero weight are no rows
    weight = np.tile([1.0, 2.0, 0.0], 100)
    kept = weight > 0
    part = {name: data[name][kept] for name in ("y_true", "y_pred")}
    weighted = ShotReport(**data, **options, sample_weight=weight)
    without = ShotReport(**{**data, **part}, **options, sample_weight=weight[kept])
    for line in LINES:
        assert_allclose(weighted.intervals[line]["gm"], without.intervals[line]["gm"])
    # the value with weights is within, the value without is far from it
    heavy = np.where(np.abs(data["y_true"] - data["y_pred"]) > 0.5, 50.0, 1.0)
    report = ShotReport(**data, **options, sample_weight=heavy)
    low, high = report.intervals["overall"]["mae"]
    assert plain.overall["mae"] < low < report.overall["mae"] < high


def test_own_functions_have_intervals_too(data):
    metrics = {"worst": lambda y, p: np.abs(y - p).max()}
    report = ShotReport(**data, metrics=metrics, bootstrap=100, random_state=0)
    low, high = report.intervals["overall"]["worst"]
    assert low <= high == report.overall["worst"]


def test_too_few_rows_have_no_interval():
    y_train = np.repeat([0, 1, 2, 3, 4], [9, 9, 4, 1, 1])
    y_true, y_pred = [0, 0, 0, 1, 1, 1, 3, 2], [0, 1, 2, 1, 2, 3, 1, 9]
    report = ShotReport(
        y_true, y_pred, y_train=y_train, bins="integer", bootstrap=300, random_state=0
    )
    n = {line: row["n"] for line, row in report.by_shot.items()}
    assert n == {"many": 6, "medium": 1, "few": 1, "zero": 0}
    for line in ("few", "zero"):
        assert np.isnan(list(report.intervals[line].values())).all()
    # some draws hold the same row six times, and have no correlation
    assert np.isfinite(report.intervals["many"]["mae"]).all()
    constant = ShotReport(y_true, np.ones(8), y_train=y_train, bins="integer", bootstrap=10)
    assert np.isnan(constant.intervals["overall"]["pearson"]).all()
    assert np.isfinite(constant.intervals["overall"]["mae"]).all()


def test_infinite_values_keep_their_interval():
    y = np.array([1e300, 2e300, 3e300])
    report = ShotReport(y, y[::-1], y_train=y, bins=3, metrics=["mse"], bootstrap=50)
    assert report.intervals["overall"]["mse"][1] == math.inf


def test_text_html_and_frame_show_them(data):
    pandas = pytest.importorskip("pandas")
    report = ShotReport(
        **data, metrics=["mae", "gm"], bootstrap=50, confidence_level=0.9, random_state=0
    )
    low, high = report.intervals["few"]["gm"]
    cell = f"{report.by_shot['few']['gm']:.4g} [{low:.3g}, {high:.3g}]"
    caption, *lines = repr(report).splitlines()
    assert caption.endswith("training rows per bin; 90 % intervals")
    assert len({len(line) for line in lines}) == 1
    assert cell in lines[4]
    page = report._repr_html_()
    assert f">{cell}</td>" in page and html.escape(caption) in page
    frame = report.to_frame()
    assert isinstance(frame, pandas.DataFrame)
    mae, gm = ("mae", "mae low", "mae high"), ("gm", "gm low", "gm high")
    assert frame.columns.tolist() == ["n", "share", *mae, *gm]
    assert frame.loc["few", list(gm)].tolist() == [report.by_shot["few"]["gm"], low, high]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("bootstrap", (-1, 2.5, True, None, "many")),
        ("confidence_level", (0, 1, 95, "high", True)),
        ("random_state", ("seed", -1, 0.5)),
    ],
)
def test_bad_parameters_are_named(data, name, values):
    for value in values:
        with pytest.raises(ValueError, match=f"'{name}' parameter of ShotReport"):
            ShotReport(**data, **{"bootstrap": 5, name: value})
