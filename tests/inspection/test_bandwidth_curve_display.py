"""BandwidthCurveDisplay: curves of a search against its results, and bad input."""

import itertools

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, KFold, RandomizedSearchCV

from skdir.inspection import BandwidthCurveDisplay
from skdir.model_selection import BandwidthSearchRegressor
from skdir.weighting import LDSWeighter, WeightedRegressor

RNG = np.random.default_rng(0)
X = RNG.normal(size=(150, 2))
Y = np.exp(X.sum(axis=1) + RNG.normal(size=150) / 4)
BANDWIDTHS = [10.0, 0.1, 1.0]


def rare(model, X, y):
    high = y > 2
    return -np.abs(model.predict(X[high]) - y[high]).mean()


def frequent(model, X, y):
    low = y <= 2
    return -np.abs(model.predict(X[low]) - y[low]).mean()


SCORING = {"rare": rare, "frequent": frequent}
CV = KFold(4, shuffle=True, random_state=0)


def search(grid, scoring=SCORING, **params):
    params = {"refit": False, "cv": CV, **params}
    model = WeightedRegressor(Ridge(), LDSWeighter())
    return GridSearchCV(model, grid, scoring=scoring, **params).fit(X, Y)


BOTH = search({"weighter__bandwidth": BANDWIDTHS})
RULES = search({"weighter__bandwidth": ["silverman", 0.1, 1.0, "scott"]})
GRID = {"weighter__bandwidth": [0.1, 5.0], "weighter__reweight": [0.5, 1.0]}
TWO = search(GRID)


def draw(found=BOTH, **params):
    return BandwidthCurveDisplay.from_search(found, **params)


# ---------------------------------------------------------------------------- what is drawn


def test_curves_by_a_loop():
    display = draw()
    assert list(display.lines_) == ["rare", "frequent"]
    assert display.bandwidths == sorted(BANDWIDTHS)
    for name, score in SCORING.items():
        for k, bandwidth in enumerate(sorted(BANDWIDTHS)):
            errors = []
            for train, test in CV.split(X):
                model = WeightedRegressor(Ridge(), LDSWeighter(bandwidth=bandwidth))
                errors.append(-score(model.fit(X[train], Y[train]), X[test], Y[test]))
            x, height = display.lines_[name].get_data()
            assert x[k] == bandwidth and height[k] == pytest.approx(np.mean(errors))
            (a, low), (b, high) = display.error_bars_[name].get_segments()[k]
            assert a == b == bandwidth
            assert (high - low) / 2 == pytest.approx(np.std(errors))


def test_the_lowest_mean_is_ringed():
    display = draw()
    words = [text.get_text() for text in display.legend_.get_texts()]
    for word, name in zip(words, SCORING):
        mean = display.errors[name].mean(axis=1)
        best = display.bandwidths[mean.argmin()]
        assert display.best_points_[name].get_xydata().tolist() == [[best, mean.min()]]
        assert word == f"{name} (lowest: {best:g})"
    title = display.legend_.get_title().get_text()
    assert title == "mean and standard deviation over 4 folds"


def test_rules_stand_right_of_the_numbers():
    display = draw(RULES)
    assert display.bandwidths == [0.1, 1.0, "scott", "silverman"]
    line, rules = display.lines_["rare"], display.rule_lines_["rare"]
    assert line.get_xdata().tolist() == [0.1, 1.0]
    assert (rules.get_xdata() > 1).all() and len(rules.get_xdata()) == 2
    assert rules.get_linestyle() == "None"
    means = display.errors["rare"].mean(axis=1)
    np.testing.assert_array_equal(rules.get_ydata(), means[2:])
    labels = [text.get_text() for text in display.ax_.get_xticklabels()]
    assert labels == ["0.1", "1", "scott", "silverman"]
    np.testing.assert_allclose(display.ax_.get_xticks()[2:], rules.get_xdata())
    assert draw().rule_lines_ == {"rare": None, "frequent": None}


def test_only_rules():
    display = draw(search({"weighter__bandwidth": ["scott", "silverman"]}))
    assert display.rule_lines_["rare"].get_xdata().tolist() == [0, 1]
    assert display.ax_.get_xscale() == "linear"
    display.figure_.draw_without_rendering()


def test_scale():
    assert draw().ax_.get_xscale() == "log"
    assert draw(xscale="linear").ax_.get_xscale() == "linear"
    narrow = search({"weighter__bandwidth": [1.0, 2.0]})
    assert draw(narrow).ax_.get_xscale() == "linear"
    assert draw(narrow, xscale="log").ax_.get_xscale() == "log"
    low, high = draw().ax_.get_xlim()
    assert low < 0.1 and high > 10


def test_ticks_do_not_overlap():
    display = draw(search({"weighter__bandwidth": np.linspace(1.001, 2.001, 40)}))
    figure = display.figure_
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in display.ax_.get_xticklabels()]
    assert 5 < len(boxes) < 40
    assert all(a.x1 < b.x0 for a, b in itertools.pairwise(boxes))


def test_relative():
    display = draw(relative=True)
    for name, errors in display.errors.items():
        mean = errors.mean(axis=1)
        np.testing.assert_allclose(display.lines_[name].get_ydata(), mean / mean.min())
        (_, low), (_, high) = display.error_bars_[name].get_segments()[0]
        assert (high - low) / 2 == pytest.approx(errors[0].std() / mean.min())
    assert display.ax_.get_ylabel() == "error relative to the lowest"


def test_one_score_and_one_fold():
    one = search({"weighter__bandwidth": BANDWIDTHS}, "neg_mean_absolute_error", cv=[(
        np.arange(100), np.arange(100, 150)
    )])  # fmt: skip
    display = draw(one)
    assert list(display.lines_) == ["score"]
    assert (display.errors["score"] > 0).all()
    assert display.legend_.get_title().get_text() == ""


def test_one_bandwidth():
    display = draw(search({"weighter__bandwidth": [3.0]}))
    low, high = display.ax_.get_xlim()
    assert low < 3 < high
    display.figure_.draw_without_rendering()


# ---------------------------------------------------------------------------- choices


def test_scores_and_labels():
    assert list(draw(scores="rare").lines_) == ["rare"]
    assert list(draw(scores=["frequent", "rare"]).lines_) == ["frequent", "rare"]
    assert list(draw(scores={"rare": "above 2"}).lines_) == ["above 2"]
    named = search({"weighter__bandwidth": [1.0, 2.0]}, ["neg_mean_absolute_error", "r2"])
    display = draw(named)
    assert list(display.lines_) == ["mean absolute error", "r2"]
    assert (display.errors["mean absolute error"] > 0).all()
    scores = [named.cv_results_[f"split{k}_test_r2"] for k in range(4)]
    np.testing.assert_array_equal(display.errors["r2"], np.transpose(scores))


@pytest.mark.parametrize(("negate", "sign"), [(True, -1), (False, 1), ("auto", -1)])
def test_negate(negate, sign):
    scores = BOTH.cv_results_["split2_test_rare"]
    display = draw(negate=negate)
    order = np.argsort(BANDWIDTHS)
    np.testing.assert_array_equal(display.errors["rare"][:, 2], sign * scores[order])


def test_labels():
    assert draw().ax_.get_xlabel() == "weighter__bandwidth"
    display = draw(param_name="bandwidth ($)", error_name="MAE ($)")
    assert display.ax_.get_xlabel() == r"bandwidth (\$)"
    assert display.ax_.get_ylabel() == r"MAE (\$)"


def test_other_parameters_are_fixed():
    for value in (0.5, 1.0):
        display = draw(TWO, fixed={"weighter__reweight": value})
        expected = search({"weighter__bandwidth": [0.1, 5.0], "weighter__reweight": [value]})
        np.testing.assert_allclose(display.errors["rare"], draw(expected).errors["rare"])
    refitted = search(GRID, refit="rare")
    best = refitted.best_params_["weighter__reweight"]
    expected = draw(TWO, fixed={"weighter__reweight": best})
    np.testing.assert_array_equal(draw(refitted).errors["rare"], expected.errors["rare"])


def test_the_parameter_may_be_any_number():
    found = search({"regressor__alpha": [1, 10, 100], "weighter__bandwidth": [1.0]})
    display = draw(found, param="regressor__alpha")
    assert display.bandwidths == [1, 10, 100]
    assert display.param_name == "regressor__alpha"


def test_random_search():
    model = WeightedRegressor(Ridge(), LDSWeighter())
    found = RandomizedSearchCV(
        model, {"weighter__bandwidth": BANDWIDTHS}, n_iter=2, random_state=0, cv=3
    ).fit(X, Y)
    assert len(draw(found).bandwidths) == 2


def results(values):
    """Return a fitted search with other scores."""
    found = clone(BOTH)
    found.cv_results_ = dict(BOTH.cv_results_)
    for k in range(4):
        found.cv_results_[f"split{k}_test_rare"] = np.array(values)
    return found


def test_failed_fits_are_gaps():
    display = draw(results([np.nan, -1.0, -2.0]))
    assert display.lines_["rare"].get_ydata().tolist()[:2] == [1, 2]
    assert np.isnan(display.lines_["rare"].get_ydata()[2])
    display.figure_.draw_without_rendering()


# ---------------------------------------------------------------------------- errors


TWICE = clone(BOTH)
TWICE.cv_results_ = {**BOTH.cv_results_, "params": [{"weighter__bandwidth": 1.0}] * 3}


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"found": clone(BOTH)}, NotFittedError, "'search' .* must be fitted. Got an unfitted Gr"),
        (
            {"found": BandwidthSearchRegressor(WeightedRegressor(Ridge())).fit(X, Y)},
            TypeError,
            r"'search' .* must be a fitted GridSearchCV or alike. Got BandwidthSearchRegressor\(",
        ),
        ({"found": GridSearchCV}, TypeError, "'search' .* a fitted GridSearchCV or alike"),
        ({"found": Ridge()}, TypeError, r"'search' .* Got Ridge\(\)"),
        ({"found": 3}, TypeError, "'search' .* Got 3"),
        ({"found": TWICE}, ValueError, "'search' .* one candidate per bandwidth"),
        ({"found": results([np.nan] * 3)}, ValueError, "'search' .* none with the score 'rare'"),
        ({"param": "alpha"}, ValueError, "'param' .* Got 'alpha'"),
        ({"param": 3}, ValueError, r"'param' .* \(weighter__bandwidth\). Got 3"),
        ({"found": search({"regressor__alpha": [1.0]})}, ValueError, "0 of them are named"),
        (
            {"found": search({"weighter__clip": [None, (0, 5)]}), "param": "weighter__clip"},
            ValueError,
            "'param' .* numbers or rules. Got 'weighter__clip' with None",
        ),
        ({"scores": "mae"}, ValueError, r"'scores' .* \(rare, frequent\).* Got 'mae'"),
        ({"scores": []}, ValueError, r"'scores' .* Got \[\]"),
        ({"scores": 3}, ValueError, "'scores' .* Got 3"),
        ({"scores": [3]}, ValueError, "'scores' .* Got 3"),
        ({"scores": {"rare": 1}}, ValueError, "'scores' .* all different"),
        ({"scores": {"rare": "a", "frequent": "a"}}, ValueError, "'scores' .* all different"),
        ({"found": TWO}, ValueError, "'fixed' .* value of weighter__reweight. Got nothing"),
        ({"found": TWO, "fixed": {"x": 1}}, ValueError, "'fixed' .* other parameters"),
        ({"found": TWO, "fixed": 0.5}, ValueError, "'fixed' .* Got 0.5"),
        (
            {"found": TWO, "fixed": {"weighter__reweight": 0.7}},
            ValueError,
            "'fixed' .* values of the search. Got {'weighter__reweight': 0.7}",
        ),
        ({"negate": "yes"}, ValueError, "'negate' .* True, False or 'auto'. Got 'yes'"),
        ({"relative": "yes"}, ValueError, "'relative' .* True or False"),
        ({"relative": True, "negate": False}, ValueError, "'relative' .* not positive"),
        ({"param_name": 3}, ValueError, "'param_name' .* None or a string"),
        ({"error_name": 3}, ValueError, "'error_name' .* None or a string"),
        ({"xscale": "asinh"}, ValueError, "'xscale' .* 'auto', 'linear' or 'log'"),
        (
            {
                "found": search({"regressor__alpha": [0.0, 1.0]}),
                "param": "regressor__alpha",
                "xscale": "log",
            },
            ValueError,
            "'xscale' .* 'linear' where not all are positive. Got 'log'",
        ),
    ],
)
def test_errors_name_the_parameter(params, error, message):
    with pytest.raises(error, match=message):
        draw(**params)
