"""What estimators share."""

import warnings

from sklearn.base import BaseEstimator
from sklearn.exceptions import InconsistentVersionWarning

import skdir


class VersionedPickle:
    """Mixin, before BaseEstimator: pickles say which version wrote them, another one warns.

    As in scikit-learn this is so for the classes of the library, not for others derived from them,
    whose versions are not ours.
    """

    def __getstate__(self):
        state = super().__getstate__()
        return {**state, "_skdir_version": skdir.__version__} if _is_ours(self) else state

    def __setstate__(self, state):
        if _is_ours(self):
            state = dict(state)
            version = state.pop("_skdir_version", "pre-0.1")
            if version != skdir.__version__:
                warnings.warn(OtherVersionWarning(type(self).__name__, version), stacklevel=2)
        super().__setstate__(state)


class OtherVersionWarning(InconsistentVersionWarning):
    """Warning of scikit-learn's kind, about versions of skdir.

    Parameters
    ----------
    estimator_name : str
        Name of the class.

    version : str
        Version of skdir in the pickle.
    """

    def __init__(self, estimator_name, version):
        super().__init__(
            estimator_name=estimator_name,
            current_sklearn_version=skdir.__version__,
            original_sklearn_version=version,
        )

    def __str__(self):
        return (
            f"Trying to unpickle {self.estimator_name} from version "
            f"{self.original_sklearn_version} of skdir when using version "
            f"{self.current_sklearn_version}. This might lead to breaking code or invalid results: "
            "fit it anew, or use that version."
        )


class TargetEstimator(VersionedPickle, BaseEstimator):
    """Base of estimators that take y and no X, as scikit-learn's LabelEncoder does."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.target_tags.one_d_labels = True
        tags.target_tags.required = True
        return tags


def _is_ours(estimator):
    """Tell whether the class belongs to skdir."""
    return type(estimator).__module__.startswith("skdir.")
