"""How many rows each bump is to have."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skdir.relevance import Bump, RelevanceFunction, find_bumps
from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)
from skdir.resampling._plan import check_two_bumps, plan_rows

BUMPS = [Bump(0, 1, True, 26), Bump(1, 2, False, 69), Bump(2, 3, True, 107),
         Bump(3, 4, False, 74), Bump(4, 5, True, 24)]  # fmt: skip


def plan(strategy, bumps=BUMPS, *, adds=True, removes=True):
    found = plan_rows(strategy, bumps, adds=adds, removes=removes, caller="test")
    return list(found.values())


def test_balance_gives_each_bump_the_mean_size_but_keeps_rare_rows():
    # 300 rows in 5 bumps; the large rare one stays as it is
    assert plan("balance") == [60, 60, 107, 60, 60]
    two = [Bump(0, 1, False, 337), Bump(1, 2, True, 63)]
    assert plan("balance", two) == [200, 200]


def test_deviation_a_small_normal_bump_is_not_enlarged():
    bumps = [
        Bump(0, 1, True, 10),
        Bump(1, 2, False, 100),
        Bump(2, 3, True, 10),
        Bump(3, 4, False, 2),
    ]
    got = plan("balance", bumps)  # 30.5 each but for the small one
    assert (sum(got), got[3]) == (94, 2)
    assert set(got[:3]) == {30, 31}
    assert plan("extreme", bumps)[3] == 2


def test_extreme_is_in_inverse_proportion_and_keeps_the_total():
    two = [Bump(0, 1, False, 337), Bump(1, 2, True, 63)]
    assert plan("extreme", two) == [63, 337]
    sizes = np.array([bump.n_samples for bump in BUMPS])
    wanted = 60**2 / sizes
    wanted *= 300 / wanted.sum()
    got = plan("extreme")
    for position in (0, 1, 3, 4):
        assert abs(got[position] - wanted[position]) < 1
    assert got[2] == 107  # not thinned


def test_over_and_under_move_one_side_to_the_mean_of_the_other():
    assert plan("over") == [72, 69, 107, 74, 71]
    assert plan("under") == [26, 53, 107, 52, 24]
    assert plan("balance", removes=False) == plan("over", removes=False) == plan("over")
    assert plan("balance", adds=False) == plan("under", adds=False) == plan("under")
    assert plan("extreme", removes=False) == [197, 69, 107, 74, 213]  # 71.5^2 / n
    assert plan("extreme", adds=False) == [26, 40, 107, 37, 24]  # 52.33^2 / n


@pytest.mark.parametrize(
    ("adds", "removes", "expected"),
    [(True, True, [108, 12]), (True, False, [900, 100]), (False, True, [30, 3])],
)
def test_a_ratio_is_that_of_rare_to_normal_rows(adds, removes, expected):
    bumps = [Bump(0, 1, True, 30 if not adds else 20), Bump(1, 2, False, 100)]
    assert plan(9.0, bumps, adds=adds, removes=removes) == expected


def test_a_ratio_keeps_the_proportions_within_rare_and_normal():
    bumps = [
        Bump(0, 1, True, 10),
        Bump(1, 2, False, 300),
        Bump(2, 3, True, 30),
        Bump(3, 4, False, 60),
    ]
    assert plan(1.0, bumps) == [50, 167, 150, 33]


@pytest.mark.parametrize("wrap", [dict, lambda d: lambda bumps: d], ids=["dict", "callable"])
def test_explicit_rows_may_do_anything_and_leave_the_rest(wrap):
    assert plan(wrap({0: 100, 2: 5, np.int64(1): np.int64(1)})) == [100, 1, 5, 74, 24]
    assert plan(wrap({})) == [26, 69, 107, 74, 24]


def test_a_dict_may_leave_no_row_of_a_bump():
    assert plan({1: 0, 3: 0}) == [26, 0, 107, 0, 24]


def test_a_function_that_leaves_no_row_of_a_bump_is_warned_of():
    with pytest.warns(UserWarning, match=r"of test leaves no row of 2 of 5 bumps") as caught:
        got = plan(lambda bumps: {i: b.n_samples // 100 for i, b in enumerate(bumps) if i < 3})
    assert got == [0, 0, 1, 74, 24]
    assert str(caught[0].message).endswith("(0: rare, 0 to 1; 1: normal, 1 to 2).")


def test_no_strategy_of_ours_leaves_a_bump_without_rows():
    # 5^2 / 1000 rounds to 0: there would be no normal row
    two = [Bump(0, 1, False, 1000), Bump(1, 2, True, 5)]
    assert plan("extreme", two, adds=False) == [1, 5]
    assert plan("under", two) == plan("balance", two, adds=False) == [5, 5]
    assert plan(1e9, two, adds=False) == [1, 5]
    assert plan(1e9, two) == [1, 1004]  # the total stays
    tiny = [Bump(0, 1, False, 1), Bump(1, 2, True, 5), Bump(2, 3, False, 1000)]
    assert plan(1.0, tiny) == [1, 503, 502]
    assert plan("extreme", tiny, adds=False) == [1, 5, 1]


def test_a_callable_gets_the_bumps():
    seen = []

    def double_the_rare(bumps):
        seen.extend(bumps)
        return {i: 2 * bump.n_samples for i, bump in enumerate(bumps) if bump.rare}

    assert plan(double_the_rare) == [52, 69, 214, 74, 48]
    assert seen == BUMPS


@given(
    sizes=st.lists(st.integers(1, 5000), min_size=2, max_size=9),
    first_rare=st.booleans(),
    strategy=st.sampled_from(["balance", "extreme", "over", "under"]),
    able=st.sampled_from([(True, True), (True, False), (False, True)]),
)
def test_named_strategies_never_thin_rare_bumps_nor_enlarge_normal_ones(
    sizes, first_rare, strategy, able
):
    adds, removes = able
    if (strategy == "over" and not adds) or (strategy == "under" and not removes):
        return
    bumps = [Bump(i, i + 1, (i % 2 == 0) == first_rare, n) for i, n in enumerate(sizes)]
    got = plan(strategy, bumps, adds=adds, removes=removes)
    for bump, wanted in zip(bumps, got):
        assert wanted >= bump.n_samples if bump.rare else wanted <= bump.n_samples
        assert isinstance(wanted, int)
        assert wanted >= 1
    if adds and removes and strategy == "balance":
        # exact integers: within one of the mean, and their sum that of the wanted sizes
        mean = np.mean(sizes)
        exact = [max(b.n_samples, mean) if b.rare else min(b.n_samples, mean) for b in bumps]
        assert abs(sum(got) - sum(exact)) <= 0.5 + 1e-6
        assert all(abs(a - b) < 1 for a, b in zip(got, exact))


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ({0: -1}, "made of whole numbers of rows from 0 on. Got -1 for bump 0"),
        ({0: 1.5}, "Got 1.5 for bump 0"),
        ({0: True}, "Got True for bump 0"),
        (
            {5: 10},
            "keyed by positions of bumps, 0 to 4 \\(0: rare, 0 to 1; 1: normal, .* the key 5",
        ),
        ({-1: 10}, "Got the key -1"),
        ({"a": 10}, "Got the key 'a'"),
        (dict.fromkeys(range(5), 0), "a plan that leaves rows. Got 0 rows for every bump"),
        (lambda bumps: [1, 2], " \\(its result\\) must be a dict .* Got \\[1, 2\\]"),
        (lambda bumps: {9: 1}, " \\(its result\\) must be keyed"),
        (1.0, "at least the present ratio of rare to normal rows, 157/143 = 1.098"),
        (np.inf, "a positive ratio .* Got inf"),
        (True, "Got True instead"),
    ],
)
def test_bad_plans_are_refused(strategy, message):
    with pytest.raises(ValueError, match=f"'sampling_strategy' parameter of test.*{message}"):
        plan(strategy)


def test_a_sampler_that_cannot_is_named():
    with pytest.raises(ValueError, match="at most the rows .* removes rows only. Got 30 rows for"):
        plan({0: 30}, adds=False)
    with pytest.raises(
        ValueError, match="at least the rows .* adds rows only. Got 3 rows for bump"
    ):
        plan({0: 3}, removes=False)
    with pytest.raises(ValueError, match="'balance', 'extreme', 'under', since .* Got 'over'"):
        plan("over", adds=False)
    with pytest.raises(ValueError, match="'balance', 'extreme', 'over', since .* Got 'under'"):
        plan("under", removes=False)


def test_bins_of_equal_size_need_no_change_and_have_no_ratio():
    bumps = [Bump(0, 1, False, 10), Bump(1, 2, False, 10)]
    assert plan("balance", bumps) == plan("over", bumps) == [10, 10]
    with pytest.raises(ValueError, match="rows per bump where all rows are normal. Got 2 instead"):
        plan(2.0, bumps)
    bumps = [Bump(0, 1, True, 10)]
    with pytest.raises(ValueError, match="rows per bump where all rows are rare. Got 0.5 instead"):
        plan(0.5, bumps)


SAMPLERS = [RandomUnderSampler, RandomOverSampler, GaussianNoise, SmoteR, SMOGN]


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    return rng.normal(size=(500, 4)), rng.gamma(2.0, size=500)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("strategy", ["balance", "extreme", 0.9, {0: 400, 1: 77}, {0: 433}])
def test_the_result_has_the_rows_of_the_plan(data, sampler, strategy):
    X, y = data
    fitted = sampler(sampling_strategy=strategy, random_state=0)
    sizes = [b.n_samples for b in fitted.set_params(sampling_strategy="balance").fit(X, y).bumps_]
    if isinstance(strategy, dict):
        strategy = {
            k: min(n, sizes[k]) if sampler is RandomUnderSampler
            else max(n, sizes[k]) if sampler is RandomOverSampler else n
            for k, n in strategy.items()
        }  # fmt: skip
    fitted.set_params(sampling_strategy=strategy)
    X_new, y_new = fitted.fit_resample(X, y)
    wanted = fitted.sampling_strategy_
    if isinstance(strategy, dict):
        assert {k: wanted[k] for k in strategy} == strategy
    assert len(X_new) == len(y_new) == sum(wanted.values())
    bump_of = (
        np.searchsorted([b.low for b in fitted.bumps_], y[fitted.sample_indices_], "right") - 1
    )
    assert dict(enumerate(np.bincount(bump_of, minlength=len(sizes)).tolist())) == wanted
    original = ~fitted.synthetic_mask_
    np.testing.assert_array_equal(X_new[original], X[fitted.sample_indices_[original]])
    np.testing.assert_array_equal(y_new[original], y[fitted.sample_indices_[original]])
    assert (np.diff(fitted.sample_indices_[original]) > 0).all()  # in order, none twice
    assert (np.diff(fitted.synthetic_mask_.astype(int)) >= 0).all()  # originals first


@pytest.mark.parametrize("bins", [4, "auto", np.array([0.0, 1.0, 2.0, 5.0, 20.0])])
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_bins_take_the_place_of_relevance(data, sampler, bins):
    X, y = data
    fitted = sampler(bins=bins, random_state=0).fit(X, y)
    lonely = sum(b.n_samples == 1 for b in fitted.bumps_)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _, y_new = fitted.fit_resample(X, y)
    # once for all bins of one row, where they get noise in the place of a neighbour
    assert len(caught) == (lonely > 0 and "Random" not in sampler.__name__)
    assert fitted.relevance_ is None
    edges = np.histogram_bin_edges(y, bins)
    counts = np.histogram(y, edges)[0]
    counts = counts[counts > 0]
    assert [b.n_samples for b in fitted.bumps_] == counts.tolist()
    assert [b.rare for b in fitted.bumps_] == (counts < counts.mean()).tolist()
    assert len(y_new) == sum(fitted.sampling_strategy_.values())
    assert fitted.bumps_[0].low == y.min()
    assert fitted.bumps_[-1].high == y.max()


def test_integer_bins(data):
    X, y = data
    y = np.minimum(np.floor(y), 3).astype(int)
    sampler = RandomUnderSampler(bins="integer").fit(X, y)
    assert [(b.low, b.high, b.n_samples) for b in sampler.bumps_] == [
        (k, k, n) for k, n in enumerate(np.bincount(y))
    ]


def test_threshold_moves_the_bumps(data):
    X, y = data
    rare = [
        sum(b.n_samples for b in SmoteR(threshold=t).fit(X, y).bumps_ if b.rare)
        for t in (0.2, 0.5, 0.9)
    ]
    assert rare[0] > rare[1] > rare[2] > 0


def test_relevance_of_any_kind(data):
    X, y = data
    rare = y > 4
    for relevance in (lambda y: (y > 4).astype(float), rare.astype(float), rare.tolist()):
        bumps = SmoteR(relevance=relevance).fit(X, y).bumps_
        assert [b.n_samples for b in bumps] == [np.sum(~rare), np.sum(rare)]


class TestWERCS:
    def test_numbers_of_rows_are_exact(self, data):
        X, y = data
        for over, under in [(0.5, 0.5), (0.801, 0.2), (0.0, 0.3), (1.5, 0.0)]:
            sampler = WERCS(over=over, under=under, random_state=0)
            X_new, y_new = sampler.fit_resample(X, y)
            n_over, n_under = int(over * 500), int(under * 500)
            assert sampler.sampling_strategy_ == {"over": n_over, "under": n_under}
            assert len(X_new) == len(y_new) == 500 + n_over - n_under
            assert sampler.synthetic_mask_.sum() == n_over
            np.testing.assert_array_equal(X_new, X[sampler.sample_indices_])
            assert (
                len(np.unique(sampler.sample_indices_[~sampler.synthetic_mask_])) == 500 - n_under
            )

    def test_rows_are_drawn_by_relevance(self, data):
        X, y = data
        phi = np.linspace(0, 1, len(y))
        added, kept = np.zeros(len(y)), np.zeros(len(y))
        for seed in range(200):
            sampler = WERCS(relevance=phi, over=0.2, under=0.2, random_state=seed)
            sampler.fit_resample(X, y)
            rows, new = sampler.sample_indices_, sampler.synthetic_mask_
            added += np.bincount(rows[new], minlength=len(y))
            kept += np.bincount(rows[~new], minlength=len(y))
        # 200 x 100 draws with probability phi / sum phi; those of relevance 1 are never removed
        expected = 200 * 100 * phi / phi.sum()
        third = slice(300, 400)
        assert added[third].sum() == pytest.approx(expected[third].sum(), rel=0.05)
        assert added[0] == 0
        assert kept[-1] == 200
        assert np.corrcoef(kept, phi)[0, 1] > 0.9

    def test_noise_perturbs_the_added_rows_alone(self, data):
        X, y = data
        sampler = WERCS(noise=True, perturbation=0.1, over=3.0, under=0.1, random_state=0)
        X_new, y_new = sampler.fit_resample(X, y)
        rows, new = sampler.sample_indices_, sampler.synthetic_mask_
        np.testing.assert_array_equal(X_new[~new], X[rows[~new]])
        z = (X_new[new] - X[rows[new]]) / (0.1 * X.std(axis=0, ddof=1))
        assert z.std() == pytest.approx(1, abs=0.04)
        z = (y_new[new] - y[rows[new]]) / (0.1 * y.std(ddof=1))
        assert z.std() == pytest.approx(1, abs=0.06)

    def test_what_cannot_be_done_is_refused(self, data):
        X, y = data
        with pytest.raises(ValueError, match="'under' parameter of WERCS must be at most 4/500"):
            WERCS(relevance=(np.arange(500) >= 5).astype(float)).fit(X, y)
        with pytest.raises(ValueError, match="of 100 rows .* below 1, one stays. Got 0.2, which"):
            WERCS(relevance=(np.arange(500) >= 100).astype(float), under=0.2).fit(X, y)
        with pytest.raises(ValueError, match="'relevance' parameter of WERCS must be positive"):
            WERCS(relevance=np.zeros(500)).fit(X, y)
        WERCS(relevance=np.zeros(500), over=0).fit_resample(X, y)

    def test_a_relevance_that_is_fitted_removes_fewer_rows_with_a_warning(self):
        # of 20 uniform targets the outer tenths have relevance 1; 70 % is more than the rest
        X, y = np.arange(20.0).reshape(-1, 1), np.r_[np.zeros(8), np.arange(4), np.full(8, 9)]
        sampler = WERCS(under=0.7, relevance=RelevanceFunction(method="quantile"), random_state=0)
        with pytest.warns(UserWarning, match="^WERCS removes 2 rows in place of 14 .under=0.7"):
            _, y_new = sampler.fit_resample(X, y)
        assert sampler.sampling_strategy_ == {"over": 10, "under": 2}
        assert len(set(y_new) - {0, 9}) >= 1


@pytest.mark.parametrize(("value", "what"), [(0.9, "rare"), (0.1, "normal")])
def test_one_bump_is_an_error_that_says_what_all_targets_are(value, what):
    y, relevance = np.array([1.0, 2, 3]), np.array([value, value, value])
    bumps, _ = find_bumps(y, relevance, 0.5, caller="SMOGN")
    with pytest.raises(
        ValueError,
        match=f"'threshold' parameter of SMOGN .* Got 0.5, where all 3 .* are {what} .*{value}",
    ):
        check_two_bumps(bumps, relevance, 0.5, learned=False, caller="SMOGN")
    with pytest.warns(
        UserWarning,
        match=f"^SMOGN finds nothing to balance: all 3 targets are {what} .*{value}.* 0.5",
    ):
        check_two_bumps(bumps, relevance, 0.5, learned=True, caller="SMOGN")


def test_two_bumps_are_no_error():
    bumps, _ = find_bumps(np.array([1.0, 2]), np.array([0.0, 1]), 0.5, caller="SMOGN")
    for learned in (True, False):
        check_two_bumps(bumps, np.array([0.0, 1]), 0.5, learned=learned, caller="SMOGN")
