"""What all regressors around another take over from it."""

import pytest
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.utils import get_tags

from skdir.comparison import BandwidthSearchRegressor
from skdir.ensemble import BlendRegressor
from skdir.model_selection import FoldAwareRegressor
from skdir.weighting import WeightedRegressor


class Erratic(DummyRegressor):
    """A regressor that two fits make two of."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags


@pytest.mark.parametrize(
    "around", [BandwidthSearchRegressor, BlendRegressor, FoldAwareRegressor, WeightedRegressor]
)
def test_tags_are_those_of_the_regressor_but_for_the_score(around):
    erratic, boosting = (get_tags(around(r)) for r in (Erratic(), HistGradientBoostingRegressor()))
    assert erratic.non_deterministic and not boosting.non_deterministic
    assert boosting.input_tags.allow_nan and not get_tags(around()).input_tags.allow_nan
    # weights may cost the score of scikit-learn's check; targets that are only seen do not
    assert boosting.regressor_tags.poor_score == (around is not FoldAwareRegressor)
