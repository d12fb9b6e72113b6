"""A picture of a target's distribution: histogram, effective density and weights."""

from skdir.inspection._target_distribution.drawing import draw_densities, draw_weights, finish
from skdir.inspection._target_distribution.values import distribution_values
from skdir.utils._drawing.axes import choose_scale, grid_axes, histogram_edges
from skdir.utils._drawing.inputs import check_name, check_targets


class TargetDistributionDisplay:
    """Histogram of a target, its effective density, and the weights of a weighter.

    Make one with :meth:`from_target`. All parameters are stored as attributes. One panel is drawn
    for each bandwidth.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Targets of the histogram.

    grid : ndarray of shape (n_points,)
        Ascending targets at which the curves are drawn.

    bandwidths : list of float or None
        Bandwidth of each panel in units of y; None where a weighter has none.

    densities : list of ndarray of shape (n_points,)
        Effective density of each panel on the grid, per unit of y.

    weights : list of ndarray of shape (n_points,), default=None
        Weights of each panel on the grid; None draws none.

    effective_sample_sizes : list of float, default=None
        Rows of equal weight that carry as much information as the weighted ones, for each panel.

    rules : list of str or None, default=None
        The rule behind each bandwidth, None for a number.

    sample_weight : ndarray of shape (n_samples,), default=None
        Weights of the targets in the histogram.

    target_name : str, default="target"
        Label of the target's axis; a unit in brackets at its end labels the density too.

    Attributes
    ----------
    axes_ : ndarray of shape (n_panels,) of matplotlib Axes
        Axes of the densities.

    weight_axes_ : ndarray of shape (n_panels,) of matplotlib Axes or None
        Axes of the weights, with the same axes for the target.

    figure_ : matplotlib Figure
        Figure with the axes.

    histograms_ : list of matplotlib BarContainer
        The empirical density.

    density_lines_ : list of matplotlib Line2D
        The effective density.

    weight_lines_ : list of matplotlib Line2D or None
        The weights.

    unit_lines_ : list of matplotlib Line2D or None
        Weight 1, the mean over the training rows.

    legend_ : matplotlib Legend
        What the lines are.

    See Also
    --------
    TargetDistributionDisplay.from_target : Fit to targets and draw.
    RelevanceDisplay : Which of these targets are rare.
    skdir.density.TargetDensity : The density.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from skdir.inspection import TargetDistributionDisplay
    >>> from skdir.weighting import LDSWeighter
    >>> y = np.random.default_rng(0).gamma(2.0, 3.0, size=500)
    >>> display = TargetDistributionDisplay.from_target(
    ...     y, weighter=LDSWeighter(), bandwidths=[0.2, "silverman", 5.0]
    ... )
    >>> [float(round(bandwidth, 2)) for bandwidth in display.bandwidths]
    [0.2, 0.88, 5.0]
    >>> plt.show()  # doctest: +SKIP
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        *,
        y,
        grid,
        bandwidths,
        densities,
        weights=None,
        effective_sample_sizes=None,
        rules=None,
        sample_weight=None,
        target_name="target",
    ):
        self.y = y
        self.grid = grid
        self.bandwidths = bandwidths
        self.densities = densities
        self.weights = weights
        self.effective_sample_sizes = effective_sample_sizes
        self.rules = rules
        self.sample_weight = sample_weight
        self.target_name = target_name

    @classmethod
    def from_target(
        cls,
        y,
        *,
        weighter=None,
        bandwidths=None,
        sample_weight=None,
        bins="auto",
        xscale="auto",
        target_name=None,
        ax=None,
    ):
        """Fit a density or a weighter to targets and draw it over them.

        Parameters
        ----------
        y : array-like of shape (n_samples,)
            Training targets. The name of a Series labels the axis.

        weighter : estimator with `fit` and `transform`, TargetDensity or None, default=None
            A weighter such as :class:`~skdir.weighting.LDSWeighter`, which is cloned and fitted;
            its density is drawn if it has one, else that of ``TargetDensity()``. A
            :class:`~skdir.density.TargetDensity` is drawn without weights, and None is
            ``TargetDensity()``.

        bandwidths : float, str or sequence of them, default=None
            Bandwidths in units of y, or rules, one panel each; the weighter must have a parameter
            `bandwidth`. None is the bandwidth of the weighter.

        sample_weight : array-like of shape (n_samples,), default=None
            Weight of each target, in the fit and in the histogram.

        bins : "auto", "integer", int or array-like of shape (n_bins + 1,), default="auto"
            Bins of the histogram: by Sturges' and Freedman and Diaconis' rules, one per integer, a
            number, or edges. "auto" and a number are of equal width on the axis as it is scaled.

        xscale : {"auto", "linear", "log", "asinh"}, default="auto"
            Scale of the target's axis. "auto" is linear, but logarithmic for targets that span
            more than 50 interquartile ranges: "log", or "asinh" if not all of them are positive.

        target_name : str, default=None
            Label of the target's axis. None is the name of a Series, or else "target".

        ax : matplotlib Axes or array-like of them, default=None
            Axes to draw on, one for each bandwidth; None is a new figure of pyplot.

        Returns
        -------
        display : TargetDistributionDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If the weighter is none.

        ValueError
            If the weighter cannot be fitted to the targets, or has no parameter `bandwidth`, or
            another parameter is not valid.

        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> from skdir.inspection import TargetDistributionDisplay
        >>> from skdir.weighting import LDSWeighter
        >>> display = TargetDistributionDisplay.from_target(
        ...     [1, 1, 2, 2, 2, 3, 9], weighter=LDSWeighter(reweight="inverse")
        ... )
        >>> round(display.effective_sample_sizes[0], 1)
        5.3
        >>> plt.close(display.figure_)
        """
        caller = f"{cls.__name__}.from_target"
        name = check_name(target_name, y, caller=caller)
        y, sample_weight = check_targets(y, sample_weight, caller=caller)
        values = distribution_values(y, sample_weight, weighter, bandwidths, caller=caller)
        display = cls(y=y, sample_weight=sample_weight, target_name=name, **values)
        return display.plot(ax, bins=bins, xscale=xscale)

    def plot(self, ax=None, *, bins="auto", xscale="auto"):
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or array-like of them, default=None
            Axes to draw on, one for each bandwidth; None is a new figure of pyplot.

        bins : "auto", "integer", int or array-like of shape (n_bins + 1,), default="auto"
            Bins of the histogram, as in :meth:`from_target`.

        xscale : {"auto", "linear", "log", "asinh"}, default="auto"
            Scale of the target's axis, as in :meth:`from_target`.

        Returns
        -------
        display : TargetDistributionDisplay
            The display itself.

        Raises
        ------
        ValueError
            If the axes, the bins or the scale are not valid.

        ImportError
            If matplotlib is not installed.
        """
        caller = f"{type(self).__name__}.plot"
        scale = choose_scale(xscale, self.y, caller=caller)
        edges = histogram_edges(bins, self.y, self.sample_weight, scale, caller=caller)
        self.axes_ = grid_axes(ax, len(self.densities), caller=caller)
        self.figure_ = self.axes_[0].figure
        self.histograms_, self.density_lines_ = draw_densities(self, edges, scale)
        self.weight_axes_, self.weight_lines_, self.unit_lines_ = draw_weights(self)
        self.legend_ = finish(self, own_figure=ax is None)
        return self
