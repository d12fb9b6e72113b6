"""A picture of where models err: the error by target region over the training counts."""

from skdir.inspection._shot_error.drawing import draw_errors, draw_training, finish
from skdir.inspection._shot_error.values import shot_error_values
from skdir.utils._drawing.axes import legend_height, new_axes, set_scale, twin_axes
from skdir.utils._drawing.inputs import predictions_of


class ShotErrorDisplay:
    """Error of models by target region, over the training rows in each region.

    Make one with :meth:`from_predictions` or :meth:`from_estimator`. All parameters are stored as
    attributes.

    Parameters
    ----------
    bin_edges : ndarray of shape (n_bins + 1,)
        Edges of the regions, in units of the target.

    counts : ndarray of shape (n_bins,)
        Training rows in each bin, or the sum of their weights.

    n_test : ndarray of shape (n_bins,)
        Test rows in each bin.

    errors : dict of str to ndarray of shape (n_bins,)
        Error of each model in each bin; NaN in bins without test rows.

    shots : ndarray of shape (n_bins,)
        "many", "medium", "few" or "zero" for each bin.

    thresholds : dict of str to float
        The numbers of training rows that `many` and `few` stand for.

    density : ndarray of shape (n_bins,)
        Effective density of the training targets at the centre of each bin, per unit of the target.

    correlations : dict of str to dict
        For each model the Pearson correlation over bins of its error with the "empirical" (the
        counts per unit of the target) and with the "effective" density; NaN for fewer than two
        bins.

    metric : str, default="mae"
        Name of the error.

    weighted : bool, default=False
        Whether the counts are sums of weights.

    xscale : dict, default=None
        Arguments of ``Axes.set_xscale`` for the target's axis; None is a linear axis.

    yscale : {"linear", "log"}, default="linear"
        Scale of the errors' axis.

    target_name : str, default="target"
        Label of the target's axis; a unit in brackets at its end labels the error too.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the errors.

    counts_ax_ : matplotlib Axes
        Axes of the training counts behind them, with the same axis for the target.

    figure_ : matplotlib Figure
        Figure with the axes.

    lines_ : dict of str to matplotlib Line2D
        The error of each model. Its gaps are bins without test rows.

    uncertain_ : dict of str to matplotlib Line2D
        White markers over those of bins with fewer than 5 test rows, where a line is mostly noise.

    bars_ : matplotlib BarContainer
        Training rows per bin.

    density_line_ : matplotlib Line2D
        Training rows per bin that the effective density stands for.

    shot_spans_ : dict of str to list of matplotlib Rectangle
        Strip below the lines: which bins are of which shot.

    legend_ : matplotlib Legend
        What the lines are.

    shot_legend_ : matplotlib Legend
        What the strip is.

    See Also
    --------
    ShotErrorDisplay.from_predictions : Draw predictions.
    ShotErrorDisplay.from_estimator : Predict and draw.
    skdir.metrics.ShotReport : The same as a table.

    Notes
    -----
    The picture, and the correlations in its legend, are the published diagnostic: of a model that
    errs where targets are rare the error is high where the bars are low, and the correlation
    nears -1. The cost is O(n log n).

    References
    ----------
    Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skdir.inspection import ShotErrorDisplay
    >>> display = ShotErrorDisplay.from_predictions(
    ...     [1, 2, 8], [1, 3, 3], y_train=[1, 1, 1, 2, 2, 3, 9], bins=[0, 5, 10]
    ... )
    >>> display.errors
    {'model': array([0.5, 5. ])}
    >>> display.shots
    array(['many', 'few'], dtype='<U6')
    >>> plt.show()  # doctest: +SKIP
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        *,
        bin_edges,
        counts,
        n_test,
        errors,
        shots,
        thresholds,
        density,
        correlations,
        metric="mae",
        weighted=False,
        xscale=None,
        yscale="linear",
        target_name="target",
    ):
        self.bin_edges = bin_edges
        self.counts = counts
        self.n_test = n_test
        self.errors = errors
        self.shots = shots
        self.thresholds = thresholds
        self.density = density
        self.correlations = correlations
        self.metric = metric
        self.weighted = weighted
        self.xscale = xscale
        self.yscale = yscale
        self.target_name = target_name

    @classmethod
    def from_predictions(
        cls,
        y_true,
        y_pred,
        *,
        y_train,
        bins="auto",
        metric="mae",
        many="auto",
        few="auto",
        density=None,
        sample_weight=None,
        train_sample_weight=None,
        xscale="auto",
        yscale="auto",
        target_name=None,
        ax=None,
    ):
        """Draw the error of predictions by target region.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            Observed targets, such as those of the test rows. The name of a Series labels the axis.

        y_pred : array-like of shape (n_samples,) or dict of str to array-like
            Predicted targets, of several models by name.

        y_train : array-like of shape (n_train,)
            Targets that the models were trained on.

        bins : "auto", "integer", int or array-like of shape (n_bins + 1,), default="auto"
            Regions of the target: at most about 25 by Sturges' and Freedman and Diaconis' rules,
            one per integer, a number, or edges that cover all targets. "auto" and a number are of
            equal width on the axis as it is scaled, from the lowest to the highest target of
            `y_train` and `y_true`.

        metric : {"mae", "mse", "rmse", "gm"} or callable, default="mae"
            Error within a bin, or a function ``metric(y_true, y_pred)``, which is also handed
            ``sample_weight`` where it is given.

        many, few : float or "auto", default="auto"
            Bins with more training rows than `many` have many, those with fewer than `few` have
            few, as in :func:`~skdir.metrics.shot_labels`.

        density : TargetDensity, default=None
            Cloned and fitted to the training targets; None is ``TargetDensity()``.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows of `y_true`.

        train_sample_weight : array-like of shape (n_train,), default=None
            Weights of the training rows.

        xscale : {"auto", "linear", "log", "asinh"}, default="auto"
            Scale of the target's axis. "auto" is linear, but logarithmic for targets that span
            more than 50 interquartile ranges: "log", or "asinh" if not all of them are positive.

        yscale : {"auto", "linear", "log"}, default="auto"
            Scale of the errors' axis. "auto" is linear, but "log" if an error is more than 20 times
            their median and all are positive.

        target_name : str, default=None
            Label of the target's axis. None is the name of `y_true`, if it is a Series, or else
            "target".

        ax : matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        Returns
        -------
        display : ShotErrorDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If an input is empty, not numeric or not finite, if lengths differ, if edges leave out
            a target, or if another parameter is not valid.

        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> from skdir.inspection import ShotErrorDisplay
        >>> display = ShotErrorDisplay.from_predictions(
        ...     [1, 2, 8], {"mean": [2, 2, 2], "high": [5, 5, 5]}, y_train=[1, 2, 3], bins=2
        ... )
        >>> list(display.lines_)
        ['mean', 'high']
        >>> plt.close(display.figure_)
        """
        values = shot_error_values(
            y_true, y_pred, y_train, bins=bins, metric=metric, many=many, few=few,
            density=density, sample_weight=sample_weight, train_weight=train_sample_weight,
            xscale=xscale, yscale=yscale, target_name=target_name,
            caller=f"{cls.__name__}.from_predictions",
        )  # fmt: skip
        return cls(**values).plot(ax)

    @classmethod
    def from_estimator(
        cls,
        estimator,
        X,
        y,
        *,
        y_train,
        bins="auto",
        metric="mae",
        many="auto",
        few="auto",
        density=None,
        sample_weight=None,
        train_sample_weight=None,
        xscale="auto",
        yscale="auto",
        target_name=None,
        ax=None,
    ):
        """Predict with fitted regressors and draw their error by target region.

        Parameters
        ----------
        estimator : object or dict of str to object
            A fitted regressor, or several by name.

        X : array-like of shape (n_samples, n_features)
            Features, such as those of the test rows.

        y : array-like of shape (n_samples,)
            Observed targets. The name of a Series labels the axis.

        y_train : array-like of shape (n_train,)
            Targets that the models were trained on.

        bins : "auto", "integer", int or array-like of shape (n_bins + 1,), default="auto"
            Regions of the target, as in :meth:`from_predictions`.

        metric : {"mae", "mse", "rmse", "gm"} or callable, default="mae"
            Error within a bin, as in :meth:`from_predictions`.

        many, few : float or "auto", default="auto"
            What is many and what is few, as in :meth:`from_predictions`.

        density : TargetDensity, default=None
            Cloned and fitted to the training targets; None is ``TargetDensity()``.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows of `y`.

        train_sample_weight : array-like of shape (n_train,), default=None
            Weights of the training rows.

        xscale : {"auto", "linear", "log", "asinh"}, default="auto"
            Scale of the target's axis, as in :meth:`from_predictions`.

        yscale : {"auto", "linear", "log"}, default="auto"
            Scale of the errors' axis, as in :meth:`from_predictions`.

        target_name : str, default=None
            Label of the target's axis, as in :meth:`from_predictions`.

        ax : matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        Returns
        -------
        display : ShotErrorDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If an estimator cannot predict.

        ValueError
            As :meth:`from_predictions`.

        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> from sklearn.linear_model import LinearRegression
        >>> from skdir.inspection import ShotErrorDisplay
        >>> X, y = [[0], [1], [2], [9]], [0, 1, 2, 5]
        >>> model = LinearRegression().fit(X, y)
        >>> display = ShotErrorDisplay.from_estimator(model, X, y, y_train=y, bins=2)
        >>> list(display.lines_)
        ['LinearRegression']
        >>> plt.close(display.figure_)
        """
        caller = f"{cls.__name__}.from_estimator"
        y_pred = predictions_of(estimator, X, caller=caller)
        values = shot_error_values(
            y, y_pred, y_train, bins=bins, metric=metric, many=many, few=few, density=density,
            sample_weight=sample_weight, train_weight=train_sample_weight, xscale=xscale,
            yscale=yscale, target_name=target_name, caller=caller, y_name="y",
        )  # fmt: skip
        return cls(**values).plot(ax)

    def plot(self, ax=None):
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        Returns
        -------
        display : ShotErrorDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        caller = f"{type(self).__name__}.plot"
        ax = new_axes(ax, (7.5, 4.6 + legend_height(self.errors)), caller=caller)
        set_scale(ax, self.xscale or {"value": "linear"})
        self.ax_, self.figure_ = ax, ax.figure
        self.counts_ax_ = twin_axes(ax)
        self.bars_, self.density_line_ = draw_training(self, self.counts_ax_)
        self.lines_, self.uncertain_ = draw_errors(self, ax)
        self.shot_spans_, self.legend_, self.shot_legend_ = finish(self, ax)
        return self
