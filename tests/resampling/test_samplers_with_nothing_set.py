"""What every sampler makes of common targets with nothing set."""

import warnings

import numpy as np
import pytest
from imblearn.pipeline import make_pipeline
from sklearn.datasets import load_diabetes
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_score

from skdir.relevance import RelevanceFunction
from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)

BY_BUMPS = [RandomUnderSampler, RandomOverSampler, GaussianNoise, SmoteR, SMOGN]
every = pytest.mark.parametrize("kind", [*BY_BUMPS, WERCS])
by_bumps = pytest.mark.parametrize("kind", BY_BUMPS)
RNG = np.random.default_rng(0)
WITHOUT_OUTLIERS = {
    "diabetes": load_diabetes(return_X_y=True)[1],
    "uniform": RNG.uniform(size=200),
    "sine": np.sin(np.arange(300.0)),
    "shares": RNG.beta(2, 3, size=200),
    "months": np.arange(240) % 12,
}


def features(y):
    return np.random.default_rng(1).normal(size=(len(y), 3))


@every
@pytest.mark.parametrize("target", WITHOUT_OUTLIERS)
def test_without_outliers_the_tails_are_rare_and_there_is_one_warning(kind, target):
    y = WITHOUT_OUTLIERS[target]
    X = features(y)
    sampler = kind(random_state=0)
    with pytest.warns(UserWarning, match="no outliers by the box plot") as caught:
        _, y_new = sampler.fit_resample(X, y)
    assert [caught[0].filename, len(caught)] == [__file__, 1]
    message = str(caught[0].message)
    assert message.startswith(f"{kind.__name__} got targets from {y.min():g} to {y.max():g} ")
    assert "relevance is 1 beyond the quantiles 0.1 and 0.9 of y instead" in message
    low, high = np.quantile(y, [0.1, 0.9])

    def share(values):
        return np.mean((values <= low) | (values >= high))

    assert share(y_new) > 1.1 * share(y)
    if kind is not WERCS:
        assert [bump.rare for bump in sampler.bumps_] == [True, False, True]
        # relevance 0.8 of the cubic, 3 u^2 - 2 u^3 = 0.8, is at u = 0.7129 of the way from the
        # median to a tenth: of a uniform target 0.1 + 0.4 (1 - 0.7129) = 0.215 on each side
        if target == "uniform":
            rare = sum(bump.n_samples for bump in sampler.bumps_ if bump.rare)
            assert rare == pytest.approx(2 * 0.215 * len(y), abs=6)


def test_the_warning_of_a_fold_points_at_the_line_of_the_user():
    X, y = load_diabetes(return_X_y=True)
    model = make_pipeline(SmoteR(random_state=0), Ridge())
    with pytest.warns(UserWarning, match="^SmoteR got targets") as caught:
        cross_val_score(model, X, y, cv=2)
    assert {warning.filename for warning in caught} == {__file__}


@every
def test_an_explicit_choice_is_silent(kind):
    y = WITHOUT_OUTLIERS["diabetes"]
    quiet = kind(relevance=RelevanceFunction(method="quantile"), random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        given = quiet.fit_resample(features(y), y)
    with pytest.warns(UserWarning, match="quantiles 0.1 and 0.9"):
        default = kind(random_state=0).fit_resample(features(y), y)
    np.testing.assert_array_equal(given[1], default[1])


@every
def test_fit_warns_as_fit_resample_does(kind):
    y = WITHOUT_OUTLIERS["uniform"]
    with pytest.warns(UserWarning, match=f"^{kind.__name__} got targets") as caught:
        kind().fit(features(y), y)
    assert len(caught) == 1


@every
def test_normal_samples_all_work(kind):
    for seed in range(20):
        y = np.random.default_rng(seed).normal(size=200)
        X = features(y)
        try:
            RelevanceFunction(degenerate="raise").fit(y)
        except ValueError:
            has_outliers = False
        else:
            has_outliers = True
        if has_outliers:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                _, y_new = kind(random_state=0).fit_resample(X, y)
        else:
            with pytest.warns(UserWarning, match="quantiles 0.1 and 0.9"):
                _, y_new = kind(random_state=0).fit_resample(X, y)
        assert len(np.unique(y_new)) > 10


@every
def test_in_a_pipeline_under_cross_validation(kind):
    X, y = load_diabetes(return_X_y=True)
    with pytest.warns(UserWarning, match="quantiles 0.1 and 0.9") as caught:
        score = cross_val_score(make_pipeline(kind(random_state=0), Ridge(alpha=0.01)), X, y, cv=3)
    assert len(caught) == 3  # one for each fit
    assert score.min() > 0.3


# ---------------------------------------------------------------------------- hardly a target


@by_bumps
@pytest.mark.parametrize("counts", [(5, 95), (95, 5), (30, 70)])
def test_of_two_values_the_rarer_one_is_rare(kind, counts):
    y = np.repeat([0.0, 1.0], counts)
    with pytest.warns(UserWarning, match=f"^{kind.__name__} got targets"):
        sampler = kind(random_state=0).fit(features(y), y)
    assert [b.n_samples for b in sampler.bumps_] == list(counts)
    assert [b.rare for b in sampler.bumps_] == [n < 50 for n in counts]
    after = [sampler.sampling_strategy_[0], sampler.sampling_strategy_[1]]
    assert after[0] == after[1]


@by_bumps
@pytest.mark.parametrize(
    "y", [np.repeat([0, 1], 20), np.array([1.0, 2.0]), np.r_[-11:-10:9j, 10:11:9j]]
)
def test_where_all_is_rare_the_rows_stay_with_a_warning(kind, y):
    X = features(y)
    sampler = kind(random_state=0)
    with pytest.warns(UserWarning, match="no outliers|nothing to balance") as caught:
        X_new, y_new = sampler.fit_resample(X, y)
    assert [str(w.message).split(":")[0] for w in caught[1:]] == [
        f"{kind.__name__} finds nothing to balance"
    ]
    assert "all" in str(caught[1].message) and "are rare" in str(caught[1].message)
    np.testing.assert_array_equal(X_new, X)
    np.testing.assert_array_equal(y_new, y)


@pytest.mark.filterwarnings("ignore:WERCS got targets:UserWarning")
def test_wercs_removes_no_row_where_all_are_rare():
    y = np.repeat([0, 1], 20)
    sampler = WERCS(random_state=0)
    with pytest.warns(UserWarning, match="^WERCS removes 0 rows in place of 20 .under=0.5 of 40"):
        _, y_new = sampler.fit_resample(features(y), y)
    assert len(y_new) == 60 and set(y_new) == {0, 1}


@every
@pytest.mark.parametrize("n", [3, 4, 5, 6])
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_tiny_samples(kind, n):
    for y in (np.arange(n), 2.0 ** np.arange(n), np.r_[np.zeros(n - 1), 1.0]):
        X = features(y)
        sampler = kind(random_state=0)
        X_new, y_new = sampler.fit_resample(X, y)
        assert len(X_new) == len(y_new) >= 2
        assert np.isfinite(X_new).all()
        assert y_new.min() >= y.min() - 1 and y_new.max() <= y.max() + 1


@every
@pytest.mark.parametrize("n", [1, 0])
def test_less_than_two_rows_are_an_error(kind, n):
    with pytest.raises(ValueError, match=r"at least 2 targets|minimum of 1 is required"):
        kind().fit_resample(np.ones((n, 3)), np.ones(n))


@by_bumps
def test_a_tail_that_no_row_is_left_of_stays_by_one_row(kind):
    # 24 high outliers of 1,024 rows: "extreme" thins the normal ones to 24^2 / 1000 = 0.6 rows
    y = np.r_[np.random.default_rng(0).uniform(size=1000), 10 + np.arange(24.0)]
    sampler = kind(sampling_strategy="extreme", random_state=0)
    _, y_new = sampler.fit_resample(features(y), y)
    assert (y_new < 2).any() and (y_new > 9).any()


@every
def test_parameters_of_the_default_relevance_are_within_reach(kind):
    sampler = kind(random_state=0)
    assert sampler.get_params()["relevance__coef"] == 1.5
    assert sampler.relevance is None
    sampler.set_params(relevance__extremes="high", relevance__coef=0.5)
    assert repr(sampler.relevance) == "RelevanceFunction(coef=0.5, extremes='high')"
    y = np.random.default_rng(0).gamma(2.0, 3.0, size=200)
    given = kind(relevance=RelevanceFunction(extremes="high", coef=0.5), random_state=0)
    want = given.fit_resample(features(y), y)[1]
    np.testing.assert_array_equal(sampler.fit_resample(features(y), y)[1], want)
    if kind is not WERCS:
        assert "relevance__coef" not in kind(bins=4).get_params()
