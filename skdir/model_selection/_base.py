"""What the splitters share: checks of their parameters and of what they split."""

from numbers import Integral

from sklearn.model_selection import BaseCrossValidator

from skdir.utils._sklearn_compat import Interval, validate_parameter_constraints
from skdir.utils._text.warnings import warn_user
from skdir.utils._validation import check_lengths, check_target, parameter_error

N_SPLITS = [Interval(Integral, 1, None, closed="left")]
N_FOLDS = [Interval(Integral, 2, None, closed="left")]


class TargetSplitter(BaseCrossValidator):
    """Base of splitters that look at a continuous target.

    A subclass has `_parameter_constraints`, one for each parameter of its constructor, and yields
    (training rows, test rows) from `_splits(y, groups)`.
    """

    def split(self, X, y, groups=None):
        """Return the splits, as rows of training and of test.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or None
            Features. Only their number of rows is looked at.

        y : array-like of shape (n_samples,)
            Targets.

        groups : array-like of shape (n_samples,), default=None
            Ignored, with a warning; there for the sake of scikit-learn's interface.

        Yields
        ------
        train : ndarray of shape (n_train,)
            Indices of the training rows.

        test : ndarray of shape (n_test,)
            Indices of the test rows.
        """
        if groups is not None:
            warn_user(f"The groups parameter is ignored by {type(self).__name__}")
        return self._checked_splits(X, y)

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of splits.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features), default=None
            Ignored, as `y` and `groups` are; there for the sake of scikit-learn's interface.

        y : array-like of shape (n_samples,), default=None
            Ignored.

        groups : array-like of shape (n_samples,), default=None
            Ignored.

        Returns
        -------
        n_splits : int
            How many splits there are.
        """
        self._check_parameters()
        return int(self.n_splits)

    def _check_parameters(self):
        """Validate the parameters."""
        validate_parameter_constraints(
            self._parameter_constraints,
            {name: getattr(self, name) for name in self._parameter_constraints},
            caller_name=type(self).__name__,
        )

    def _checked_splits(self, X, y, groups=None):
        """Check everything before the first split is asked for."""
        self._check_parameters()
        y = check_target(y, caller=type(self).__name__)
        check_lengths({"X": X, "groups": groups}, len(y), caller=type(self).__name__)
        return self._splits(y, groups)


class GroupSplitter(TargetSplitter):
    """Base of splitters that keep the rows of a group together."""

    def split(self, X, y, groups=None):
        """Return the splits, as rows of training and of test.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or None
            Features. Only their number of rows is looked at.

        y : array-like of shape (n_samples,)
            Targets.

        groups : array-like of shape (n_samples,)
            Which group a row belongs to: numbers or strings.

        Yields
        ------
        train : ndarray of shape (n_train,)
            Indices of the training rows.

        test : ndarray of shape (n_test,)
            Indices of the test rows.
        """
        if groups is None:
            raise parameter_error(
                "groups", type(self).__name__, "an array with the group of each row", "None"
            )
        return self._checked_splits(X, y, groups)


class FoldSplitter(TargetSplitter):
    """Base of splitters into folds: every row is tested once."""

    def _check_parameters(self):
        super()._check_parameters()
        if not self.shuffle and self.random_state is not None:
            raise parameter_error(
                "random_state",
                type(self).__name__,
                "None where shuffle=False, since it would change nothing",
                repr(self.random_state),
            )

    def _check_number(self, n, what):
        if self.n_splits > n:
            raise parameter_error(
                "n_splits",
                type(self).__name__,
                f"at most the number of {what} ({n})",
                int(self.n_splits),
            )
