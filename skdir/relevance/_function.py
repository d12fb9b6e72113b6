"""The public relevance function."""

from numbers import Real

from sklearn.utils.validation import check_is_fitted

from skdir.relevance._bumps import find_bumps
from skdir.relevance._checked_targets import check_weighted_target
from skdir.relevance._density import DensityRelevance
from skdir.relevance._extremes import DegenerateTargetError, boxplot_points, quantile_points
from skdir.relevance._interpolation import check_control_points, evaluate_cubic
from skdir.utils._estimators.base import TargetEstimator
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._sklearn_compat import Interval, StrOptions
from skdir.utils._targets.kernels import DENSITY_CONSTRAINTS
from skdir.utils._targets.order_statistics import SortedTargets
from skdir.utils._targets.ranges import is_finite_range
from skdir.utils._text.warnings import warn_user
from skdir.utils._validation import (
    check_target,
    parameter_error,
    real_array,
)

_CALLER = "RelevanceFunction"


class RelevanceFunction(TargetEstimator):
    r"""Relevance of target values, from 0 (common, of no special interest) to 1.

    It is fitted to training targets and then applied to any: relevance fitted to test targets
    would make test errors incomparable.

    Parameters
    ----------
    method : {"extremes", "quantile", "density", "control_points"}, default="extremes"
        Where relevance comes from.

        - "extremes": the box plot; 0 at the median, 1 from the whiskers on.
        - "quantile": 0 at the median, 1 beyond the `quantiles`.
        - "density": 1 minus the density of the target, scaled to [0, 1].
        - "control_points": the curve through `control_points`.

    extremes : {"both", "high", "low"}, default="both"
        Which side of the target matters; the other has relevance 0. Not used with
        ``method="control_points"``.

    coef : float, default=1.5
        Distance of the fences from the hinges of the box plot, in interquartile ranges. A smaller
        number makes more targets relevant.

    boxplot : {"tukey", "adjusted"}, default="tukey"
        The usual box plot, or the one adjusted to skewness by the medcouple, which calls fewer
        targets of a long tail outliers.

    quantiles : tuple of two floats, default=(0.1, 0.9)
        For ``method="quantile"`` and ``degenerate="quantile"``: the shares of the targets at which
        the lower tail ends and the upper one begins, the first below 0.5 and the second above.

    bandwidth : float or {"silverman", "scott", "isj"}, default="silverman"
        For ``method="density"``: the bandwidth in units of y, or a rule, see
        :func:`skdir.density.select_bandwidth`.

    control_points : array-like of shape (n_points, 2) or (n_points, 3), default=None
        For ``method="control_points"``: rows (y, relevance) or (y, relevance, slope), see
        :func:`interpolate_relevance`.

    degenerate : {"quantile", "raise"}, default="quantile"
        What to do if a box plot or density finds nothing relevant, as with half of the targets
        equal or without outliers: "quantile" takes ``method="quantile"`` instead, with a warning,
        and "raise" is an error that names the cause.

    Attributes
    ----------
    control_points_ : ndarray of shape (n_points, 3) or None
        Target, relevance and slope of the points that the curve joins, in ascending order; slopes
        after limiting. None with a density.

    density_ : TargetDensity or None
        The fitted density with ``method="density"``.

    method_ : {"extremes", "quantile", "density", "control_points"}
        The method in use: "quantile" where the target was degenerate, else `method`.

    See Also
    --------
    interpolate_relevance : The curve through control points.
    Bump : A run of rare or normal targets.

    Notes
    -----
    The box plot's hinges are Tukey's: the medians of the lower and the upper half, with the middle
    row in both. With an outlier beyond a fence, relevance is 1 at the whisker, which is the most
    extreme target within the fence; a side without outliers, or not wanted, has relevance 0. The
    adjusted box plot has fences at :math:`Q_1 - c e^{-4M} I` and :math:`Q_3 + c e^{3M} I` for a
    medcouple M >= 0, with 3 and 4 exchanged for M < 0, where I is the interquartile range;
    relevance is 1 at the fences, with outliers or without.

    Between its points the curve is a monotone cubic, and outside it is constant. Relevance is at
    least 0.5 from halfway between median and whisker on.

    The medcouple here is the median of its kernel, the mean of the two middle values where their
    number is even. The R package robustbase takes the lower one for more than 100 targets, so that
    it does not change sign with the target.

    With `sample_weight`, whole weights count rows: a weight of 2 is the row twice. Other weights
    are scaled to mean 1 first (hinges depend on the number of rows, not only on shares).

    The cost of `fit` is O(n log n), that of `transform` O(n).

    References
    ----------
    Ribeiro, R. P. and Moniz, N. (2020). Imbalanced regression and extreme value prediction.
    Machine Learning 109, 1803-1835. :doi:`10.1007/s10994-020-05900-9`

    Hubert, M. and Vandervieren, E. (2008). An adjusted boxplot for skewed distributions.
    Computational Statistics & Data Analysis 52(12), 5186-5201. :doi:`10.1016/j.csda.2007.11.008`

    Examples
    --------
    >>> from skdir.relevance import RelevanceFunction
    >>> y = [2, 3, 3, 4, 4, 4, 5, 5, 6, 30]
    >>> relevance = RelevanceFunction().fit(y)
    >>> relevance.transform([4, 5, 6, 30])
    array([0. , 0.5, 1. , 1. ])
    >>> relevance.bumps(y)[1]
    Bump(low=6.0, high=30.0, rare=True, n_samples=2)
    """

    _parameter_constraints: dict = {
        "method": [StrOptions({"extremes", "quantile", "density", "control_points"})],
        "extremes": [StrOptions({"both", "high", "low"})],
        "coef": [Interval(Real, 0, None, closed="neither")],
        "boxplot": [StrOptions({"tukey", "adjusted"})],
        "quantiles": ["array-like"],
        "bandwidth": DENSITY_CONSTRAINTS["bandwidth"],
        "control_points": ["array-like", None],
        "degenerate": [StrOptions({"quantile", "raise"})],
    }

    def __init__(
        self,
        *,
        method="extremes",
        extremes="both",
        coef=1.5,
        boxplot="tukey",
        quantiles=(0.1, 0.9),
        bandwidth="silverman",
        control_points=None,
        degenerate="quantile",
    ):
        self.method = method
        self.extremes = extremes
        self.coef = coef
        self.boxplot = boxplot
        self.quantiles = quantiles
        self.bandwidth = bandwidth
        self.control_points = control_points
        self.degenerate = degenerate

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, y, sample_weight=None):
        """Learn from training targets what is relevant.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Training targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each target; a weight of 2 counts as two targets.

        Returns
        -------
        self : RelevanceFunction
            Fitted relevance function.

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers or has no relevant targets by the chosen
            rule (the message says why and what to do), or control points are missing, wrong or
            given with another method.

        Warns
        -----
        UserWarning
            If a degenerate target gets the quantiles, with ``degenerate="quantile"``.
        """
        checked = check_weighted_target(y, sample_weight, caller=f"{_CALLER}.fit")
        y, sample_weight, caller = checked.y, checked.sample_weight, checked.caller
        quantiles = self._check_combination()
        if self.method == "control_points":
            points = check_control_points(self.control_points, caller=_CALLER)
            return self._publish("control_points", points, None)
        targets = SortedTargets(y, sample_weight)
        _check_range(targets, caller)
        methods, errors = [self.method], []
        if self.degenerate == "quantile" and self.method != "quantile":
            methods.append("quantile")
        for method in methods:
            try:
                learned = self._learn(method, targets, y, sample_weight, quantiles, caller)
            except DegenerateTargetError as error:
                # its traceback holds this frame, and that the list: a cycle that keeps all targets
                errors.append(error.with_traceback(None))
                continue
            if errors:
                low, high = quantiles
                warn_user(
                    f"{caller} got {errors[0].cause}: relevance is 1 beyond the quantiles {low:g} "
                    f"and {high:g} of y instead. RelevanceFunction(method='quantile') says so "
                    "without a warning, and degenerate='raise' makes it an error.",
                    of_default=True,
                )
            return self._publish(method, *learned)
        raise self._explain(method, errors[-1], quantiles, caller)

    def fit_transform(self, y, sample_weight=None):
        """Fit to targets and return their relevance.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Training targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each target.

        Returns
        -------
        relevance : ndarray of shape (n_samples,)
            Relevance in [0, 1].
        """
        return self.fit(y, sample_weight).transform(y)

    def transform(self, y):
        """Return the relevance of targets.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets, in or out of the training sample.

        Returns
        -------
        relevance : ndarray of shape (n_samples,)
            Relevance in [0, 1].

        Raises
        ------
        ValueError
            If `y` is not a 1-d array of finite numbers.
        """
        check_is_fitted(self)
        y = check_target(y, caller=f"{_CALLER}.transform", min_samples=0)
        return self._evaluate(y)

    def __call__(self, y):
        """Return the relevance of targets, as `transform` does."""
        return self.transform(y)

    def bumps(self, y, threshold=0.8):
        """Split targets into bumps: maximal runs of rare and of normal values.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Targets, in or out of the training sample.

        threshold : float, default=0.8
            Relevance from which on a target is rare, in (0, 1].

        Returns
        -------
        bumps : list of Bump
            In ascending order of the target; rare and normal bumps alternate. A single bump means
            that all targets are rare or none is.

        Raises
        ------
        ValueError
            If `y` is empty or not a 1-d array of finite numbers, or the threshold is not in
            (0, 1].
        """
        check_is_fitted(self)
        caller = f"{_CALLER}.bumps"
        y = check_target(y, caller=caller)
        return find_bumps(y, self._evaluate(y), threshold, caller=caller)[0]

    def _check_combination(self):
        """Check the parameters that depend on others; return the quantiles."""
        if self.method == "control_points" and self.control_points is None:
            raise parameter_error(
                "control_points", _CALLER, "given with method='control_points'", "None"
            )
        if self.method != "control_points" and self.control_points is not None:
            raise parameter_error(
                "method", _CALLER, "'control_points' with control points given", repr(self.method)
            )
        accepted = "two numbers, the first in [0, 0.5) and the second in (0.5, 1]"
        shares = real_array(self.quantiles)
        if shares is None or shares.shape != (2,) or not 0 <= shares[0] < 0.5 < shares[1] <= 1:
            raise parameter_error("quantiles", _CALLER, accepted, repr(self.quantiles))
        return shares.tolist()

    def _learn(self, method, targets, y, sample_weight, quantiles, caller):
        """Return control points or a density's relevance by a method."""
        if method == "density":
            return None, DensityRelevance(
                y,
                sample_weight,
                bandwidth=self.bandwidth,
                extremes=self.extremes,
                caller=caller,
            )
        if method == "quantile":
            return quantile_points(targets, extremes=self.extremes, quantiles=quantiles), None
        points = boxplot_points(
            targets, extremes=self.extremes, coef=self.coef, boxplot=self.boxplot
        )
        return points, None

    def _publish(self, method, points, density_rule):
        """Set the fitted attributes, all at once."""
        self.method_ = method
        self.control_points_ = points
        self.density_ = density_rule.density if density_rule else None
        self._density_rule = density_rule
        return self

    def _evaluate(self, y):
        """Return the relevance of valid targets."""
        if self._density_rule is not None:
            return self._density_rule.evaluate(y)
        return evaluate_cubic(y, self.control_points_)

    def _explain(self, method, error, quantiles, caller):
        """Return the error for a target without relevant values: the cause and the remedies."""
        names = {
            "extremes": ("extremes", "coef", "boxplot"),
            "quantile": ("extremes", "quantiles"),
            "density": ("extremes", "bandwidth"),
        }[method]
        used = "".join(f", {name}={getattr(self, name)!r}" for name in names)
        message = parameter_error(
            "y",
            caller,
            f"a target with relevant values (method={method!r}{used})",
            error.cause,
        )
        remedies = [*error.remedies, "method='control_points' with points of your own"]
        if method != "quantile":
            low, high = quantiles
            remedies.insert(
                0, f"degenerate='quantile' (relevance 1 beyond the quantiles {low:g} and {high:g})"
            )
        return ValueError(f"{message} Use {', or '.join(remedies)}.")


def _check_range(targets, caller):
    """Refuse targets that are all equal or too far apart to subtract."""
    if len(targets.y) == 1:
        got = "1 sample"
    elif targets.low == targets.high:
        got = f"the constant {targets.low:g}"
    elif not is_finite_range(targets.low, targets.high):
        got = f"targets from {targets.low:g} to {targets.high:g}"
    else:
        return
    raise parameter_error(
        "y",
        caller,
        "a target of at least two values, in a range that float64 can hold (only a "
        "RelevanceFunction with method='control_points' takes any target)",
        got,
    )
