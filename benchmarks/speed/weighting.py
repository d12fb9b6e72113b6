"""Speed and memory of the weighters, side by side with their peers.

Run ``python -m benchmarks.speed.weighting [--quick] [--no-peers] [--output FILE]``.
"""

import argparse
from pathlib import Path
from time import perf_counter

import numpy as np
from scipy.stats import expon, gaussian_kde, norm
from sklearn.ensemble import HistGradientBoostingRegressor

from benchmarks._shared import peers as _peers
from benchmarks._shared.places import RESULTS
from benchmarks._shared.timing import Row, alternate, machine, peak_memory, seconds, table
from skdir.density import TargetDensity, reference_window
from skdir.utils._text.writing import write_text
from skdir.weighting import DenseWeighter, LDSWeighter, WeightedRegressor

SEED = 0
PAGE = RESULTS / "weighting_speed.md"
BINS = 100
LDS = {"binned": f"LDSWeighter(bins={BINS})", "bin-free": "LDSWeighter()"}


class ClockedRegressor(HistGradientBoostingRegressor):
    """The same regressor, which notes how long its fit took."""

    def fit(self, X, y, sample_weight=None):
        start = perf_counter()
        super().fit(X, y, sample_weight)
        self.fit_seconds_ = perf_counter() - start
        return self


def targets(n):
    """Return n exponential targets in float64."""
    return np.random.default_rng(SEED).exponential(size=n)


def heavy_targets(n):
    """Return n log-normal targets: the range is some 10,000 bandwidths."""
    return np.random.default_rng(SEED).lognormal(sigma=1.6, size=n)


def weigh(y):
    """Return the calls that weigh y, by name."""
    return {
        "binned": lambda: LDSWeighter(bins=BINS).fit_transform(y),
        "bin-free": lambda: LDSWeighter().fit_transform(y),
    }


def doubling(y):
    """Return a call that reads and writes one array: what no method can undercut."""
    w = np.empty_like(y)
    return lambda: np.multiply(y, 2, out=w)


def against_memory(n, repeats):
    """`fit_transform` against one read and one write of the array."""
    y = targets(n)
    best = alternate(weigh(y) | {"multiply": doubling(y)}, repeats, in_a_row=5)
    for name, limit in {"binned": 12, "bin-free": 25}.items():
        ratio = best[name] / best["multiply"]
        yield Row(
            f"{LDS[name]}.fit_transform, n = {n:,}, against numpy.multiply(y, 2, out=w)",
            seconds(best[name]),
            seconds(best["multiply"]),
            f"{ratio:.1f} x the time",
            f"at most {limit} x",
            ratio <= limit,
        )
    best = alternate(weigh(heavy_targets(n)), repeats // 2)
    multiply = alternate({"multiply": doubling(y)}, repeats, in_a_row=5)["multiply"]
    for name, call in LDS.items():
        yield Row(
            f"{call}.fit_transform, n = {n:,}, log-normal targets (sigma 1.6)",
            seconds(best[name]),
            seconds(multiply),
            f"{best[name] / multiply:.1f} x the time",
        )


def against_procedure(n, repeats):
    """The same weights from Python loops."""
    y = targets(n)
    listed, low, high = y.tolist(), float(y.min()), float(y.max())
    window = reference_window("gaussian", 5, 2)
    published = LDSWeighter(bins=BINS, kernel=window, reweight="inverse", boundary="zero")
    expected = _peers.documented_procedure(y, BINS, low, high)
    same = np.isclose(published.fit_transform(y), expected, rtol=1e-5).mean()
    # a target within a rounding error of an edge may fall on either side of it
    if same < 1 - 1e-4:
        raise RuntimeError(f"Only {same:.2%} of the weights are those of the procedure.")
    best = alternate(weigh(y), repeats, in_a_row=5)
    loops = alternate(
        {
            "documented": lambda: _peers.documented_procedure(y, BINS, low, high),
            "lean": lambda: _peers.documented_procedure(listed, BINS, low, high, float),
        },
        3,
        warm_up=False,
    )
    for name, call in LDS.items():
        ratio = loops["documented"] / best[name]
        yield Row(
            f"{call}.fit_transform, n = {n:,}, against the documented procedure (Python loops)",
            seconds(best[name]),
            seconds(loops["documented"]),
            f"{ratio:.0f} x faster",
            "at least 100 x",
            ratio >= 100,
        )
        yield Row(
            f"{call}.fit_transform, n = {n:,}, against the same loops over a list, Python floats",
            seconds(best[name]),
            seconds(loops["lean"]),
            f"{loops['lean'] / best[name]:.0f} x faster",
        )


def against_denseweight(n, repeats):
    """The package of the DenseWeight paper, in its own environment."""
    y = targets(n)
    calls = weigh(y) | {"dense": lambda: DenseWeighter().fit_transform(y)}
    what = f"n = {n:,}, against denseweight {_peers.DENSEWEIGHT} DenseWeight(alpha=1).fit"
    try:
        peer, numpy_version = _peers.denseweight_seconds(SEED, n, 3)
    except _peers.PeerUnavailable as error:
        yield Row(f"fit_transform, {what}", "", f"skipped: {error}", "", "at least 200 x")
        return
    best = alternate(calls, repeats, in_a_row=5)
    for name, call in (LDS | {"dense": "DenseWeighter()"}).items():
        ratio = peer / best[name]
        yield Row(
            f"{call}.fit_transform, {what} (numpy {numpy_version})",
            seconds(best[name]),
            seconds(peer),
            f"{ratio:.0f} x faster",
            "at least 200 x",
            ratio >= 200,
        )


def growth(sizes, repeats):
    """Time per row as n grows, next to that of one read and one write."""
    last = None
    for n in sizes:
        y = targets(n)
        turns = min(100, max(repeats // 10, 10**7 // n))
        best = alternate(weigh(y) | {"multiply": doubling(y)}, turns, in_a_row=4)
        for name, call in LDS.items():
            row = Row(
                f"{call}.fit_transform, time per row at n = {n:,}",
                f"{best[name] / n * 1e9:.2f} ns",
                f"numpy.multiply {best['multiply'] / n * 1e9:.2f} ns",
                "",
            )
            if last is not None:
                step, least = best[name] / last[name], best["multiply"] / last["multiply"]
                row.ratio = f"{step:.1f} x the time at n / 10 (numpy.multiply {least:.1f} x)"
                # not 10: a tenfold array leaves a cache, which is not the algorithm's growth
                row.goal, row.met = "linear: at most 12 x", step <= 12
            yield row
        last = best


def memory(n):
    """Memory beyond the input, the result included, in arrays of n float64."""
    y = targets(n)
    for name, call in weigh(y).items():
        arrays = peak_memory(call) / y.nbytes
        yield Row(
            f"{LDS[name]}.fit_transform, extra memory at n = {n:,} (result included)",
            f"{arrays * y.nbytes / 2**20:.0f} MiB",
            f"the input: {y.nbytes / 2**20:.0f} MiB",
            f"{arrays:.2f} arrays",
            "at most 3 arrays",
            arrays <= 3,
        )


def against_scipy(n, repeats):
    """A Gaussian kernel density estimate, fitted and evaluated at the same targets."""
    y = targets(n)
    bandwidth = TargetDensity(boundary="zero").fit(y).bandwidth_
    factor = bandwidth / y.std(ddof=1)
    binned = TargetDensity(boundary="zero", bandwidth=bandwidth)
    exact = gaussian_kde(y, factor).evaluate(y)
    kept = exact > 1e-4 * exact.max()
    error = np.abs(binned.fit(y).density(y) / exact - 1)[kept].max()
    best = alternate({"skdir": lambda: binned.fit(y).density(y)}, repeats)["skdir"]
    scipy_calls = {"scipy": lambda: gaussian_kde(y, factor).evaluate(y)}
    scipy_best = alternate(scipy_calls, 3)["scipy"]
    ratio = scipy_best / best
    yield Row(
        f"TargetDensity fit and density, n = {n:,}, against scipy.stats.gaussian_kde",
        seconds(best),
        seconds(scipy_best),
        f"{ratio:.0f} x faster",
        "at least 500 x",
        ratio >= 500,
    )
    yield Row(
        "the same: largest relative difference where the density exceeds 1e-4 of its maximum",
        f"{error:.1e}",
        "exact sum",
        "",
        "at most 1e-3",
        bool(error <= 1e-3),
    )


def overhead(n, repeats):
    """The meta-estimator against its regressor, which gets the same weights."""
    X = np.random.default_rng(SEED).normal(size=(n, 20))
    signal = (X[:, 0] + X[:, 1] * X[:, 2] + X[:, 3]) / np.sqrt(3)
    yield from overhead_for(X, expon.isf(norm.sf(signal)), "exponential-like targets", repeats)
    yield from overhead_for(X, np.exp(1.6 * signal), "log-normal-like targets", repeats)


def overhead_for(X, y, target, repeats):
    """The two rows of one target."""
    weight = LDSWeighter().fit_transform(y)
    inner = ClockedRegressor(random_state=0)
    shares = []

    def outer():
        """Fit, and note how long all but the inner fit took."""
        start = perf_counter()
        model = WeightedRegressor(inner).fit(X, y)
        within = model.regressor_.fit_seconds_
        shares.append((perf_counter() - start - within) / within)
        return model

    calls = {"outer": outer, "inner": lambda: inner.fit(X, y, sample_weight=weight)}
    best = alternate(calls, repeats, warm_up=False)
    extra = best["outer"] / best["inner"] - 1
    noise = extra < -0.02  # more work cannot take less time: the machine was busy
    what = f"WeightedRegressor.fit, {len(y):,} x 20, {target}"
    yield Row(
        f"{what}, against HistGradientBoostingRegressor().fit with the same weights",
        seconds(best["outer"]),
        seconds(best["inner"]),
        f"{extra:+.2%}" + (" (noise)" if noise else ""),
        "at most +2 %",
        None if noise else extra <= 0.02,
    )
    yield Row(
        f"{what}: all but the inner fit, by a clock inside of the same fit (median)",
        "",
        "the inner fit",
        f"{np.median(shares):+.2%}",
        "at most +2 %",
        bool(np.median(shares) <= 0.02),
    )


def measure(quick, peers):
    """Yield the rows of the table."""
    n, repeats = (100_000, 10) if quick else (1_000_000, 40)
    yield from against_memory(n, repeats)
    yield from against_procedure(n, repeats)
    if peers:
        yield from against_denseweight(n, repeats)
    yield from growth([10**k for k in range(4, 7 if quick else 8)], repeats)
    yield from memory(n if quick else 10_000_000)
    yield from against_scipy(2_000 if quick else 10_000, repeats)
    yield from overhead(n, 3)


def report(rows, head, quick):
    """Return the whole report in Markdown."""
    kind = "quick run with smaller sizes, not a result" if quick else "full run"
    return "\n".join(
        [
            "# Speed and memory of the weighters",
            "",
            f"Made by `python -m benchmarks.speed.weighting` ({kind}). Times are the best of "
            "several repetitions; targets are exponential and float64 unless a "
            "row says otherwise.",
            "",
            head,
            "",
            table(rows, judged=not quick),
            "",
            "The documented procedure gets the array that skdir gets and makes one numpy float32 "
            "per row, as published; the row below it has a list made before the clock starts. "
            "denseweight runs in its own environment, in a process of its own; it computes "
            "DenseWeight's weights, so DenseWeighter is the like-for-like row. Memory is what "
            "Python and numpy allocate (tracemalloc); scratch space inside of compiled transforms "
            "is not in it. At n = 10,000,000 an array exceeds the size up to which the allocator "
            "reuses memory, so every call gets fresh pages from the system; at n = 1,000,000 it "
            "does not. WeightedRegressor's first row compares two whole fits and is as noisy as "
            "they are; its second row is not.",
            "",
        ]
    )


def main(arguments=None):
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed.weighting", description=__doc__
    )
    parser.add_argument("--quick", action="store_true", help="smaller sizes; judges no goal")
    parser.add_argument("--no-peers", action="store_true", help="do not install denseweight")
    parser.add_argument(
        "--output", type=Path, help=f"file of the table (full run: results/{PAGE.name})"
    )
    options = parser.parse_args(arguments)
    output = options.output or (None if options.quick else PAGE)
    head, rows = machine(), []
    for row in measure(options.quick, not options.no_peers):
        print(f"{row.what}: {row.skdir} | {row.other} | {row.ratio}", flush=True)
        rows.append(row)
    text = report(rows, head, options.quick)
    print("\n" + text)
    if output is not None:
        output.parent.mkdir(parents=True, exist_ok=True)
        write_text(output, text)


if __name__ == "__main__":
    main()
