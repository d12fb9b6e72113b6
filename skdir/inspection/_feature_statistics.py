"""A picture of the features of a network by target: how alike their statistics are."""

import numpy as np

from skdir.utils._drawing.axes import (
    draw_counts,
    drop_frame,
    grid_axes,
    legend_above,
    legend_columns,
    name_target_axis,
    put_before,
    set_limits,
)
from skdir.utils._drawing.inputs import check_name
from skdir.utils._drawing.style import INK, series_looks, short_names
from skdir.utils._targets.bins import TargetBins
from skdir.utils._validation import check_bins, check_target, parameter_error

_TITLES = ("means", "variances")
_NAMES = ("bin_edges", "counts", "mean_similarity", "variance_similarity", "anchor")


class FeatureStatisticsDisplay:
    """Cosine similarity of the statistics of features in each target bin to those of an anchor.

    Make one with :meth:`from_statistics`. All parameters are stored as attributes. There are two
    panels: the similarity of the means and that of the variances.

    Parameters
    ----------
    bin_edges : ndarray of shape (n_bins + 1,)
        Edges of the target bins.

    counts : ndarray of shape (n_bins,)
        Rows in each bin.

    mean_similarities : dict of str to ndarray of shape (n_bins,)
        Cosine between the means of each bin and of the anchor, NaN where there are none.

    variance_similarities : dict of str to ndarray of shape (n_bins,)
        The same of the variances.

    anchors : dict of str to int
        Position of the anchor's bin.

    target_name : str, default="target"
        Label of the target's axis.

    Attributes
    ----------
    axes_ : ndarray of shape (2,) of matplotlib Axes
        Axes of the means and of the variances.

    counts_axes_ : ndarray of shape (2,) of matplotlib Axes
        Axes of the rows per bin behind them.

    figure_ : matplotlib Figure
        Figure with the axes.

    mean_lines_, variance_lines_ : dict of str to matplotlib Line2D
        The similarities. Their gaps are bins without rows, or with one, which has no variance.

    anchor_lines_ : list of matplotlib Line2D
        Where the anchors are, for each panel and each different anchor.

    bars_ : list of matplotlib BarContainer
        Rows per bin in each panel.

    legend_ : matplotlib Legend
        What the lines are.

    See Also
    --------
    FeatureStatisticsDisplay.from_statistics : Draw statistics.
    skdir.neural_network.feature_statistics : Compute them; needs PyTorch.

    Notes
    -----
    Features that follow the target are most alike near the anchor, and less so the farther away. A
    similarity that rises again far from the anchor, where the bars are low, is the published sign
    of imbalance: bins of few rows have the statistics of the frequent ones.

    References
    ----------
    Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from skdir.inspection import FeatureStatisticsDisplay
    >>> from skdir.neural_network import feature_statistics
    >>> rng = np.random.default_rng(0)
    >>> y = rng.gamma(2.0, 3.0, size=500)
    >>> features = np.column_stack([y, 20 - y]) + rng.normal(size=(500, 2))
    >>> statistics = feature_statistics(features, y, bins=20, anchor=5.0)
    >>> display = FeatureStatisticsDisplay.from_statistics(statistics)
    >>> display.anchors
    {'features': 3}
    >>> plt.show()  # doctest: +SKIP
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        *,
        bin_edges,
        counts,
        mean_similarities,
        variance_similarities,
        anchors,
        target_name="target",
    ):
        self.bin_edges = bin_edges
        self.counts = counts
        self.mean_similarities = mean_similarities
        self.variance_similarities = variance_similarities
        self.anchors = anchors
        self.target_name = target_name

    @classmethod
    def from_statistics(cls, statistics, *, target_name="target", ax=None):
        """Draw statistics of features.

        Parameters
        ----------
        statistics : FeatureStatistics or dict of str to FeatureStatistics
            What :func:`~skdir.neural_network.feature_statistics` returns, or several by name (such
            as of a network trained without and with smoothing) with the same bins. The bars are
            the rows of the first.

        target_name : str, default="target"
            Label of the target's axis.

        ax : array-like of two matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        Returns
        -------
        display : FeatureStatisticsDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If the statistics are none.

        ValueError
            If the bins of several statistics differ, if there are no rows at all, or if another
            parameter is not valid.

        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> from skdir.inspection import FeatureStatisticsDisplay
        >>> from skdir.neural_network import feature_statistics
        >>> features, y = [[1.0, 0.0], [3.0, 0.0], [0.0, 2.0]], [0, 0, 1]
        >>> statistics = feature_statistics(features, y, bins=2)
        >>> display = FeatureStatisticsDisplay.from_statistics(
        ...     {"plain": statistics, "FDS": statistics}
        ... )
        >>> list(display.mean_lines_)
        ['plain', 'FDS']
        >>> plt.close(display.figure_)
        """
        caller = f"{cls.__name__}.from_statistics"
        name = check_name(target_name, None, caller=caller)
        named = _check_statistics(statistics, caller)
        first = next(iter(named.values()))
        return cls(
            bin_edges=np.array(first.bin_edges, dtype=float),
            counts=np.array(first.counts),
            mean_similarities={k: np.array(s.mean_similarity) for k, s in named.items()},
            variance_similarities={k: np.array(s.variance_similarity) for k, s in named.items()},
            anchors={key: int(one.anchor) for key, one in named.items()},
            target_name=name,
        ).plot(ax)

    def plot(self, ax=None):
        """Draw the display.

        Parameters
        ----------
        ax : array-like of two matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        Returns
        -------
        display : FeatureStatisticsDisplay
            The display itself.

        Raises
        ------
        ValueError
            If there are not two axes.

        ImportError
            If matplotlib is not installed.
        """
        caller = f"{type(self).__name__}.plot"
        self.axes_ = grid_axes(ax, 2, caller=caller, size=(4.6, 3.4))
        self.figure_ = self.axes_[0].figure
        panels = [
            _draw_similarities(self, ax, similarities)
            for ax, similarities in zip(
                self.axes_, (self.mean_similarities, self.variance_similarities)
            )
        ]
        self.mean_lines_, self.variance_lines_ = (lines for lines, _, _, _ in panels)
        self.anchor_lines_ = [line for _, anchors, _, _ in panels for line in anchors]
        self.bars_ = [bars for _, _, bars, _ in panels]
        self.counts_axes_ = np.array([behind for _, _, _, behind in panels], dtype=object)
        self.legend_ = _finish(self)
        return self


def _check_statistics(statistics, caller):
    """Return valid statistics by name."""
    named = statistics if isinstance(statistics, dict) else {"features": statistics}
    accepted = "what feature_statistics returns, or a dict of names and such statistics"
    if not named:
        raise parameter_error("statistics", caller, accepted, "{}")
    edges = None
    for key, one in named.items():
        if not isinstance(key, str) or not all(hasattr(one, name) for name in _NAMES):
            got = f"a {type(one).__name__}" if one is statistics else f"{key!r}: {one!r}"
            raise parameter_error("statistics", caller, accepted, got, error=TypeError)
        own = check_bins(one.bin_edges, caller=caller, name="statistics")
        lengths = {len(getattr(one, name)) for name in _NAMES[1:-1]}
        if lengths != {len(own) - 1} or not 0 <= one.anchor < len(own) - 1:
            got = f"{len(own) - 1} bins, arrays of {sorted(lengths)} and anchor {one.anchor}"
            raise parameter_error("statistics", caller, "of one value per bin", got)
        if edges is None:
            edges = own
        elif not np.array_equal(edges, own):
            raise parameter_error(
                "statistics", caller, "of the same bins for all names", f"others for {key!r}"
            )
    counts = check_target(next(iter(named.values())).counts, caller=caller, name="statistics")
    if counts.max() == 0:
        raise parameter_error("statistics", caller, "of at least one row", "none in any bin")
    return named


def _draw_similarities(display, ax, similarities):
    """Draw lines and anchors over the rows per bin; return them and the axes behind."""
    edges = display.bin_edges
    behind = ax.twinx()
    put_before(ax, behind)
    bars = draw_counts(behind, edges, display.counts, weighted=False, share=0.35)
    centers = TargetBins(edges).centers
    size = 5 if len(centers) <= 40 else 2.5
    lines, names = {}, short_names(similarities, 30)
    for (key, values), name, look in zip(similarities.items(), names, series_looks(len(names))):
        (lines[key],) = ax.plot(
            centers, values, **look, linewidth=1.6, markersize=size, markeredgecolor="white",
            markeredgewidth=0.3, label=name, zorder=4,
        )  # fmt: skip
    places = sorted({centers[anchor] for anchor in display.anchors.values()})
    anchors = [
        ax.axvline(place, color=INK, linewidth=1, linestyle=(0, (1, 2)), zorder=3, label="anchor")
        for place in places
    ]
    span = max(0.1, 1 - np.nanmin(np.concatenate([*similarities.values(), [1.0]])))
    ax.set_ylim(1 - 1.08 * span, 1 + 0.04 * span)
    set_limits(ax, edges[[0, -1]])
    return lines, anchors, bars, behind


def _finish(display):
    """Label the axes and explain what is drawn."""
    for k, (ax, behind, title) in enumerate(zip(display.axes_, display.counts_axes_, _TITLES)):
        name_target_axis(ax, display.bin_edges, display.target_name)
        ax.set_ylabel(f"cosine similarity of {title}")
        drop_frame(ax, behind)
        if k == 0:
            behind.set_ylabel("")
    handles = [*display.mean_lines_.values(), display.anchor_lines_[0]]
    columns = legend_columns([handle.get_label() for handle in handles])
    return legend_above(display.axes_[0], handles, columns=columns)
