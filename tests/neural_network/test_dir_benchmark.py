"""The runner of the DIR benchmarks on small data of the true form."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.stats import pearsonr, spearmanr

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT, ROOT / "tests" / "datasets"):
    sys.path.append(str(folder))

made_files = pytest.importorskip("made_files")  # needs Pillow
pytest.importorskip("requests")

from benchmarks.dir import __main__ as dir  # noqa: E402
from benchmarks.dir import dense as _dir_dense  # noqa: E402
from benchmarks.dir import report as _dir_report  # noqa: E402
from benchmarks.dir import training as _dir_training  # noqa: E402
from benchmarks.dir.tasks import TASKS, Augmented  # noqa: E402
from skdir.neural_network import DeepImbalancedRegressor  # noqa: E402
from skdir.weighting import InverseFrequencyWeighter, LDSWeighter  # noqa: E402


@pytest.fixture
def sleep(tmp_path):
    """Return the options for a table of subjects."""
    rng = np.random.default_rng(0)
    score = np.minimum(rng.geometric(0.05, size=400), 100)
    lines = ["nsrrid,gh,age,bmi"]
    for i, s in enumerate(score):
        age = "" if i == 3 else f"{s + rng.normal():.3f}"
        lines.append(f"{i},{s},{age},{rng.normal():.3f}")
    path = tmp_path / "subjects.csv"
    path.write_text("\n".join(lines) + "\n")
    return ["--dataset", "shhs", "--table", str(path), "--target", "gh"]


@pytest.fixture(params=["agedb", "imdb-wiki"])
def faces(request, tmp_path):
    folders = {"agedb": ("AgeDB",), "imdb-wiki": ("imdb_crop/01", "wiki_crop/02")}[request.param]
    content, rows = made_files.face_list(folders)
    (tmp_path / f"{request.param.replace('-', '_')}.csv").write_bytes(content)
    for folder in folders:
        (tmp_path / folder).mkdir(parents=True)
    for age, path, _ in rows:
        (tmp_path / path).write_bytes(made_files.image_bytes(2 * age, size=(40, 40)))
    return ["--dataset", request.param, "--data-home", str(tmp_path), "--images", str(tmp_path)]


@pytest.fixture
def rooms(tmp_path):
    import io
    import zipfile

    files, _ = made_files.depth_files()
    with zipfile.ZipFile(io.BytesIO(files.pop("data.zip"))) as archive:
        archive.extractall(tmp_path)
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return ["--dataset", "nyud2", "--data-home", str(tmp_path)]


def load(arguments):
    options = dir.parse(arguments)
    return TASKS[options.dataset](options.preset, options)


def test_a_table_is_made_and_goes_on_where_it_stopped(sleep, tmp_path, capsys, monkeypatch):
    output = tmp_path / "table.md"
    call = [*sleep, "--seeds", "2", "--epochs", "2", "--output", str(output), "--strategies"]
    first = dir.main([*call, "VANILLA", "INV+LDS+FDS"])
    assert [(r["strategy"], r["seed"]) for r in first] == [
        ("VANILLA", 0), ("INV+LDS+FDS", 0), ("VANILLA", 1), ("INV+LDS+FDS", 1),
    ]  # fmt: skip
    log = output.with_suffix(".jsonl")
    assert [json.loads(line) for line in log.read_text().splitlines()] == first
    with log.open("a") as file:
        file.write('{"dataset": "shh')  # interrupted while writing
    capsys.readouterr()
    with monkeypatch.context() as patch:
        patch.setattr(_dir_training, "run", None)  # nothing is run again
        assert dir.main([*call, "VANILLA", "INV+LDS+FDS"]) == first
    printed = capsys.readouterr().out
    assert "a line is not whole" in printed and "VANILLA seed" not in printed
    text = output.read_text()
    assert "signals of the night" in text
    assert "| VANILLA | 2 |" in text and "15.36 / 12.47 / 13.98 / 16.94" in text
    values = [r["metrics"]["all"]["mae"] for r in first if r["strategy"] == "VANILLA"]
    assert f"{np.mean(values):.3g} ± {np.std(values, ddof=1) / 2**0.5:.2g}" in text
    # another setting is another run, and not in the same table
    third = dir.main([*sleep, "--seeds", "1", "--epochs", "1", "--output", str(output),
                      "--strategies", "VANILLA"])  # fmt: skip
    assert third[0]["metrics"] != first[0]["metrics"]
    assert "INV+LDS+FDS" not in output.read_text()


def test_the_runs_are_those_of_the_regressor(sleep):
    task = load(sleep)
    record = _dir_training.run(task, "VANILLA", 3, epochs=2)
    model = DeepImbalancedRegressor(
        "mlp", hidden_layer_sizes=(64, 32), batch_size=64, max_epochs=2, early_stopping=True,
        random_state=3,
    ).fit(*task.train, X_val=task.val[0], y_val=task.val[1])  # fmt: skip
    y, predicted = task.test[1], model.predict(task.test[0])
    assert record["metrics"]["all"]["mae"] == pytest.approx(np.abs(predicted - y).mean(), abs=1e-6)
    assert record["metrics"]["all"]["pearson"] == pytest.approx(
        pearsonr(predicted, y).statistic, abs=1e-6
    )
    caught = _dir_training.features(model, task.test[0])
    head = model.net_.module_.head
    by_hand = caught @ head.weight.detach().numpy()[0] + head.bias.item()
    np.testing.assert_allclose(
        by_hand * model.target_scale_ + model.target_mean_, predicted, rtol=1e-4
    )


@pytest.mark.parametrize("strategy", _dir_training.STRATEGIES)
def test_every_strategy_runs(sleep, strategy):
    record = _dir_training.run(load(sleep), strategy, 0, epochs=2)
    two = strategy.partition("+")[0] in ("RRT", "SMOTER", "SMOGN")
    assert record["epochs"] == (4 if two else 2)
    assert np.isfinite(record["metrics"]["all"]["mse"])
    assert all(-1 <= r <= 1 for r in record["correlations"].values())


def test_sharing_an_encoder_changes_nothing_but_the_time(sleep):
    task = load(sleep)
    for strategy in ("VANILLA", "SMOTER", "SMOTER+LDS", "VANILLA+FDS", "SMOGN+FDS"):
        shared, alone = (_dir_training.run(t, strategy, 0, epochs=2) for t in (task, load(sleep)))
        for record in (shared, alone):
            assert record.pop("seconds") > 0
        assert shared == alone
    assert len(task.fitted) == 2  # with FDS and without


def test_weights_of_strategies(sleep):
    task = load(sleep)
    y = task.train[1]
    plain = _dir_training.weighter_of(task, "INV").fit_transform(y)
    by_count = InverseFrequencyWeighter(bins=task.bins, reweight="inverse")
    np.testing.assert_allclose(plain, by_count.fit_transform(y))
    root = _dir_training.weighter_of(task, "SQINV+FDS").fit_transform(y)
    np.testing.assert_allclose(root / root.mean(), plain**0.5 / (plain**0.5).mean())
    smooth = _dir_training.weighter_of(task, "VANILLA+LDS").fit_transform(y)
    kernel = [0.858285, 0.945828, 1.0, 0.945828, 0.858285]  # the published window (5, 2)
    counts = np.histogram(y, task.bins)[0]
    expected = 1 / np.convolve(counts, kernel, "same")[y.astype(int)]
    np.testing.assert_allclose(smooth, expected / expected.mean(), rtol=1e-5)
    task.clip_counts = (2, 3)
    clipped = _dir_training.weighter_of(task, "INV").fit_transform(y)
    expected = 1 / np.clip(counts, 2, 3)[y.astype(int)]
    np.testing.assert_allclose(clipped, expected / expected.mean())
    np.testing.assert_allclose(_dir_training.weighter_of(task, "SQINV").fit_transform(y), root)
    assert isinstance(_dir_training.weighter_of(task, "RRT"), LDSWeighter)
    assert _dir_training.weighter_of(task, "FOCAL-R+FDS") is None
    assert _dir_training.fds_of(task, "INV+LDS") is None
    assert _dir_training.fds_of(task, "INV+LDS+FDS").clip == task.clip


def test_metrics_by_hand():
    y, predicted = np.array([1.0, 2, 3, 4, 5, 6]), np.array([1.0, 3, 3, 2, 5.5, 9])
    shots = np.array(["many", "many", "many", "few", "zero", "zero"])
    result = _dir_training.measure(y, predicted, shots)
    assert result["medium"] == {"n": 0}
    assert (result["all"]["n"], result["many"]["n"], result["few"]["n"]) == (6, 3, 3)
    assert result["few"]["mse"] == pytest.approx((4 + 0.25 + 9) / 3)
    assert result["few"]["mae"] == pytest.approx(5.5 / 3, abs=1e-6)
    assert result["few"]["gm"] == pytest.approx((2 * 0.5 * 3) ** (1 / 3), abs=1e-6)
    assert result["all"]["spearman"] == pytest.approx(spearmanr(y, predicted).statistic, abs=1e-6)
    assert "pearson" not in _dir_training.measure(y, np.ones(6), shots)["all"]


def test_faces(faces):
    (record,) = dir.main([*faces, "--quick", "--strategies", "SMOTER+LDS"])
    assert record["metrics"]["all"]["n"] == 33 and record["rows"] == 300
    task = load([*faces, "--rows", "5"])
    assert len(task.train[0]) == len(task.train[1]) == 5
    assert task.train[0][0][0].shape == (3, 32, 32)
    paper = load([*faces, "--preset", "paper"])
    assert paper.encoder == "resnet50" and paper.train[0][0][0].shape == (3, 224, 224)
    assert paper.test[0].transform is None


def test_augmented_images_are_crops():
    torch.manual_seed(0)
    image = np.full((20, 20, 3), 255, dtype=np.uint8)
    seen = [Augmented(20)(image) for _ in range(20)]
    assert all(X.shape == (3, 20, 20) and set(X.unique().tolist()) <= {-1.0, 1.0} for X in seen)
    assert len({float(X.sum()) for X in seen}) > 10


@pytest.mark.parametrize("strategy", ["VANILLA", "INV+LDS", "VANILLA+FDS", "FOCAL-R"])
def test_rooms(rooms, strategy):
    task = load(rooms)
    record = _dir_dense.run(task, strategy, 0, epochs=2)
    assert len(record["losses"]) == 2 and record["losses"][1] < record["losses"][0]
    row = record["metrics"]["all"]
    assert 0 <= row["delta1"] <= 1 and row["rmse"] == pytest.approx(row["mse"] ** 0.5, abs=1e-5)
    pixels = sum(int(task.test[0][i][1].isfinite().sum()) for i in range(2))
    assert row["n"] == pixels


def test_rooms_refuse_what_has_no_meaning_for_pixels(rooms):
    with pytest.raises(SystemExit, match=r"nyud2 has no SMOGN\+LDS"):
        _dir_dense.run(load(rooms), "SMOGN+LDS", 0)


def test_options():
    assert dir.parse(["--dataset", "nyud2"]).strategies == [
        "VANILLA", "VANILLA+LDS", "VANILLA+FDS", "VANILLA+LDS+FDS",
    ]  # fmt: skip
    options = dir.parse(["--dataset", "sts-b"])
    assert len(options.strategies) == 26 and options.output.name == "dir_sts_b.md"
    paper = dir.parse(["--dataset", "sts-b", "--preset", "paper"])
    assert paper.output.name == "dir_sts_b_paper.md"
    quick = dir.parse(["--dataset", "sts-b", "--quick"])
    assert (quick.output, quick.rows, quick.epochs, quick.seeds) == (None, 300, 2, 1)
    with pytest.raises(SystemExit, match="--table"):
        load(["--dataset", "shhs"])


@pytest.mark.parametrize("dataset", ["sts-b", "rotated-digits"])
def test_data_that_are_at_hand(shared, dataset):
    (record,) = dir.main(["--dataset", dataset, "--quick", "--strategies", "INV+LDS+FDS"])
    assert np.isfinite(record["metrics"]["all"]["mse"])


def test_shots_of_sentences_are_those_of_the_paper(shared):
    task = load(["--dataset", "sts-b"])
    regions = _dir_training.measure(task.test[1], task.test[1] + 1.0, task.shots)
    assert [regions[r]["n"] for r in ("many", "medium", "few")] == [756, 170, 74]
    mean = np.full(1000, 2.695)  # whose errors are known
    for region, mse in zip(_dir_training.REGIONS, (2.160, 1.771, 3.844, 2.270)):
        found = _dir_training.measure(task.test[1], mean, task.shots)[region]["mse"]
        assert found == pytest.approx(mse, abs=1.5e-3)


def test_vectors_from_a_file(shared, tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("the 1 2 3\na 0 1 2\n")
    task = load(["--dataset", "sts-b", "--glove", str(path)])
    assert task.encoder.keywords["embeddings"].shape == (task.encoder.keywords["n_tokens"], 3)
    assert not task.encoder.keywords["train_embeddings"]


def test_changes_against_the_paper_by_hand():
    def record(strategy, seed, mae):
        return {"strategy": strategy, "seed": seed, "metrics": {r: {"mae": mae} for r in regions}}

    regions = _dir_training.REGIONS
    runs = {
        "VANILLA": [record("VANILLA", 0, 10.0), record("VANILLA", 1, 20.0)],
        "INV": [record("INV", 1, 18.0), record("INV", 0, 8.0), record("INV", 2, 99.0)],
        "SQINV": [record("SQINV", 0, 9.0)],
    }
    paper = {"VANILLA": (2.0, 1, 1, 1), "INV": (1.8, 0.9, 0.5, 0.85)}
    *_, line = _dir_report._changes(runs, "mae", paper).splitlines()
    # -20 % and -10 %: -15 on average, standard error 5
    expected = ["-15.0 ± 5.0 / -10.0"] * 2 + ["**-15.0 ± 5.0 / -50.0**", "-15.0 ± 5.0 / -15.0"]
    assert line == f"| INV | {' | '.join(expected)} |"


def test_runs_that_failed_are_named():
    runs = {
        name: [{"seed": i, "metrics": {"all": {"mae": e}}} for i, e in enumerate(errors)]
        for name, errors in (("VANILLA", [4.0, 4.1, 9.0]), ("INV", [4.0, 4.9, 3.0]))
    }
    assert _dir_report._failed(runs) == ["VANILLA seed 2 (9)"]


def test_the_papers_strategies_are_ours():
    for tables in _dir_report.PAPER.values():
        for rows in tables.values():
            assert set(rows) <= set(_dir_training.STRATEGIES)
            assert all(len(values) == 4 for values in rows.values())
