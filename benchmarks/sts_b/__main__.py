"""STS-B-DIR without a neural network: every strategy around gradient boosting, and a pipeline.

    python -m benchmarks.sts_b            # five seeds, writes benchmarks/results/sts_b.md
    python -m benchmarks.sts_b --quick    # one seed, a fifth of the pairs, no file

Bandwidths and the share of the pipeline's two models are chosen on the validation pairs in this
run, its features and other settings were chosen on them before; test pairs are for the table only.
Needs the data sets of `../shared` (or `$SKDIR_SHARED`).
"""

import argparse
import json
import os
from pathlib import Path
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from imblearn.pipeline import make_pipeline as make_resampling
from scipy.stats import spearmanr
from sklearn.ensemble import HistGradientBoostingRegressor, VotingRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from benchmarks._shared.places import RESULTS, SHARED
from benchmarks._shared.sentence_pairs import PairFeatures, boosting
from benchmarks._shared.timing import machine
from benchmarks.sts_b.alignment import AlignmentFeatures, CharacterOverlap, OutOfFold
from benchmarks.sts_b.page import METRICS, REGIONS, page
from skdir.datasets import fetch_sts_b_dir
from skdir.density import reference_window
from skdir.ensemble import BlendRegressor
from skdir.metrics import shot_labels
from skdir.relevance import RelevanceFunction
from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)
from skdir.utils._text.writing import write_text
from skdir.weighting import (
    DenseWeighter,
    InverseFrequencyWeighter,
    LDSWeighter,
    RelevanceWeighter,
    WeightedRegressor,
)

PAGE = RESULTS / "sts_b.md"
BANDWIDTHS = (0.05, 0.1, 0.2, 0.4, 0.8, "silverman")
SEARCH_SEEDS = 3  # one alone moves an error by as much as a bandwidth does
SHARES = np.linspace(0, 1, 21).round(2)
TEST_PAIRS = {"many": 756, "medium": 170, "few": 74}


def load(folder):
    """Return the benchmark and the shot of each validation and test pair, as published."""
    data = fetch_sts_b_dir(folder, download_if_missing=False)
    shots = {}
    published = json.loads((folder / "split_definition.json").read_text(encoding="utf-8"))
    lists = published["shots_hardcoded_bins50"]
    for part in ("val", "test"):
        y = data[part].target
        shots[part] = shot_labels(y=y, **data.shot_arguments)
        bins = np.clip(np.searchsorted(data.bins, y, side="right") - 1, 0, len(data.bins) - 2)
        for name, members in lists.items():
            assert np.array_equal(shots[part] == name, np.isin(bins, members)), name
    counts = {name: int((shots["test"] == name).sum()) for name in TEST_PAIRS}
    assert counts == TEST_PAIRS, counts
    return data, shots


def searched():
    """Return what makes a weighter from a bandwidth, for the strategies that have one."""
    return {
        "LDS": lambda h: LDSWeighter(bandwidth=h),
        "INV + LDS": lambda h: LDSWeighter(bandwidth=h, reweight="inverse"),
        "DENSE": lambda h: DenseWeighter(bandwidth=h),
    }


def strategies(seed, bins, bandwidths, quick):
    """Return estimators by name."""
    make, relevance = searched(), RelevanceFunction()
    weighters = {
        "SQINV": InverseFrequencyWeighter(bins=bins),
        "INV": InverseFrequencyWeighter(bins=bins, reweight="inverse"),
        **{name: make[name](h) for name, h in bandwidths.items()},
        "INV + LDS, the paper's window": LDSWeighter(
            kernel=reference_window("gaussian", 5, 2),
            bins=bins,
            boundary="zero",
            reweight="inverse",
        ),
        "SERA": RelevanceWeighter(relevance=relevance, floor=0.1),
    }
    samplers = {
        "RUS": RandomUnderSampler,
        "ROS": RandomOverSampler,
        "GN": GaussianNoise,
        "SMOTER": SmoteR,
        "SMOGN": SMOGN,
    }
    built = {
        name: sampler(relevance=relevance, random_state=seed) for name, sampler in samplers.items()
    }
    built["WERCS"] = WERCS(relevance=relevance, random_state=seed)
    plain = boosting(seed, quick)
    lds = WeightedRegressor(plain, weighters["LDS"])
    blend = BlendRegressor(plain, weighter=weighters["INV + LDS"], cv=3, random_state=seed)
    return {
        "VANILLA": plain,
        **{name: WeightedRegressor(plain, weighter) for name, weighter in weighters.items()},
        **{name: make_resampling(sampler, plain) for name, sampler in built.items()},
        "BLEND (mean)": VotingRegressor([("plain", plain), ("lds", lds)]),
        "BLEND (auto)": blend,
    }


def wide_features(seed, weighter):
    """Return all features: those of the recipe, alignment, and what ridge makes of n-grams."""
    ridge = Ridge(10, solver="sparse_cg", tol=1e-3, random_state=seed)
    learned = OutOfFold(WeightedRegressor(ridge, weighter), random_state=seed)
    return make_union(
        PairFeatures(random_state=seed),
        AlignmentFeatures(random_state=seed),
        make_pipeline(CharacterOverlap(), learned),
    )


def learners(seed, weighter, quick):
    """Return the models of the wide features by name."""
    trees = HistGradientBoostingRegressor(
        learning_rate=0.04,
        max_iter=20 if quick else 500,
        max_leaf_nodes=8,
        l2_regularization=1,
        max_features=0.15,
        max_bins=63,
        random_state=seed,
    )
    support = make_pipeline(StandardScaler(), SVR(C=1, gamma=0.002, epsilon=0.2))
    return {
        "wide features, VANILLA": trees,
        "wide features, INV + LDS": WeightedRegressor(trees, weighter),
        "wide features, SVR, INV + LDS": WeightedRegressor(support, weighter),
    }


def predict(model, X):
    """Return predictions within the range of scores."""
    return np.clip(model.predict(X), 0, 5)


def scores(y, predicted, shots):
    """Return MSE, MAE, Pearson and Spearman (both in percent) by region, a row per measure."""
    table = np.empty((len(METRICS), len(REGIONS)))
    for column, region in enumerate(REGIONS):
        rows = np.ones(len(y), dtype=bool) if region == "all" else shots == region
        a, b = y[rows], predicted[rows]
        table[:, column] = (
            np.mean((a - b) ** 2),
            np.mean(np.abs(a - b)),
            100 * np.corrcoef(a, b)[0, 1],
            100 * spearmanr(a, b).statistic,
        )
    return table


def choose_bandwidths(parts, quick):
    """Return the bandwidth with the least squared error on validation pairs, and all errors."""
    (X, y), (X_val, y_val) = parts

    def error(weighter):
        models = (
            WeightedRegressor(boosting(seed, quick), weighter)
            for seed in range(1 if quick else SEARCH_SEEDS)
        )
        return float(np.mean([(predict(m.fit(X, y), X_val) - y_val) ** 2 for m in models]))

    bandwidths = BANDWIDTHS[1:3] if quick else BANDWIDTHS
    errors = {name: {h: error(make(h)) for h in bandwidths} for name, make in searched().items()}
    return {name: min(table, key=table.get) for name, table in errors.items()}, errors


def choose_share(first, second, y):
    """Return the share of the first predictions with the least squared error, and all errors."""
    errors = {s: np.mean((s * first + (1 - s) * second - y) ** 2) for s in SHARES}
    return min(errors, key=errors.get), errors


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one seed, fewer pairs, no file")
    parser.add_argument("--seeds", type=int, default=5, help="number of seeds")
    parser.add_argument("--output", type=Path, default=PAGE, help="file for the results")
    options = parser.parse_args()
    folder = SHARED / "data" / "sts_b_dir"
    if not folder.is_dir():
        parser.error("needs the data sets: set SKDIR_SHARED to their folder")
    about, start, quick = machine(), perf_counter(), options.quick
    data, shots = load(folder)
    rows = slice(None, None, 5 if quick else 1)
    pairs, y = data.train.data[rows], data.train.target[rows]
    y_val, y_test = data.val.target, data.test.target
    results, squares, share = {}, None, None

    def note(name, seed, predicted):
        results.setdefault(name, []).append(scores(y_test, predicted, shots["test"]))
        mse = " ".join(f"{value:.3f}" for value in results[name][-1][0])
        print(f"{perf_counter() - start:5.0f} s, seed {seed}: {name}: {mse}", flush=True)

    for seed in range(1 if quick else options.seeds):
        features = PairFeatures(random_state=seed).fit(pairs)
        X, X_test = features.transform(pairs), features.transform(data.test.data)
        if seed == 0:
            parts = (X, y), (features.transform(data.val.data), y_val)
            bandwidths, searches = choose_bandwidths(parts, quick)
            print(f"{perf_counter() - start:5.0f} s, {searches}", flush=True)
        for name, model in strategies(seed, data.bins, bandwidths, quick).items():
            note(name, seed, predict(model.fit(X, y), X_test))
        weighter = searched()["INV + LDS"](bandwidths["INV + LDS"])
        features = wide_features(seed, weighter)
        X, X_test = features.fit_transform(pairs, y), features.transform(data.test.data)
        models = learners(seed, weighter, quick)
        predicted = {n: predict(model.fit(X, y), X_test) for n, model in models.items()}
        trees, support = list(models)[1:]
        if seed == 0:
            X_val = features.transform(data.val.data)
            on_val = [predict(models[n], X_val) for n in (trees, support)]
            share, searches["share"] = choose_share(*on_val, y_val)
            print(f"share of the trees: {share}, {searches['share'][share]:.3f}", flush=True)
        predicted["pipeline"] = share * predicted[trees] + (1 - share) * predicted[support]
        for name, values in predicted.items():
            note(name, seed, values)
        if seed == 0:
            squares = (predicted["pipeline"] - y_test) ** 2
    text = page(
        results,
        about=about,
        minutes=(perf_counter() - start) / 60,
        searches=searches,
        share=share,
        squares={r: squares if r == "all" else squares[shots["test"] == r] for r in REGIONS},
    )
    if quick:
        print(text)
    else:
        write_text(options.output, text)


if __name__ == "__main__":
    main()
