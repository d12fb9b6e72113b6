"""A picture of squared errors over the relevance of the targets: the curve above SERA."""

import numpy as np

from skdir.metrics import squared_error_relevance_curve
from skdir.relevance import relevance_values
from skdir.utils._drawing.axes import (
    drop_frame,
    legend_above,
    legend_columns,
    legend_height,
    new_axes,
    put_before,
    write_numbers,
)
from skdir.utils._drawing.inputs import (
    check_name,
    check_predictions,
    check_targets,
    predictions_of,
)
from skdir.utils._drawing.style import GREY, LIGHT, series_looks, short_names, squared, unit_of
from skdir.utils._validation import drop_unweighted, parameter_error


class SERCurveDisplay:
    """Sum of squared errors over the targets of at least some relevance, for all thresholds.

    Make one with :meth:`from_predictions` or :meth:`from_estimator`. All parameters are stored as
    attributes.

    Parameters
    ----------
    thresholds : ndarray of shape (n_thresholds,)
        Relevances from 0 to 1, ascending.

    ser : dict of str to ndarray of shape (n_thresholds,)
        For each model the sum of squared errors over the targets of at least these relevances.

    rows : ndarray of shape (n_thresholds,)
        Number of these targets, or the sum of their weights.

    areas : dict of str to float
        Area under each curve, known as SERA.

    weighted : bool, default=False
        Whether `rows` are sums of weights.

    target_name : str, default="target"
        Name of the target; a unit in brackets at its end labels the errors.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the curves.

    rows_ax_ : matplotlib Axes
        Axes of the rows behind them.

    figure_ : matplotlib Figure
        Figure with the axes.

    lines_ : dict of str to matplotlib Line2D
        The curves.

    rows_area_ : matplotlib PolyCollection
        How many rows have at least this relevance.

    legend_ : matplotlib Legend
        What the lines are, with the area under each.

    See Also
    --------
    SERCurveDisplay.from_predictions : Draw predictions.
    SERCurveDisplay.from_estimator : Predict and draw.
    skdir.metrics.squared_error_relevance_area : The area alone.

    Notes
    -----
    The curve begins with the squared errors of all targets and ends with those of the most
    relevant ones. It is a staircase, exact at all thresholds. Of two models that cross, the one
    that is lower on the right errs less where it matters most. The cost is O(n log n).

    References
    ----------
    Ribeiro, R. P. and Moniz, N. (2020). Imbalanced regression and extreme value prediction.
    Machine Learning 109, 1803-1835. :doi:`10.1007/s10994-020-05900-9`

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skdir.inspection import SERCurveDisplay
    >>> from skdir.relevance import RelevanceFunction
    >>> relevance = RelevanceFunction().fit([2, 3, 3, 4, 4, 4, 5, 5, 6, 30])
    >>> display = SERCurveDisplay.from_predictions(
    ...     [4, 5, 6, 30], [6, 6, 6, 25], relevance=relevance
    ... )
    >>> display.areas
    {'model': 25.5}
    >>> plt.show()  # doctest: +SKIP
    >>> plt.close(display.figure_)
    """

    def __init__(self, *, thresholds, ser, rows, areas, weighted=False, target_name="target"):
        self.thresholds = thresholds
        self.ser = ser
        self.rows = rows
        self.areas = areas
        self.weighted = weighted
        self.target_name = target_name

    @classmethod
    def from_predictions(
        cls, y_true, y_pred, *, relevance, sample_weight=None, target_name=None, ax=None
    ):
        """Draw the curves of predictions.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            Observed targets, such as those of the test rows. A Series has a name.

        y_pred : array-like of shape (n_samples,) or dict of str to array-like
            Predicted targets, of several models by name.

        relevance : fitted RelevanceFunction, callable or array-like of shape (n_samples,)
            Relevance of the observed targets, in [0, 1], or what gives it; from the *training*
            targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        target_name : str, default=None
            Name of the target, for its unit. None is the name of a Series, or else "target".

        ax : matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        Returns
        -------
        display : SERCurveDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If the relevance is none.

        ValueError
            If an input is empty, not numeric or not finite, if lengths differ, or if relevances
            are not in [0, 1].

        NotFittedError
            If the relevance is an estimator that is not fitted.

        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> from skdir.inspection import SERCurveDisplay
        >>> display = SERCurveDisplay.from_predictions(
        ...     [1, 2, 9], {"low": [1, 2, 3], "high": [5, 5, 9]}, relevance=[0, 0.5, 1]
        ... )
        >>> display.areas
        {'low': 36.0, 'high': 4.5}
        >>> plt.close(display.figure_)
        """
        caller = f"{cls.__name__}.from_predictions"
        return cls._draw(
            y_true, y_pred, relevance, sample_weight, target_name, ax, caller, "y_true"
        )

    @classmethod
    def from_estimator(
        cls, estimator, X, y, *, relevance, sample_weight=None, target_name=None, ax=None
    ):
        """Predict with fitted regressors and draw their curves.

        Parameters
        ----------
        estimator : object or dict of str to object
            A fitted regressor, or several by name.

        X : array-like of shape (n_samples, n_features)
            Features, such as those of the test rows.

        y : array-like of shape (n_samples,)
            Observed targets. A Series has a name.

        relevance : fitted RelevanceFunction, callable or array-like of shape (n_samples,)
            Relevance of the observed targets, as in :meth:`from_predictions`.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the rows.

        target_name : str, default=None
            Name of the target, as in :meth:`from_predictions`.

        ax : matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        Returns
        -------
        display : SERCurveDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If an estimator cannot predict, or the relevance is none.

        ValueError
            As :meth:`from_predictions`.

        NotFittedError
            If the relevance is an estimator that is not fitted.

        ImportError
            If matplotlib is not installed.

        Examples
        --------
        >>> import matplotlib.pyplot as plt
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.linear_model import Ridge
        >>> from skdir.inspection import SERCurveDisplay
        >>> from skdir.relevance import RelevanceFunction
        >>> X, y = load_diabetes(return_X_y=True)
        >>> relevance = RelevanceFunction(method="quantile").fit(y)
        >>> model = Ridge().fit(X, y)
        >>> display = SERCurveDisplay.from_estimator(model, X, y, relevance=relevance)
        >>> list(display.lines_)
        ['Ridge']
        >>> plt.close(display.figure_)
        """
        caller = f"{cls.__name__}.from_estimator"
        y_pred = predictions_of(estimator, X, caller=caller)
        return cls._draw(y, y_pred, relevance, sample_weight, target_name, ax, caller, "y")

    @classmethod
    def _draw(cls, y_true, y_pred, relevance, sample_weight, target_name, ax, caller, y_name):
        """Validate, compute and draw."""
        name = check_name(target_name, y_true, caller=caller)
        y_true, weight = check_targets(y_true, sample_weight, caller=caller, name=y_name)
        y_pred = check_predictions(y_pred, y_true, caller=caller)
        phi = relevance_values(relevance, y_true, caller=caller)
        weight, y_true, phi, *predicted = drop_unweighted(weight, y_true, phi, *y_pred.values())
        ser = {}
        for key, values in zip(y_pred, predicted):
            thresholds, ser[key] = squared_error_relevance_curve(
                y_true, values, relevance=phi, sample_weight=weight
            )
            if not np.isfinite(ser[key][0]):
                accepted = "such that the sum of squared errors is finite"
                raise parameter_error("y_pred", caller, accepted, f"{ser[key][0]} for {key!r}")
        order = np.argsort(phi)
        mass = np.ones(len(phi), dtype=int) if weight is None else weight[order]
        above = np.append(np.cumsum(mass[::-1])[::-1], 0)
        return cls(
            thresholds=thresholds,
            ser=ser,
            rows=above[np.searchsorted(phi[order], thresholds)],
            areas={key: float(np.diff(thresholds) @ s[1:]) for key, s in ser.items()},
            weighted=weight is not None,
            target_name=name,
        ).plot(ax)

    def plot(self, ax=None):
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on; None is a new figure of pyplot.

        Returns
        -------
        display : SERCurveDisplay
            The display itself.

        Raises
        ------
        ImportError
            If matplotlib is not installed.
        """
        caller = f"{type(self).__name__}.plot"
        ax = new_axes(ax, (7.0, 4.0 + legend_height(self.ser)), caller=caller)
        self.ax_, self.figure_ = ax, ax.figure
        self.rows_ax_ = behind = ax.twinx()
        put_before(ax, behind)
        self.rows_area_ = behind.fill_between(
            self.thresholds, self.rows, step="pre", color=LIGHT, linewidth=0
        )
        top = self.rows[0]
        behind.set_ylim(0, 1.06 * top)
        behind.set_yticks([0, top], ["0", f"{top:.3g}" if self.weighted else f"{top:,}"])
        unit = "weight of rows" if self.weighted else "rows"
        behind.set_ylabel(f"{unit} of at least this relevance", color=GREY)
        behind.tick_params(axis="y", colors=GREY)
        self.lines_ = {}
        names = short_names(self.ser, 26)
        for (key, ser), name, look in zip(self.ser.items(), names, series_looks(len(names))):
            (self.lines_[key],) = ax.plot(
                self.thresholds,
                ser,
                **look,
                drawstyle="steps-pre",
                linewidth=1.8,
                markersize=5,
                markevery=0.12,
                label=f"{name} (SERA {self.areas[key]:.3g})",
            )
        highest = max(ser.max() for ser in self.ser.values())
        ax.set_ylim(0, 1.06 * highest or 1.0)
        ax.set_xlim(-0.01, 1.01)
        write_numbers(ax)
        ax.set_xlabel("relevance")
        unit = squared(unit_of(self.target_name))
        ax.set_ylabel(f"sum of squared errors in {unit}" if unit else "sum of squared errors")
        drop_frame(ax, behind)
        handles = list(self.lines_.values())
        columns = legend_columns([handle.get_label() for handle in handles])
        self.legend_ = legend_above(ax, handles, columns=columns)
        return self
