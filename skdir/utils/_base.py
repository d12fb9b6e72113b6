"""What estimators of a target alone share."""

from sklearn.base import BaseEstimator


class TargetEstimator(BaseEstimator):
    """Base of estimators that take y and no X, as scikit-learn's LabelEncoder does."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.target_tags.one_d_labels = True
        tags.target_tags.required = True
        return tags
