"""ResamplingDisplay: rows before and after, features of all containers, and bad input."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse
from sklearn.base import BaseEstimator

from skdir.inspection import ResamplingDisplay
from skdir.relevance import RelevanceFunction
from skdir.resampling import SMOGN, WERCS, RandomOverSampler, RandomUnderSampler, SmoteR

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 3))
Y = np.exp(X.sum(axis=1))
SAMPLERS = {
    "under": RandomUnderSampler(random_state=0),
    "over": RandomOverSampler(random_state=0),
    "SmoteR": SmoteR(random_state=0),
    "SMOGN": SMOGN(random_state=0),
    "WERCS": WERCS(random_state=0),
}
each = pytest.mark.parametrize("sampler", list(SAMPLERS.values()), ids=list(SAMPLERS))


def draw(sampler=SAMPLERS["SmoteR"], X=X, y=Y, **params):
    return ResamplingDisplay.from_sampler(sampler, X, y, **params)


def rows_of(points):
    """Return the places and colours of points as a sorted array; none for None."""
    if points is None:
        return np.empty((0, 3))
    rows = np.column_stack([points.get_offsets(), points.get_array()])
    return rows[np.lexsort(rows.T)]


def sort(X, y):
    rows = np.column_stack([X, y])
    return rows[np.lexsort(rows.T)]


# ---------------------------------------------------------------------------- what is drawn


@each
def test_points_are_the_rows(sampler):
    display = draw(sampler)
    fitted = type(sampler)(**sampler.get_params(deep=False))
    X_new, y_new = fitted.fit_resample(X, Y)
    new = fitted.synthetic_mask_
    kept, gone = (
        fitted.sample_indices_[~new],
        np.setdiff1d(np.arange(200), fitted.sample_indices_[~new]),
    )
    for points, expected in {
        display.kept_before_points_: sort(X[kept, :2], Y[kept]),
        display.removed_points_: sort(X[gone, :2], Y[gone]),
        display.kept_points_: sort(X_new[~new, :2], y_new[~new]),
        display.synthetic_points_: sort(X_new[new, :2], y_new[new]),
    }.items():
        np.testing.assert_array_equal(rows_of(points), expected)
    assert not hasattr(sampler, "synthetic_mask_"), "the given one is not fitted"


@each
def test_bars_and_outlines_hold_the_targets(sampler):
    display = draw(sampler, bins=[0, 1, 5, 1000], xscale="linear")
    heights = [bar.get_height() for bar in display.histogram_]
    assert heights == [np.sum((low <= Y) & (high > Y)) for low, high in ((0, 1), (1, 5), (5, 1e3))]
    after, edges, _ = display.after_.get_data()
    assert after.sum() == len(display.y_resampled)
    assert edges.tolist() == [0, 1, 5, 1000]
    n_new = display.synthetic_mask.sum()
    if display.synthetic_ is None:
        assert n_new == 0
    else:
        assert display.synthetic_.get_data().values.sum() == n_new > 0


def test_marks_differ_by_shape():
    display = draw(SMOGN(random_state=0, sampling_strategy="balance"))
    kept, new = display.kept_points_.get_paths()[0], display.synthetic_points_.get_paths()[0]
    assert len(kept) != len(new)
    assert len(display.removed_points_.get_paths()[0]) != len(kept)
    assert display.after_.get_linestyle() != display.synthetic_.get_linestyle()


def test_both_panels_have_the_same_limits_and_colours():
    display = draw()
    _, before, after = display.axes_
    assert before.get_xlim() == after.get_xlim() and before.get_ylim() == after.get_ylim()
    (low, high), every = after.get_xlim(), display.features_resampled[:, 0]
    assert low < min(every.min(), X[:, 0].min()) and high > max(every.max(), X[:, 0].max())
    norms = {
        (points.norm.vmin, points.norm.vmax)
        for points in (display.kept_before_points_, display.kept_points_, display.synthetic_points_)
    }
    both = np.concatenate([Y, display.y_resampled])
    assert norms == {(both.min(), both.max())}
    assert display.colorbar_.ax.get_ylabel() == "target"


def test_legends_count_the_rows():
    display = draw()
    words = [[t.get_text() for t in legend.get_texts()] for legend in display.legends_]
    n = display.synthetic_mask.sum()
    assert words == [
        ["before: 200 rows", f"after: {len(display.y_resampled)} rows", f"synthetic: {n} rows"],
        ["kept", "removed"],
        ["kept", "synthetic"],
    ]
    assert [legend.get_title().get_text() for legend in display.legends_[1:]] == ["before", "after"]
    under = draw(SAMPLERS["under"])
    assert under.synthetic_points_ is None
    assert [t.get_text() for t in under.legends_[2].get_texts()] == ["kept"]
    over = draw(SAMPLERS["over"])
    assert over.removed_points_ is None


@pytest.mark.parametrize("scale", ["linear", "log", "asinh"])
def test_scale_is_that_of_axis_and_colours(scale):
    display = draw(xscale=scale)
    assert display.axes_[0].get_xscale() == scale
    norm = type(display.kept_points_.norm).__name__
    assert norm == {"linear": "Normalize", "log": "LogNorm", "asinh": "AsinhNorm"}[scale]
    assert draw(y=Y**4).axes_[0].get_xscale() == "log"


# ---------------------------------------------------------------------------- features


FRAME = pd.DataFrame(
    {
        "kind": pd.Categorical(RNG.choice(["a", "b"], 200)),
        "text": RNG.choice(["c", "d"], 200),
        "first": X[:, 0],
        "whole": pd.array(RNG.integers(0, 9, 200), dtype="Int64"),
        "last": X[:, 2],
    }
)


@pytest.mark.parametrize(
    ("container", "features", "names"),
    [
        (X, None, ("feature 0", "feature 1")),
        (X, [2, 0], ("feature 2", "feature 0")),
        (X, [-1, 1], ("feature 2", "feature 1")),
        (X.tolist(), None, ("feature 0", "feature 1")),
        (sparse.csr_array(X), [2, 1], ("feature 2", "feature 1")),
        (FRAME, None, ("first", "whole")),
        (FRAME, ["last", "whole"], ("last", "whole")),
        (FRAME, [4, 2], ("last", "first")),
        (pl.DataFrame({"x": X[:, 0], "t": ["u"] * 200, "z": X[:, 2]}), None, ("x", "z")),
    ],
    ids=["array", "positions", "negative", "list", "sparse", "frame", "names", "4 2", "polars"],
)
def test_features_of_all_containers(container, features, names):
    display = draw(RandomUnderSampler(random_state=0), X=container, features=features)
    assert display.feature_names == names
    assert display.axes_[1].get_xlabel() == display.axes_[2].get_xlabel() == names[0]
    assert display.axes_[1].get_ylabel() == names[1]
    columns = {
        "first": 0, "x": 0, "feature 0": 0, "feature 1": 1, "feature 2": 2, "last": 2, "z": 2,
    }  # fmt: skip
    for j, name in enumerate(names):
        expected = FRAME["whole"] if name == "whole" else X[:, columns[name]]
        np.testing.assert_array_equal(display.features[:, j], expected)
    np.testing.assert_array_equal(
        display.features_resampled, display.features[display.sample_indices]
    )


def test_columns_of_text_are_passed_over():
    mixed = np.empty((200, 3), dtype=object)
    mixed[:, 0], mixed[:, 1:] = "a", X[:, :2]
    display = draw(RandomUnderSampler(random_state=0), X=mixed)
    assert display.feature_names == ("feature 1", "feature 2")


def test_rows_with_missing_features_are_counted():
    holes = X.copy()
    holes[:30, 1] = np.nan
    display = draw(RandomUnderSampler(random_state=0), X=holes)
    shown = [display.kept_before_points_, display.removed_points_]
    assert sum(len(points.get_offsets()) for points in shown) == 170
    title = display.legends_[1].get_title().get_text()
    assert title == "before; 30 rows with missing features"
    assert "missing" in display.legends_[2].get_title().get_text()
    holes[:, 1] = np.nan
    none = draw(RandomUnderSampler(random_state=0), X=holes)
    assert none.kept_points_ is none.kept_before_points_ is None
    none.figure_.draw_without_rendering()


def test_constant_features_have_an_axis():
    display = draw(RandomUnderSampler(random_state=0), X=np.ones((200, 2)))
    assert display.axes_[1].get_xlim() == (0.5, 1.5)


def test_many_rows_are_an_image_in_vector_files():
    big, y = RNG.normal(size=(2500, 2)), RNG.gamma(1.0, size=2500)
    assert draw(RandomUnderSampler(random_state=0), X=big, y=y).kept_points_.get_rasterized()
    assert not draw().kept_points_.get_rasterized()


# ---------------------------------------------------------------------------- errors


class Foreign(BaseEstimator):
    """A sampler that does not say what is new."""

    def fit_resample(self, X, y):
        """Return what came."""
        return X, y


@pytest.mark.parametrize(
    ("params", "error", "message"),
    [
        ({"sampler": SmoteR}, TypeError, "'sampler' .* an estimator with fit_resample. Got"),
        ({"sampler": 3}, TypeError, "'sampler' .* Got 3"),
        ({"sampler": Foreign()}, ValueError, "'sampler' .* sets synthetic_mask_. Got a Foreign"),
        ({"X": X[:, :1]}, ValueError, "'features' .* Got X with 1 numeric of 1 features"),
        ({"features": [0]}, ValueError, "'features' .* Got 1 of them"),
        ({"features": [0, 1, 2]}, ValueError, "'features' .* Got 3 of them"),
        ({"features": "ab"}, ValueError, "'features' .* two numeric features.* Got 'ab'"),
        ({"features": 3}, ValueError, "'features' .* Got 3"),
        ({"features": [0, 3]}, ValueError, "'features' .* from 0 to 2. Got 3"),
        ({"features": [0, True]}, ValueError, "'features' .* Got True"),
        ({"features": [0, "b"]}, ValueError, "'features' .* Got 'b'"),
        ({"X": FRAME, "features": ["last", "b"]}, ValueError, "of kind, text, .* Got 'b'"),
        ({"X": FRAME, "features": ["last", "kind"]}, ValueError, "feature 0, which is not num"),
        ({"y": Y[1:]}, ValueError, "inconsistent numbers of samples"),
        ({"y": np.full(200, np.nan)}, ValueError, "'y' .* finite"),
        ({"bins": [0, 1]}, ValueError, "'bins' .* edges that cover"),
        ({"xscale": "sqrt"}, ValueError, "'xscale' parameter"),
    ],
)
def test_errors_name_the_parameter(params, error, message):
    with pytest.raises(error, match=message):
        draw(**{"sampler": RandomUnderSampler(), **params})


def test_a_target_without_rare_values_is_refused_by_the_sampler():
    relevance = RelevanceFunction(method="control_points", control_points=[[0, 0], [1e9, 1]])
    with pytest.raises(ValueError, match="RandomUnderSampler"):
        draw(RandomUnderSampler(relevance=relevance))
