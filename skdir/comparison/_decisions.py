"""What follows from a comparison: which differences are real, and which strategy to take."""

from numbers import Real

import numpy as np
from sklearn.base import clone

from skdir.comparison._judgement.changes import CONFIDENCE_LEVEL, adjust, paired_change
from skdir.comparison._judgement.recommendation import recommendation
from skdir.utils._fitting.fit import fit_regressor
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._validation import parameter_error

_COLUMNS = (
    "baseline", "mean", "difference", "low", "high", "relative", "p value", "adjusted p value",
    "distinguishable", "lower in", "folds",
)  # fmt: skip


class DecisionMixin:
    """The methods of a comparison that judge differences and choose a strategy."""

    def change(self, name, metric="rare MAE", baseline="VANILLA"):
        """Compare a strategy with another one over the same folds.

        Parameters
        ----------
        name : str
            Name of a strategy.

        metric : str, default="rare MAE"
            A metric of :meth:`table`.

        baseline : str, default="VANILLA"
            Name of the strategy to compare it with.

        Returns
        -------
        change : Change
            `before` and `after` (means of baseline and strategy), `difference`, `relative`, `sd`
            (of the differences over folds), `half_width` (of a 95 % interval of the difference
            that allows for the overlap of training folds), `p_value`, `clear` (whether the
            interval excludes zero), `n_lower` and `n_folds`.

        Raises
        ------
        ValueError
            If a strategy or the metric is not known.

        See Also
        --------
        differences : All strategies at once, with p values that allow for their number.

        References
        ----------
        Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine Learning
        52. :doi:`10.1023/A:1024068626366`
        """
        self._check_metric(metric, "change")
        self._check_strategy(name, "name", "change")
        self._check_strategy(baseline, "baseline", "change")
        return self._changes(metric, baseline, [name])[name]

    def differences(
        self,
        metric="rare MAE",
        *,
        baseline="VANILLA",
        confidence_level=CONFIDENCE_LEVEL,
        correction="holm",
    ):
        r"""Test the differences from a baseline over the folds.

        Parameters
        ----------
        metric : str, default="rare MAE"
            A metric of :meth:`table`.

        baseline : str, default="VANILLA"
            Name of the strategy that the others are compared with.

        confidence_level : float, default=0.95
            Level of each interval; a difference is distinguishable if its adjusted p value is
            below one minus this.

        correction : {"holm"} or None, default="holm"
            How p values allow for the number of strategies: "holm" holds the chance of even one
            false claim in the column at its level; None judges each strategy as if it were the
            only one.

        Returns
        -------
        differences : DataFrame
            A row for each other strategy: the means "baseline" and "mean", their "difference" in
            units of the metric, its interval from "low" to "high" (for this strategy alone),
            "relative" (the difference as a share of the baseline), "p value", "adjusted p value",
            "distinguishable", in how many folds the metric is lower ("lower in"), and "folds".

        Raises
        ------
        ValueError
            If a parameter is not valid.

        ImportError
            If pandas is not installed.

        Notes
        -----
        The corrected resampled t-test: with k differences over folds, of standard deviation s, the
        mean is divided by :math:`s \sqrt{1/k + n_{test}/n_{train}}` and compared with Student's t
        of k - 1 degrees of freedom. It is for repeated folds as well, with k the number of all of
        them. The second term allows for the training rows that folds share: without it, four
        repeats of five folds call a third of the differences between equally good models real,
        with it one in 25. With one fold nothing can be tested: the p value is NaN and the interval
        infinite.

        References
        ----------
        Nadeau, C. and Bengio, Y. (2003). Inference for the generalization error. Machine Learning
        52. :doi:`10.1023/A:1024068626366`

        Bouckaert, R. R. and Frank, E. (2004). Evaluating the replicability of significance tests
        for comparing learning algorithms. PAKDD. :doi:`10.1007/978-3-540-24775-3_3`

        Examples
        --------
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.linear_model import Ridge
        >>> from skdir.comparison import compare_strategies
        >>> X, y = load_diabetes(return_X_y=True)
        >>> names = ["VANILLA", "SQINV", "LDS"]
        >>> comparison = compare_strategies(Ridge(0.01), X, y, strategies=names, random_state=0)
        >>> frame = comparison.differences()
        >>> frame.loc["LDS", ["difference", "low", "high"]].astype(float).round(1).tolist()
        [-6.9, -9.4, -4.4]
        >>> frame["distinguishable"].tolist()
        [True, True]
        """
        pandas = import_optional_dependency("pandas", caller="StrategyComparison.differences")
        caller = "StrategyComparison.differences"
        self._check_metric(metric, "differences")
        self._check_strategy(baseline, "baseline", "differences")
        if not isinstance(confidence_level, Real) or not 0 < confidence_level < 1:
            raise parameter_error(
                "confidence_level",
                caller,
                "a number between 0 and 1, both excluded",
                repr(confidence_level),
            )
        if correction is not None and not (isinstance(correction, str) and correction == "holm"):
            raise parameter_error("correction", caller, "'holm' or None", repr(correction))
        names = [name for name in self.estimators_ if name != baseline]
        changes = self._changes(metric, baseline, names, confidence_level)
        if correction == "holm":
            changes = adjust(changes)
        rows = {
            name: {
                "baseline": change.before,
                "mean": change.after,
                "difference": change.difference,
                "low": change.difference - change.half_width,
                "high": change.difference + change.half_width,
                "relative": change.relative,
                "p value": change.p_value,
                "adjusted p value": change.adjusted_p_value,
                "distinguishable": change.clear,
                "lower in": change.n_lower,
                "folds": change.n_folds,
            }
            for name, change in changes.items()
        }
        frame = pandas.DataFrame(list(rows.values()), index=list(rows), columns=_COLUMNS)
        return frame.rename_axis("strategy")

    def recommendation(self, *, prefer="rare", max_overall_cost=0.03):
        """Choose a strategy and say why, without fitting anything.

        Parameters
        ----------
        prefer : {"rare", "frequent", "balanced"}, default="rare"
            What to make small: the mean absolute error on the rare targets, that on the frequent
            ones, or the mean of both.

        max_overall_cost : float, default=0.03
            By how much the mean absolute error over all rows may exceed that of VANILLA, as a
            share of it. Infinity sets no limit.

        Returns
        -------
        recommendation : Recommendation
            With `name`, `sentence` (also ``str(recommendation)``), the changes `rare`, `frequent`
            and `overall` against VANILLA, and `too_costly`, the strategies above the limit.

        Raises
        ------
        ValueError
            If a parameter is not valid, or no strategy was measured.

        See Also
        --------
        recommend : The same choice, fitted.

        Notes
        -----
        The choice is by the means over the folds, among strategies that failed in none of them.
        It is the best guess even where the gain may be chance, which the sentence then says.
        VANILLA, or the first strategy where there is none, always satisfies the limit.

        Examples
        --------
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.linear_model import Ridge
        >>> from skdir.comparison import compare_strategies
        >>> X, y = load_diabetes(return_X_y=True)
        >>> names = ["VANILLA", "LDS", "INV+LDS"]
        >>> comparison = compare_strategies(Ridge(0.01), X, y, strategies=names, random_state=0)
        >>> comparison.recommendation(max_overall_cost=0.01).name
        'LDS'
        >>> comparison.recommendation(max_overall_cost=0.05).name
        'INV+LDS'
        """
        return recommendation(self, prefer, max_overall_cost)

    def recommend(self, *, prefer="rare", max_overall_cost=0.03, X=None):
        """Choose a strategy and fit it to all rows.

        Parameters
        ----------
        prefer : {"rare", "frequent", "balanced"}, default="rare"
            See :meth:`recommendation`.

        max_overall_cost : float, default=0.03
            See :meth:`recommendation`.

        X : {array-like, sparse matrix, dataframe} of shape (n_samples, n_features), default=None
            The features of the comparison. None takes those that it was made with, to which it
            keeps a reference that is not pickled.

        Returns
        -------
        estimator : estimator object
            A clone of the strategy's estimator, fitted to all rows with their weights. The reason
            is in `recommendation_` of the comparison.

        Raises
        ------
        ValueError
            If a parameter is not valid, no strategy was measured, or `X` is needed.

        Examples
        --------
        >>> from sklearn.datasets import load_diabetes
        >>> from sklearn.linear_model import Ridge
        >>> from skdir.comparison import compare_strategies
        >>> X, y = load_diabetes(return_X_y=True)
        >>> names = ["VANILLA", "LDS", "INV+LDS"]
        >>> comparison = compare_strategies(Ridge(0.01), X, y, strategies=names, random_state=0)
        >>> model = comparison.recommend(prefer="rare", max_overall_cost=0.01)
        >>> model.predict(X[:2]).round()
        array([216.,  67.])
        >>> reason = comparison.recommendation_  # print(reason) says it in words
        >>> reason.name, round(reason.rare.relative, 3), round(reason.overall.relative, 3)
        ('LDS', -0.115, 0.005)
        """
        chosen = recommendation(self, prefer, max_overall_cost)
        X = self._run.get("X") if X is None else X
        n_samples = X.shape[0] if hasattr(X, "shape") else None if X is None else len(X)
        if n_samples != len(self.y_):
            raise parameter_error(
                "X",
                "StrategyComparison.recommend",
                f"given to a comparison that was pickled, with its {len(self.y_)} rows",
                "None" if X is None else f"{n_samples} rows",
            )
        estimator = clone(self.estimators_[chosen.name])
        fit_params = self._run["fit_params"][chosen.name]
        fitted = fit_regressor(estimator, X, self._run["y_fit"], self.sample_weight_, fit_params)
        self.recommendation_ = chosen
        return fitted

    def _changes(self, metric, baseline, names, confidence_level=CONFIDENCE_LEVEL):
        """Return the change of each strategy against the baseline."""
        ratio = np.mean([len(test) / len(train) for train, test in self.folds_])
        before = self._values(metric, baseline)
        return {
            name: paired_change(self._values(metric, name), before, ratio, confidence_level)
            for name in names
        }

    def _baseline(self):
        """Return the strategy that others are compared with; None if none was measured."""
        return next(iter(sorted(self.complete_, key=lambda name: name != "VANILLA")), None)

    def _judged(self, metric, baseline):
        """Return the changes of the other complete strategies, their p values adjusted."""
        others = [name for name in self.complete_ if name != baseline]
        return adjust(self._changes(metric, baseline, others))

    def _check_strategy(self, value, parameter, method):
        """Refuse the name of a strategy that is not there."""
        if value not in self.estimators_:
            raise parameter_error(
                parameter,
                f"StrategyComparison.{method}",
                f"one of {', '.join(self.estimators_)}",
                repr(value),
            )
