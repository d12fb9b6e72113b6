"""A picture of what a sampler does: the target and two features before and after."""

import numpy as np
from sklearn.base import clone

from skdir.inspection._resampling.drawing import draw_histograms, draw_rows, finish
from skdir.inspection._resampling.values import feature_positions, feature_values
from skdir.utils._drawing.axes import choose_scale, grid_axes, histogram_edges
from skdir.utils._drawing.inputs import check_name
from skdir.utils._validation import check_target, parameter_error


class ResamplingDisplay:
    """Target and two features before and after resampling, with the synthetic rows marked.

    Make one with :meth:`from_sampler`. All parameters are stored as attributes. There are three
    panels: the histogram of the target, the rows before, and the rows after.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        Targets before.

    y_resampled : ndarray of shape (n_samples_new,)
        Targets after.

    features : ndarray of shape (n_samples, 2)
        Two features before; rows with NaN in them are not drawn.

    features_resampled : ndarray of shape (n_samples_new, 2)
        The same features after.

    synthetic_mask : ndarray of shape (n_samples_new,)
        Which rows are new.

    sample_indices : ndarray of shape (n_samples_new,)
        The row before that each row after was, or for a new one grew from.

    feature_names : sequence of two str, default=("feature 0", "feature 1")
        Labels of the features' axes.

    target_name : str, default="target"
        Label of the target.

    Attributes
    ----------
    axes_ : ndarray of shape (3,) of matplotlib Axes
        Axes of the histogram, the rows before and the rows after.

    figure_ : matplotlib Figure
        Figure with the axes.

    histogram_ : matplotlib BarContainer
        Targets before.

    after_ : matplotlib StepPatch
        Targets after.

    synthetic_ : matplotlib StepPatch or None
        Targets of synthetic rows, if there are any.

    kept_before_points_, kept_points_ : matplotlib PathCollection
        Rows that stay, in the panels before and after.

    removed_points_ : matplotlib PathCollection or None
        Rows that were removed, in the panel before, if there are any.

    synthetic_points_ : matplotlib PathCollection or None
        Synthetic rows, in the panel after, if there are any.

    colorbar_ : matplotlib Colorbar
        Which colour is which target.

    legends_ : list of matplotlib Legend
        What the marks are, for each panel.

    See Also
    --------
    ResamplingDisplay.from_sampler : Resample and draw.
    skdir.resampling.SMOGN : A sampler.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from skdir.inspection import ResamplingDisplay
    >>> from skdir.resampling import SmoteR
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 3))
    >>> y = np.exp(X.sum(axis=1))
    >>> display = ResamplingDisplay.from_sampler(SmoteR(random_state=0), X, y)
    >>> int(display.synthetic_mask.sum()), len(display.synthetic_points_.get_offsets())
    (75, 75)
    >>> plt.show()  # doctest: +SKIP
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        *,
        y,
        y_resampled,
        features,
        features_resampled,
        synthetic_mask,
        sample_indices,
        feature_names=("feature 0", "feature 1"),
        target_name="target",
    ):
        self.y = y
        self.y_resampled = y_resampled
        self.features = features
        self.features_resampled = features_resampled
        self.synthetic_mask = synthetic_mask
        self.sample_indices = sample_indices
        self.feature_names = feature_names
        self.target_name = target_name

    @classmethod
    def from_sampler(
        cls,
        sampler,
        X,
        y,
        *,
        features=None,
        bins="auto",
        xscale="auto",
        target_name=None,
        ax=None,
    ):
        """Resample and draw what has changed.

        Parameters
        ----------
        sampler : estimator with `fit_resample`
            A sampler of :mod:`skdir.resampling`, or another one that sets `synthetic_mask_` and
            `sample_indices_`. It is cloned.

        X : {array-like, dataframe, sparse matrix} of shape (n_samples, n_features)
            Features, at least two of them numeric.

        y : array-like of shape (n_samples,)
            Continuous target. The name of a Series labels its axis.

        features : sequence of two int or str, default=None
            Positions or names of two numeric features to draw. None takes the first two.

        bins : "auto", "integer", int or array-like of shape (n_bins + 1,), default="auto"
            Bins of the histogram: by Sturges' and Freedman and Diaconis' rules, one per integer, a
            number, or edges that cover the targets before and after. "auto" and a number are of
            equal width on the axis as it is scaled.

        xscale : {"auto", "linear", "log", "asinh"}, default="auto"
            Scale of the target, on its axis and in colours. "auto" is linear, but logarithmic for
            targets that span more than 50 interquartile ranges: "log", or "asinh" if not all of
            them are positive.

        target_name : str, default=None
            Label of the target. None is the name of a Series, or else "target".

        ax : array-like of three matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        Returns
        -------
        display : ResamplingDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If the sampler is none.

        ValueError
            If the sampler refuses the data, does not say which rows are synthetic, or another
            parameter is not valid.

        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> from sklearn.datasets import load_diabetes
        >>> from skdir.inspection import ResamplingDisplay
        >>> from skdir.relevance import RelevanceFunction
        >>> from skdir.resampling import RandomUnderSampler
        >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
        >>> sampler = RandomUnderSampler(relevance=RelevanceFunction(method="quantile"))
        >>> display = ResamplingDisplay.from_sampler(sampler, X, y, features=["bmi", "s5"])
        >>> display.feature_names
        ('bmi', 's5')
        >>> plt.close(display.figure_)
        """
        caller = f"{cls.__name__}.from_sampler"
        name = check_name(target_name, y, caller=caller)
        if isinstance(sampler, type) or not hasattr(sampler, "fit_resample"):
            raise parameter_error(
                "sampler", caller, "an estimator with fit_resample", repr(sampler), error=TypeError
            )
        sampler = clone(sampler)
        X_new, y_new = sampler.fit_resample(X, y)
        for attribute in ("synthetic_mask_", "sample_indices_"):
            if not hasattr(sampler, attribute):
                got = f"a {type(sampler).__name__} without it"
                raise parameter_error("sampler", caller, f"one that sets {attribute}", got)
        positions, names = feature_positions(X, features, caller=caller)
        return cls(
            y=np.array(check_target(y, caller=caller)),
            y_resampled=np.array(check_target(y_new, caller=caller)),
            features=feature_values(X, positions, caller=caller),
            features_resampled=feature_values(X_new, positions, caller=caller),
            synthetic_mask=np.array(sampler.synthetic_mask_, dtype=bool),
            sample_indices=np.array(sampler.sample_indices_),
            feature_names=names,
            target_name=name,
        ).plot(ax, bins=bins, xscale=xscale)

    def plot(self, ax=None, *, bins="auto", xscale="auto"):
        """Draw the display.

        Parameters
        ----------
        ax : array-like of three matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        bins : "auto", "integer", int or array-like of shape (n_bins + 1,), default="auto"
            Bins of the histogram, as in :meth:`from_sampler`.

        xscale : {"auto", "linear", "log", "asinh"}, default="auto"
            Scale of the target, as in :meth:`from_sampler`.

        Returns
        -------
        display : ResamplingDisplay
            The display itself.

        Raises
        ------
        ValueError
            If the axes, the bins or the scale are not valid.

        ImportError
            If matplotlib is not installed.
        """
        caller = f"{type(self).__name__}.plot"
        both = np.concatenate([self.y, self.y_resampled])
        scale = choose_scale(xscale, both, caller=caller)
        edges = histogram_edges(bins, both, None, scale, caller=caller)
        self.axes_ = grid_axes(ax, 3, caller=caller, size=(3.9, 3.7))
        self.figure_ = self.axes_[0].figure
        self.histogram_, self.after_, self.synthetic_ = draw_histograms(self, edges, scale)
        before, after, self.colorbar_ = draw_rows(self, scale)
        self.kept_before_points_, self.removed_points_ = before
        self.kept_points_, self.synthetic_points_ = after
        self.legends_ = finish(self)
        return self
