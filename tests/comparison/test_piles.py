"""Very many equal targets (zeros, counts, ratings, capped values) are not rare anywhere."""

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold

from skdir.comparison import compare_strategies
from skdir.comparison._pictures.figures import fit_rare
from skdir.density import TargetDensity
from skdir.ensemble import BlendRegressor
from skdir.inspection import TargetReport
from skdir.model_selection import BandwidthSearchRegressor

N = 1000


def made(kind):
    """Return features, targets of which most are equal, and which of them are not."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 3))
    signal = X[:, 0] + 0.5 * rng.normal(size=N)
    size = np.exp(X[:, 0] + 0.2 * rng.normal(size=N))
    if kind == "rain":
        y = np.where(signal > 1.4, 10 * size, 0.0)
    elif kind == "counts":
        y = np.where(signal > 1.3, np.ceil(size), 0.0)
    elif kind == "stars":
        y = np.where(signal < -1.2, rng.integers(1, 5, N), 5.0)
    else:
        y = np.minimum(50 + 20 * (X[:, 0] + 1.2), 50.0)
    return X, y, y != np.median(y)


KINDS = ("rain", "counts", "stars", "capped")


@pytest.fixture(scope="module", params=KINDS)
def case(request):
    X, y, other = made(request.param)
    assert 0.04 < other.mean() < 0.18
    names = ["VANILLA", "LDS", "SMOTER"] if request.param == "rain" else ["VANILLA", "LDS"]
    return compare_strategies(Ridge(), X, y, strategies=names, random_state=0), other


def test_the_rare_error_is_that_of_the_rows_beside_the_pile(case):
    comparison, other = case
    for name, folds in comparison.predictions_.items():
        errors = {True: [], False: []}
        for test, predicted in folds:
            error = np.abs(comparison.y_[test] - predicted)
            for rare in errors:
                errors[rare].append(error[other[test] == rare].mean())
        row = comparison.table(sd=False).loc[name]
        assert row["rare MAE"] == pytest.approx(np.mean(errors[True]))
        assert row["frequent MAE"] == pytest.approx(np.mean(errors[False]))


def test_the_share_is_said_wherever_the_rare_are_spoken_of(case):
    comparison, other = case
    share = 100 * other.mean()
    assert comparison.rare_share_ == pytest.approx(other.mean(), abs=1e-3)
    share = f"{share:.0f} %" if share >= 9.5 else f"{share:.2g} %"
    assert f"2 folds; rare: {share}" in repr(comparison).replace("5 folds", "2 folds")
    text = comparison.finding()
    assert f"Rare: {share} of the rows, not 20 %" in text
    assert "rarest fifth" not in text + str(comparison.recommendation(max_overall_cost=np.inf))
    page = comparison.to_html()
    assert f"rarest {share}" in page
    assert "rarest fifth" not in page
    assert "100 % of the range" not in page.replace("\N{NO-BREAK SPACE}", " ")


def test_what_halves_the_rare_error_is_found():
    X, y, _ = made("rain")
    names = ["VANILLA", "LDS", "SMOTER"]
    comparison = compare_strategies(Ridge(), X, y, strategies=names, random_state=0)
    table = comparison.table(sd=False)
    assert (table.loc[["LDS", "SMOTER"], "rare MAE"] < 0.5 * table.loc["VANILLA", "rare MAE"]).all()
    assert "Keep VANILLA" not in comparison.finding()
    assert "no case for replacing" not in comparison.finding()
    assert comparison.best() == "SMOTER"


def test_pictures_mark_where_the_other_rows_are(case):
    comparison, other = case
    rule = fit_rare(comparison.outcome_)
    rare = comparison.y_[other]
    assert rule.level_ == rule.density_.density(rare).max()
    for axes in (comparison.plot(), comparison.plot_trade_off()):
        words = [axes.get_ylabel(), *axes.get_legend_handles_labels()[1]]
        assert not any("20 %" in word or "fifth" in word for word in words)


@pytest.mark.parametrize("share", [0.77, 0.79, 0.8, 0.81, 0.83])
def test_folds_near_the_share_agree(share):
    # some folds have a little more, some a little less than 80 % zeros
    rng = np.random.default_rng(1)
    X = rng.normal(size=(N, 2))
    y = np.where(rng.permutation(N) < share * N, 0.0, np.exp(rng.normal(3, 1, N)))
    comparison = compare_strategies(Ridge(), X, y, strategies=["VANILLA"], random_state=0)
    for record, (_, test) in zip(comparison.results_, comparison.folds_):
        assert record["n_rare"] <= (y[test] > 0).sum() < 60
        assert record["n_rare"] > 0.6 * (y[test] > 0).sum()


def test_nothing_is_rare_where_two_values_are_equally_frequent():
    X = np.random.default_rng(2).normal(size=(60, 2))
    y = np.tile([0.0, 1.0], 30)
    comparison = compare_strategies(
        Ridge(), X, y, strategies=["VANILLA", "LDS"], cv=KFold(5), random_state=0
    )
    assert comparison.rare_share_ == 0
    assert [record["n_rare"] for record in comparison.results_] == [0] * 10
    table = comparison.table(sd=False)
    np.testing.assert_allclose(table["frequent MAE"], table["MAE"])
    assert "rare MAE" not in table
    assert comparison.finding().startswith("No target is rare: more than 20 % of the rows")
    assert "Give a larger rare_fraction" in comparison.finding()
    with pytest.raises(ValueError, match="nothing to choose from.*No target is rare"):
        comparison.recommendation()
    assert comparison.recommendation(prefer="frequent").name in ("VANILLA", "LDS")
    assert "none: too many rows" in comparison.to_html()
    for plot in (comparison.plot, comparison.plot_pareto, comparison.plot_trade_off):
        plot().figure.canvas.draw()


def test_folds_without_rare_test_rows_are_left_out_of_the_mean():
    X, y, _ = made("rain")
    rows = np.argsort(y == 0, kind="stable")  # all rain first
    X, y = X[rows], y[rows]
    comparison = compare_strategies(
        DummyRegressor(), X, y, strategies=["VANILLA"], cv=[
            (np.arange(0, N, 2), np.arange(1, 301, 2)), (np.arange(0, N, 2), np.arange(801, N, 2)),
        ],
    )  # fmt: skip
    first, second = (record["rare MAE"] for record in comparison.results_)
    assert np.isfinite(first) and np.isnan(second)
    assert comparison.table(sd=False).loc["VANILLA", "rare MAE"] == first


def test_the_blend_turns_its_dial_by_the_rows_beside_the_pile():
    X, y, rain = made("rain")
    model = BlendRegressor(Ridge(), cv=KFold(4), max_overall_cost=np.inf).fit(X, y)
    plain = np.concatenate(
        [
            np.abs(y[test] - Ridge().fit(X[train], y[train]).predict(X[test]))[rain[test]]
            for train, test in KFold(4).split(X)
        ]
    )
    results = model.cv_results_
    assert results["rare_error"][results["share"] == 0][0] == pytest.approx(plain.mean())
    assert model.share_ > 0


def test_the_bandwidth_search_balances_the_pile_and_the_others():
    X, y, rain = made("rain")
    search = BandwidthSearchRegressor(cv=KFold(3), multiples=(1.0,)).fit(X, y)
    error = np.empty(N)
    from skdir.weighting import LDSWeighter, WeightedRegressor

    bandwidth = TargetDensity().fit(y).bandwidth_
    for train, test in KFold(3).split(X):
        model = WeightedRegressor(weighter=LDSWeighter(bandwidth=bandwidth))
        error[test] = np.abs(y[test] - model.fit(X[train], y[train]).predict(X[test]))
    expected = (error[rain].mean() + error[~rain].mean()) / 2
    assert search.scores_[0] == pytest.approx(expected)


@pytest.mark.parametrize("kind", KINDS)
def test_a_target_report_does_not_spread_the_pile(kind):
    _, y, other = made(kind)
    report = TargetReport(y)
    assert report.imbalance["rare_fifth"] == other.mean()
    density = TargetDensity().fit(y)
    along = density.density(np.linspace(y.min(), y.max(), 20_001))
    expected = (along <= density.density(y[other]).max()).mean()
    assert report.imbalance["rare_fifth_of_range"] == pytest.approx(expected, abs=2e-3)
    assert expected < 0.999
    assert "of the rows, since many are equal; over" in " ".join(repr(report).split())


def test_a_target_report_says_where_nothing_is_rare():
    report = TargetReport(np.tile([0.0, 1.0], 30))
    assert report.imbalance["rare_fifth"] == 0
    assert np.isnan(report.imbalance["rare_fifth_of_range"])
    assert "there is none: more rows than a fifth" in repr(report)
    assert "there is none" in report.to_html()
