"""A picture of the errors over the bandwidth, from a search by cross-validation."""

from skdir.inspection._bandwidth_curve.drawing import choose_scale, draw_curves, finish
from skdir.inspection._bandwidth_curve.values import curve_values
from skdir.utils._drawing.axes import legend_height, new_axes


class BandwidthCurveDisplay:
    """Errors by the bandwidth, from a fitted search such as GridSearchCV.

    Make one with :meth:`from_search`. All parameters are stored as attributes.

    Parameters
    ----------
    bandwidths : list of float or str
        Bandwidths in ascending order, in units of the target, then rules.

    errors : dict of str to ndarray of shape (n_bandwidths, n_splits)
        Errors of each score on the test rows of each fold; NaN where a fit failed.

    param_name : str, default="bandwidth"
        Label of the bandwidth's axis.

    error_name : str, default="error"
        Label of the errors' axis.

    relative : bool, default=False
        Whether each curve is divided by its lowest mean.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes with the curves.

    figure_ : matplotlib Figure
        Figure with the axes.

    lines_ : dict of str to matplotlib Line2D
        Mean error over the folds for each score.

    error_bars_ : dict of str to matplotlib LineCollection
        One standard deviation over the folds, on both sides.

    best_points_ : dict of str to matplotlib Line2D
        Ring around the lowest mean.

    rule_lines_ : dict of str to matplotlib Line2D or None
        Means of rules, which have no place on an axis of numbers and stand right of them.

    legend_ : matplotlib Legend
        What the lines are.

    See Also
    --------
    BandwidthCurveDisplay.from_search : Draw a fitted search.
    skdir.density.select_bandwidth : Rules for the bandwidth.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from sklearn.linear_model import Ridge
    >>> from sklearn.model_selection import GridSearchCV
    >>> from skdir.inspection import BandwidthCurveDisplay
    >>> from skdir.weighting import LDSWeighter, WeightedRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 2))
    >>> y = np.exp(X.sum(axis=1))
    >>> search = GridSearchCV(
    ...     WeightedRegressor(Ridge(), LDSWeighter()),
    ...     {"weighter__bandwidth": [0.1, 1.0, 10.0]},
    ...     scoring="neg_mean_absolute_error",
    ... ).fit(X, y)
    >>> display = BandwidthCurveDisplay.from_search(search)
    >>> display.lines_["score"].get_ydata().round(2)
    array([2.64, 3.56, 4.13])
    >>> plt.show()  # doctest: +SKIP
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        *,
        bandwidths,
        errors,
        param_name="bandwidth",
        error_name="error",
        relative=False,
    ):
        self.bandwidths = bandwidths
        self.errors = errors
        self.param_name = param_name
        self.error_name = error_name
        self.relative = relative

    @classmethod
    def from_search(
        cls,
        search,
        *,
        param=None,
        scores=None,
        fixed=None,
        negate="auto",
        relative=False,
        param_name=None,
        error_name=None,
        xscale="auto",
        ax=None,
    ):
        """Draw a fitted search.

        Parameters
        ----------
        search : GridSearchCV or alike
            A fitted search with `cv_results_`, of one score or of several (such as of the error on
            rare and on frequent targets).

        param : str, default=None
            Parameter that is varied, such as "weighter__bandwidth". None takes the one whose name
            ends in "bandwidth".

        scores : sequence of str or dict of str to str, default=None
            Names of the scores to draw, or such names and their labels. None draws all.

        fixed : dict, default=None
            Values of the other varied parameters. None takes those of `best_params_`.

        negate : bool or "auto", default="auto"
            Whether errors are the negative scores. "auto" negates scores that are all zero or
            less, as those of errors are in scikit-learn.

        relative : bool, default=False
            Divide each curve by its lowest mean, to compare errors of different size.

        param_name : str, default=None
            Label of the bandwidth's axis, with its unit. None is the name of the parameter.

        error_name : str, default=None
            Label of the errors' axis, with its unit. None is "error".

        xscale : {"auto", "linear", "log"}, default="auto"
            Scale of the bandwidth's axis. "auto" is "log" where the largest bandwidth is at least
            ten times the smallest.

        ax : matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        Returns
        -------
        display : BandwidthCurveDisplay
            The drawn display.

        Raises
        ------
        NotFittedError
            If the search is not fitted.

        TypeError
            If it is no search.

        ValueError
            If a parameter or a score is not in the search, if several candidates have the same
            bandwidth, if every fit failed, or if another parameter is not valid.

        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.linear_model import Ridge
        >>> from sklearn.model_selection import GridSearchCV
        >>> from skdir.inspection import BandwidthCurveDisplay
        >>> from skdir.weighting import LDSWeighter, WeightedRegressor
        >>> search = GridSearchCV(
        ...     WeightedRegressor(Ridge(), LDSWeighter()),
        ...     {"weighter__bandwidth": [5.0, 20.0, 80.0, "silverman"]},
        ...     scoring=["neg_mean_absolute_error", "neg_root_mean_squared_error"],
        ...     refit=False,
        ... ).fit(*load_diabetes(return_X_y=True))
        >>> display = BandwidthCurveDisplay.from_search(
        ...     search, scores={"neg_mean_absolute_error": "MAE"}
        ... )
        >>> display.bandwidths
        [5.0, 20.0, 80.0, 'silverman']
        >>> list(display.lines_)
        ['MAE']
        >>> plt.close(display.figure_)
        """
        caller = f"{cls.__name__}.from_search"
        values = curve_values(
            search, param, scores, fixed, negate, relative, param_name, error_name, caller=caller
        )
        return cls(**values).plot(ax, xscale=xscale)

    def plot(self, ax=None, *, xscale="auto"):
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        xscale : {"auto", "linear", "log"}, default="auto"
            Scale of the bandwidth's axis, as in :meth:`from_search`.

        Returns
        -------
        display : BandwidthCurveDisplay
            The display itself.

        Raises
        ------
        ValueError
            If the scale is not valid.

        ImportError
            If matplotlib is not installed.
        """
        caller = f"{type(self).__name__}.plot"
        scale = choose_scale(xscale, self.bandwidths, caller=caller)
        ax = new_axes(ax, (7.0, 4.0 + legend_height(self.errors)), caller=caller)
        ax.set_xscale(scale)
        self.ax_, self.figure_ = ax, ax.figure
        self.lines_, self.error_bars_, self.best_points_, self.rule_lines_ = draw_curves(
            self, ax, caller=caller
        )
        self.legend_ = finish(self, ax)
        return self
