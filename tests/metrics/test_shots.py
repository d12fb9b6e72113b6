"""Shot labels and reports: published values, naive loops, properties."""

import csv
import json
import math
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from sklearn.metrics import max_error, median_absolute_error, r2_score

from skdir.metrics import ShotReport, geometric_mean_absolute_error, shot_labels

SHOTS = ["many", "medium", "few", "zero"]
NAMES = ("mae", "mse", "rmse", "gm", "pearson", "spearman")

quarters = st.integers(-40, 40).map(lambda k: k / 4)
train_rows = st.lists(st.tuples(quarters, st.integers(0, 3)), min_size=1, max_size=60).filter(
    lambda drawn: any(weight for _, weight in drawn)
)
test_rows = st.lists(
    st.tuples(quarters, quarters, st.integers(0, 3)), min_size=1, max_size=40
).filter(lambda drawn: any(weight for _, _, weight in drawn))
any_bins = st.sampled_from([1, 4, 10, "integer", np.array([-10.0, -2.5, 0.0, 1.25, 10.0])])


def columns(drawn):
    return (np.array(column, dtype=float) for column in zip(*drawn))


def naive_label(y_train, y, edges, closed, many, few, weight):
    """Loop over bins and training rows for one target."""

    def bin_of(value):
        for b in range(len(edges) - 1):
            last = closed and b == len(edges) - 2
            if edges[b] <= value and (value < edges[b + 1] or (last and value == edges[b + 1])):
                return b
        return None

    total = sum(weight)
    many = 1.5 * total / (len(edges) - 1) if many == "auto" else many
    few = 0.5 * total / (len(edges) - 1) if few == "auto" else few
    own = bin_of(y)
    count = sum(w for t, w in zip(y_train, weight) if bin_of(t) == own) if own is not None else 0
    if count == 0:
        return "zero"
    return "many" if count > many else "few" if count < few else "medium"


# --- published values ---------------------------------------------------------------------------


def test_report_equals_published_shots(dir_reference):
    shots = dir_reference["shots"]
    y_train = np.repeat(np.arange(121), shots["train_counts_per_age"])
    report = ShotReport(
        shots["y_true"],
        shots["y_pred"],
        y_train=y_train,
        bins="integer",
        metrics=("mae", "mse", "gm"),
        many=shots["many_above"],
        few=shots["few_below"],
    )
    for ours, theirs in [("many", "many"), ("medium", "median"), ("few", "low")]:
        got, want = report.by_shot[ours], shots["expected"][theirs]
        assert got["n"] == want["n"]
        assert_allclose(
            [got["mse"], got["mae"], got["gm"]],
            [want["mse"], want["l1"], want["gmean"]],
            rtol=1e-9,
        )
    # the published lists count targets absent from training as few; here there are none
    assert report.by_shot["zero"]["n"] == 0


def test_constant_prediction_on_ages_gives_published_errors(shared):
    pandas = pytest.importorskip("pandas")
    ages = pandas.read_csv(shared / "data" / "labels" / "agedb_labels.csv.gz")
    y_train, y_true = (ages.age[ages.split == part] for part in ("train", "test"))
    # published as "prediction 44.96", which is the training mean in two digits
    mean = y_train.mean()
    assert round(mean, 2) == 44.96
    report = ShotReport(
        y_true, np.full(len(y_true), mean), y_train=y_train, bins="integer", many=100, few=20
    )
    mae = [report.overall["mae"], *(report.by_shot[s]["mae"] for s in SHOTS[:3])]
    assert np.round(mae, 2).tolist() == [18.43, 12.80, 30.63, 37.81]
    assert round(report.overall["mse"], 2) == 468.13
    assert round(report.overall["gm"], 2) == 13.09
    assert math.isnan(report.overall["pearson"])


def test_constant_prediction_on_sts_b_gives_published_errors(shared):
    pandas = pytest.importorskip("pandas")
    folder = shared / "data" / "sts_b_dir"
    definition = json.loads((folder / "split_definition.json").read_text())
    read = {"sep": "\t", "quoting": csv.QUOTE_NONE, "keep_default_na": False}
    y_train, y_true = (
        pandas.read_csv(folder / f"{part}_new.tsv.gz", **read).score.to_numpy(np.float32)
        for part in ("train", "test")
    )
    edges = np.histogram(np.array([], np.float32), 50, (0.0, 5.0))[1].astype(np.float32)
    # published as "prediction 2.695", which is the training mean in three digits
    mean = y_train.mean(dtype=float)
    assert round(mean, 3) == 2.695
    report = ShotReport(
        y_true, np.full(len(y_true), mean), y_train=y_train, bins=edges, many=100, few=30
    )
    n = {shot: report.by_shot[shot]["n"] for shot in SHOTS[:3]}
    assert n == definition["test_n_by_shot"]
    published = {"mse": [2.160, 1.771, 3.844, 2.270], "mae": [1.263, 1.119, 1.872, 1.332]}
    for name, want in published.items():
        got = [report.overall[name], *(report.by_shot[s][name] for s in SHOTS[:3])]
        assert np.round(got, 3).tolist() == want


# --- labels -------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(
    train=train_rows,
    y=st.lists(st.integers(-60, 60).map(lambda k: k / 4), min_size=1, max_size=20),
    bins=any_bins,
    thresholds=st.sampled_from([("auto", "auto"), (3, 2), (5, 0), (0, 0), (1e6, "auto")]),
)
def test_labels_equal_naive_loop(train, y, bins, thresholds):
    y_train, weight = columns(train)
    kept = y_train[weight > 0]
    if isinstance(bins, str):
        whole = [math.floor(v + 0.5) for v in (kept.min(), kept.max())]
        edges = np.arange(whole[0], whole[1] + 2) - 0.5
    elif isinstance(bins, int):
        low, high = kept.min(), kept.max()
        edges = np.histogram_bin_edges(kept, bins=bins, range=(low, high))
    else:
        edges = bins
    many, few = thresholds
    got = shot_labels(y_train, y, bins=bins, many=many, few=few, sample_weight=weight)
    closed = not isinstance(bins, str)
    assert got.tolist() == [
        naive_label(y_train, value, edges, closed, many, few, weight) for value in y
    ]


def test_thresholds_themselves_are_medium():
    y_train = np.repeat([0, 1, 2, 3], [100, 101, 20, 19])
    got = shot_labels(y_train, [0, 1, 2, 3, 4], bins="integer", many=100, few=20)
    assert got.tolist() == ["medium", "many", "medium", "few", "zero"]
    assert got.dtype.kind == "U"


def test_auto_thresholds_scale_with_the_number_of_training_rows():
    y_train = np.random.default_rng(0).exponential(size=300)
    y = np.linspace(0, 8, 50)
    once = shot_labels(y_train, y, bins=12)
    assert set(once) == set(SHOTS)
    assert (shot_labels(np.tile(y_train, 7), y, bins=12) == once).all()
    assert (shot_labels(y_train, y, bins=12, sample_weight=np.full(300, 0.25)) == once).all()


def test_auto_counts_empty_bins():
    # 12 rows in 4 bins: many > 4.5, few < 1.5
    y_train = [0] * 5 + [1] * 4 + [3] * 3
    assert shot_labels(y_train, [0, 1, 2, 3], bins="integer").tolist() == [
        "many",
        "medium",
        "zero",
        "medium",
    ]


@pytest.mark.parametrize("bins", [3, "integer", [0, 1, 2, 3]])
def test_targets_outside_of_the_bins_have_no_training_rows(bins):
    y_train = [0, 0.75, 1, 1.25, 2, 3]
    got = shot_labels(y_train, [-1e9, -0.75, 3.5, 1e300], bins=bins, many=1, few=1)
    assert got.tolist() == ["zero"] * 4


def test_constant_training_targets_are_one_bin():
    assert shot_labels([2.0] * 5, [2.0, 7.0], bins=10).tolist() == ["many", "zero"]
    assert shot_labels([2.0] * 5, [2.0, 7.0], bins="integer").tolist() == ["medium", "zero"]


@settings(max_examples=50)
@given(train=train_rows, bins=any_bins, seed=st.integers(0, 100))
def test_labels_count_weights_as_repeated_rows_in_any_order(train, bins, seed):
    y_train, weight = columns(train)
    y = np.linspace(-11, 11, 89)
    want = shot_labels(y_train, y, bins=bins, sample_weight=weight)
    repeated = np.repeat(y_train, weight.astype(int))
    order = np.random.default_rng(seed).permutation(len(repeated))
    assert (shot_labels(repeated[order], y, bins=bins) == want).all()


# --- report -------------------------------------------------------------------------------------


def naive_metrics(y_true, y_pred):
    """Take each metric from another library, on rows without weights."""
    error = np.abs(np.asarray(y_true) - y_pred)
    constant = len(error) < 2 or np.ptp(y_true) == 0 or np.ptp(y_pred) == 0
    return {
        "mae": error.mean(),
        "mse": (error**2).mean(),
        "rmse": math.sqrt((error**2).mean()),
        "gm": stats.gmean(np.maximum(error, 1e-10)),
        "pearson": math.nan if constant else stats.pearsonr(y_true, y_pred).statistic,
        "spearman": math.nan if constant else stats.spearmanr(y_true, y_pred).statistic,
    }


@settings(max_examples=100)
@given(train=train_rows, test=test_rows, bins=any_bins)
def test_report_is_each_metric_on_the_repeated_rows_of_each_shot(train, test, bins):
    y_train, train_weight = columns(train)
    y_true, y_pred, weight = columns(test)
    report = ShotReport(
        y_true,
        y_pred,
        y_train=y_train,
        bins=bins,
        metrics=NAMES,
        sample_weight=weight,
        train_sample_weight=train_weight,
    )
    labels = shot_labels(y_train, y_true, bins=bins, sample_weight=train_weight)
    assert (report.shots == labels).all()
    assert list(report.by_shot) == SHOTS
    count = weight.astype(int)
    everything = {"n": count.sum(), "share": 1.0, **report.overall}
    for shot, got in {"all": everything, **report.by_shot}.items():
        times = count if shot == "all" else count * (labels == shot)
        assert got["n"] == times.sum()
        assert_allclose(got["share"], times.sum() / count.sum())
        assert list(got) == ["n", "share", *NAMES]
        if times.sum() == 0:
            assert all(math.isnan(got[name]) for name in NAMES)
        else:
            want = naive_metrics(np.repeat(y_true, times), np.repeat(y_pred, times))
            for name in NAMES:
                assert_allclose(got[name], want[name], rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    y_train, y_true = rng.exponential(size=400), rng.uniform(0, 8, size=100)
    return {"y_true": y_true, "y_pred": 0.8 * y_true + rng.normal(size=100), "y_train": y_train}


def test_default_metrics_and_thresholds(data):
    report = ShotReport(**data, bins=20)
    assert list(report.overall) == ["mae", "mse", "gm", "pearson", "spearman"]
    assert report.thresholds == {"many": 30.0, "few": 10.0}
    assert ShotReport(**data, bins=20, many=100, few=20).thresholds == {"many": 100.0, "few": 20.0}


def test_without_weights_n_counts_and_equals_unit_weights(data):
    plain = ShotReport(**data, bins=20)
    unit = ShotReport(**data, bins=20, sample_weight=np.ones(100))
    assert all(isinstance(row["n"], int) for row in plain.by_shot.values())
    assert sum(row["n"] for row in plain.by_shot.values()) == 100
    for shot in SHOTS:
        assert plain.by_shot[shot] == pytest.approx(unit.by_shot[shot], nan_ok=True)


def test_scaling_the_targets_scales_the_errors(data):
    small = ShotReport(**data, bins=20)
    big = ShotReport(**{name: 1024 * value for name, value in data.items()}, bins=20)
    assert (small.shots == big.shots).all()
    for shot in SHOTS:
        for name, factor in [("mae", 1024), ("mse", 1024**2), ("gm", 1024), ("pearson", 1)]:
            want = factor * small.by_shot[shot][name]
            assert_allclose(big.by_shot[shot][name], want, rtol=1e-9)


def test_order_of_rows_does_not_matter(data):
    order = np.random.default_rng(1).permutation(100)
    moved = {**data, "y_true": data["y_true"][order], "y_pred": data["y_pred"][order]}
    one, other = ShotReport(**data, bins=20), ShotReport(**moved, bins=20)
    assert (one.shots[order] == other.shots).all()
    assert one.overall == pytest.approx(other.overall)


def test_own_functions_see_the_rows_and_weights_of_their_shot(data):
    metrics = {
        "median": lambda y_true, y_pred: median_absolute_error(y_true, y_pred),
        "gm": geometric_mean_absolute_error,
    }
    report = ShotReport(**data, bins=20, metrics=metrics)
    few = report.shots == "few"
    assert few.sum() > 2
    pair = data["y_true"][few], data["y_pred"][few]
    assert report.by_shot["few"]["median"] == median_absolute_error(*pair)
    assert report.by_shot["few"]["gm"] == geometric_mean_absolute_error(*pair)

    weight = np.random.default_rng(2).integers(0, 4, size=100)
    report = ShotReport(**data, bins=20, metrics={"R2": r2_score}, sample_weight=weight)
    want = r2_score(*pair, sample_weight=weight[few])
    assert_allclose(report.by_shot["few"]["R2"], want)


def test_zero_weight_rows_are_hidden_from_own_functions(data):
    def worst(y_true, y_pred, sample_weight):
        return max_error(y_true, y_pred)

    weight = np.ones(100)
    weight[np.argmax(np.abs(data["y_true"] - data["y_pred"]))] = 0
    kept = weight > 0
    report = ShotReport(**data, bins=20, metrics={"worst": worst}, sample_weight=weight)
    assert report.overall["worst"] == max_error(data["y_true"][kept], data["y_pred"][kept])
    assert len(report.shots) == 100


def test_input_stays_as_it_is_and_report_pickles(data):
    for array in data.values():
        array.flags.writeable = False
    report = ShotReport(**data, bins=20)
    assert repr(pickle.loads(pickle.dumps(report))) == repr(report)


def test_series_and_lists_are_accepted(data):
    pandas = pytest.importorskip("pandas")
    want = repr(ShotReport(**data, bins=20))
    series = {k: pandas.Series(v).sample(frac=1, random_state=0) for k, v in data.items()}
    ordered = {k: v.sort_index() for k, v in series.items()}
    assert repr(ShotReport(**ordered, bins=20)) == want
    assert repr(ShotReport(**{k: v.tolist() for k, v in data.items()}, bins=20)) == want


def test_huge_targets_give_infinite_squares_without_a_warning():
    y = np.array([1e300, 2e300, 3e300])
    report = ShotReport(y, y[::-1], y_train=y, bins=3, metrics=NAMES)
    assert report.overall["mse"] == np.inf
    assert_allclose(report.overall["mae"], 4e300 / 3)
    assert_allclose(report.overall["pearson"], -1)
    # each square is a float, their sum is none
    report = ShotReport(np.zeros(3), np.full(3, 1.3e154), y_train=y, bins=3, metrics=["mse"])
    assert report.overall["mse"] == np.inf
