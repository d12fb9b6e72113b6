"""scikit-learn's and imbalanced-learn's common checks on every resampler."""

import pytest
from drawn_rows import AboveMiddle
from imblearn.utils.estimator_checks import parametrize_with_checks as imblearn_checks
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks as sklearn_checks

from skdir.resampling import (
    SMOGN,
    WERCS,
    GaussianNoise,
    RandomOverSampler,
    RandomUnderSampler,
    SmoteR,
)

BY_BUMPS = [RandomUnderSampler, RandomOverSampler, GaussianNoise, SmoteR, SMOGN]
DEFAULTS = [sampler() for sampler in [*BY_BUMPS, WERCS]]
SAMPLERS = [
    *(sampler(relevance=AboveMiddle(), random_state=0) for sampler in BY_BUMPS),
    *(sampler(bins=2, random_state=0) for sampler in BY_BUMPS),
    SMOGN(
        bins=2, safe_distance="neighbors", interpolation="attribute", k_neighbors=2, random_state=0
    ),
    WERCS(relevance=AboveMiddle(), random_state=0),
    WERCS(relevance=AboveMiddle(), noise=True, random_state=0),
]


# The checks bring targets without outliers, or with as many rows of one label as of the other.
_default = pytest.mark.filterwarnings(
    "ignore:.*(got targets|finds nothing to balance|removes .* rows in place of):UserWarning"
)


# With nothing set they are checked in test_defaults.py.
@_default
@sklearn_checks(SAMPLERS)
def test_scikit_learn(estimator, check):
    check(estimator)


CLASSES_ONLY = {
    "check_target_type": "it wants continuous targets refused, which are what these samplers take",
    "check_samplers_one_label": "it wants the word 'class' in the error for a constant target",
    "check_samplers_multiclass_ova": "it passes one column per class as the target",
}
# pytest warns of the generator that imbalanced-learn hands it.
# imbalanced-learn seeds nothing, and compares two runs: the defaults with a seed.
_seeded = [clone(sampler).set_params(random_state=0) for sampler in DEFAULTS]
_mark = imblearn_checks([*_seeded, *SAMPLERS], expected_failed_checks=lambda _: CLASSES_ONLY).mark


@_default
@pytest.mark.parametrize(_mark.args[0], list(_mark.args[1]), **_mark.kwargs)
def test_imbalanced_learn(estimator, check):
    check(estimator)


def test_tags():
    for sampler in [*DEFAULTS, *SAMPLERS]:
        tags = get_tags(sampler)
        assert tags.estimator_type == "sampler"
        assert tags.sampler_tags.sample_indices
        assert tags.input_tags.allow_nan
        assert tags.input_tags.sparse
        assert tags.input_tags.dataframe
        copies = isinstance(sampler, (RandomUnderSampler, RandomOverSampler))
        copies = copies or (isinstance(sampler, WERCS) and not sampler.noise)
        assert tags.input_tags.string == copies
