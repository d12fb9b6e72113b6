"""A picture of a relevance: the curve over the targets that it is for."""

from skdir.inspection._relevance.drawing import (
    draw_curve,
    draw_histogram,
    draw_rare,
    finish,
)
from skdir.inspection._relevance.values import curve_values
from skdir.utils._drawing.axes import choose_scale, new_axes, set_scale, twin_axes


class RelevanceDisplay:
    """Relevance of a target over its histogram, with the rare bumps shaded.

    Make one with :meth:`from_relevance` or :meth:`from_target`. All parameters are stored as
    attributes.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Targets of the histogram.

    grid : ndarray of shape (n_points,)
        Ascending targets at which the curve is drawn.

    relevance : ndarray of shape (n_points,)
        Relevance on the grid.

    bumps : list of Bump
        Bumps of `y`, in ascending order.

    bump_edges : ndarray of shape (n_bumps + 1,)
        Where along the target the bumps begin and end.

    threshold : float, default=0.8
        Relevance from which on a target is rare.

    control_points : ndarray of shape (n_control_points, 3), default=None
        Target, relevance and slope of points to mark.

    sample_weight : ndarray of shape (n_samples,), default=None
        Weights of the targets in the histogram.

    target_name : str, default="target"
        Label of the target's axis.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the curve.

    histogram_ax_ : matplotlib Axes
        Axes of the histogram behind it, with the same axis for the target.

    figure_ : matplotlib Figure
        Figure with the axes.

    line_ : matplotlib Line2D
        The curve.

    threshold_line_ : matplotlib Line2D
        The threshold.

    control_points_line_ : matplotlib Line2D or None
        Markers of the control points, if there are any.

    histogram_ : matplotlib BarContainer
        Bars of the histogram.

    spans_ : list of matplotlib Rectangle
        Shading of the rare bumps.

    rug_ : matplotlib LineCollection
        Ticks at the rare targets, since a bar of one row is often too low to see.

    bump_labels_ : list of matplotlib Text
        Number of rows over each rare bump that is wide enough for it.

    See Also
    --------
    RelevanceDisplay.from_relevance : Draw a relevance that is fitted, or any function.
    RelevanceDisplay.from_target : Fit a relevance to targets and draw it.
    skdir.relevance.RelevanceFunction : The relevance function.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from skdir.inspection import RelevanceDisplay
    >>> y = np.random.default_rng(0).gamma(2.0, 3.0, size=500)
    >>> display = RelevanceDisplay.from_target(y)
    >>> [bump.n_samples for bump in display.bumps if bump.rare]
    [44]
    >>> plt.show()  # doctest: +SKIP
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        *,
        y,
        grid,
        relevance,
        bumps,
        bump_edges,
        threshold=0.8,
        control_points=None,
        sample_weight=None,
        target_name="target",
    ):
        self.y = y
        self.grid = grid
        self.relevance = relevance
        self.bumps = bumps
        self.bump_edges = bump_edges
        self.threshold = threshold
        self.control_points = control_points
        self.sample_weight = sample_weight
        self.target_name = target_name

    @classmethod
    def from_relevance(
        cls,
        relevance,
        y,
        *,
        sample_weight=None,
        threshold=0.8,
        bins="auto",
        xscale="auto",
        ax=None,
    ):
        """Draw a relevance over targets.

        Parameters
        ----------
        relevance : RelevanceFunction or callable
            A fitted estimator with `transform`, or a function from targets to relevances in
            [0, 1]. Neither is fitted here: the targets may be others than those of training.

        y : array-like of shape (n_samples,)
            Targets of the histogram and the bumps. The name of a Series labels the axis.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the targets in the histogram.

        threshold : float, default=0.8
            Relevance from which on a target is rare, in (0, 1].

        bins : "auto", "integer", int or array-like of shape (n_bins + 1,), default="auto"
            Bins of the histogram: by Sturges' and Freedman and Diaconis' rules, one per integer, a
            number, or edges. "auto" and a number are of equal width on the axis as it is scaled.

        xscale : {"auto", "linear", "log", "asinh"}, default="auto"
            Scale of the target's axis. "auto" is linear, but logarithmic for targets that span
            more than 50 interquartile ranges: "log", or "asinh" if not all of them are positive.

        ax : matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        Returns
        -------
        display : RelevanceDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If the relevance is neither an estimator nor a function.

        ValueError
            If the targets, the weights, the threshold, the bins or the scale are not valid, or
            relevances are not in [0, 1].

        NotFittedError
            If the relevance is an estimator that is not fitted.

        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> from skdir.inspection import RelevanceDisplay
        >>> display = RelevanceDisplay.from_relevance(lambda y: y / 10, [1, 2, 3, 9])
        >>> display.bumps[1]
        Bump(low=9.0, high=9.0, rare=True, n_samples=1)
        >>> plt.close(display.figure_)
        """
        caller = f"{cls.__name__}.from_relevance"
        values = curve_values(relevance, y, sample_weight, threshold=threshold, caller=caller)
        return cls(**values).plot(ax, bins=bins, xscale=xscale)

    @classmethod
    def from_target(
        cls,
        y,
        *,
        relevance=None,
        sample_weight=None,
        threshold=0.8,
        bins="auto",
        xscale="auto",
        ax=None,
    ):
        """Fit a relevance to targets and draw it over them.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Training targets. The name of a Series labels the axis.

        relevance : RelevanceFunction or callable, default=None
            An estimator is cloned and fitted; a function is taken as it is; None is
            ``RelevanceFunction()``.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each target, in the fit and in the histogram.

        threshold : float, default=0.8
            Relevance from which on a target is rare, in (0, 1].

        bins : "auto", "integer", int or array-like of shape (n_bins + 1,), default="auto"
            Bins of the histogram, as in :meth:`from_relevance`.

        xscale : {"auto", "linear", "log", "asinh"}, default="auto"
            Scale of the target's axis, as in :meth:`from_relevance`.

        ax : matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        Returns
        -------
        display : RelevanceDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If the relevance is neither an estimator nor a function.

        ValueError
            If the relevance cannot be fitted to the targets, or another parameter is not valid.

        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> from skdir.inspection import RelevanceDisplay
        >>> from skdir.relevance import RelevanceFunction
        >>> relevance = RelevanceFunction(method="quantile", extremes="high")
        >>> display = RelevanceDisplay.from_target(range(100), relevance=relevance)
        >>> display.bumps[1]
        Bump(low=79.0, high=99.0, rare=True, n_samples=21)
        >>> plt.close(display.figure_)
        """
        caller = f"{cls.__name__}.from_target"
        values = curve_values(
            relevance, y, sample_weight, threshold=threshold, caller=caller, fit=True
        )
        return cls(**values).plot(ax, bins=bins, xscale=xscale)

    def plot(self, ax=None, *, bins="auto", xscale="auto"):
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        bins : "auto", "integer", int or array-like of shape (n_bins + 1,), default="auto"
            Bins of the histogram, as in :meth:`from_relevance`.

        xscale : {"auto", "linear", "log", "asinh"}, default="auto"
            Scale of the target's axis, as in :meth:`from_relevance`.

        Returns
        -------
        display : RelevanceDisplay
            The display itself.

        Raises
        ------
        ValueError
            If the bins or the scale are not valid.

        ImportError
            If matplotlib is not installed.
        """
        caller = f"{type(self).__name__}.plot"
        scale = choose_scale(xscale, self.y, caller=caller)
        ax = new_axes(ax, (7.5, 4.2), caller=caller)
        set_scale(ax, scale)
        self.ax_, self.figure_ = ax, ax.figure
        self.histogram_ax_ = twin_axes(ax)
        self.histogram_ = draw_histogram(self, self.histogram_ax_, bins, scale, caller=caller)
        self.line_, self.threshold_line_, self.control_points_line_ = draw_curve(self, ax)
        self.spans_, self.rug_, self.bump_labels_ = draw_rare(self, ax, self.histogram_ax_)
        finish(self, ax)
        return self
