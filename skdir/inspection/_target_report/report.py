"""A report on a target: what a user sees first."""

from dataclasses import asdict
from html import escape

from skdir.inspection._target_report.findings import find_traps
from skdir.inspection._target_report.page import fragment, page
from skdir.inspection._target_report.rare import default_relevances
from skdir.inspection._target_report.suggestions import suggest
from skdir.inspection._target_report.summary import summarize
from skdir.inspection._target_report.text import as_text
from skdir.utils._drawing.inputs import check_name
from skdir.utils._estimators.relevance import check_threshold, is_relevance_function
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._text.writing import write_text
from skdir.utils._validation import (
    check_sample_weight,
    check_target,
    parameter_error,
)

_CALLER = "TargetReport"


class TargetReport:
    r"""How a target is distributed, what is rare in it, which traps it has, and what to try first.

    A notebook shows it as a page, a terminal as a table of at most 80 columns.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        Targets, best those of training alone. The name of a Series is the target's name.

    bins : "auto", "integer", int or array-like of shape (n_bins + 1,), default="auto"
        Bins for the ratio of the densest to the rarest and for the picture: 10 to 50 by a rule, as
        in :func:`~skdir.comparison.compare_strategies`; one per integer; a number; or edges.

    relevances : dict of str to RelevanceFunction or callable, default=None
        What may be called rare, by name; each is cloned and fitted. None takes the box plot, the
        adjusted box plot, quantiles and the density. Advice is based on the first that works.

    threshold : float, default=0.8
        Relevance from which on a target is rare, in (0, 1]. The published tables use 0.8.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the rows; a weight of 2 is the row twice. Weights that are not whole are scaled
        to mean 1 over the rows of positive weight.

    target_name : str, default=None
        Name of the target; None takes that of the Series, or "target".

    Attributes
    ----------
    distribution : dict of str to float
        "n" (rows, by their weights), "distinct" (different targets), "min", "q1", "median", "q3",
        "max" (quartiles are Tukey's hinges), "mean", "sd" and "skewness" (divided by n), and
        "log_skewness", that of log(y), or of asinh(y / c) if not all targets are positive.

    imbalance : dict of str to float
        "bins", "empty_bins", the rows in the "fullest_bin" and the "emptiest_bin" that has any,
        "density_ratio" (rows per unit of y in the densest bin over those in the rarest that has
        any), "effective_density_ratio" (the same of the smoothed density at the rows, without
        bins), "bandwidth" (its, in units of y), "effective_sample_size" with the weights of
        :class:`~skdir.weighting.LDSWeighter` and "effective_sample_size_inverse" with
        ``reweight="inverse"``, "largest_weight" (of LDS, where the mean is 1),
        "rare_fifth" (share of the rows that are the rarest fifth: less if more than a fifth have
        one target, see :class:`~skdir.density.RareTargets`) and "rare_fifth_of_range" (share of
        the range where the density is as low as there).

    rare : dict of str to RareRows
        For each relevance the number `n_rare` and the `share` of rare rows, their `bumps` (a list
        of :class:`~skdir.relevance.Bump`), and the `reason` where it fails on this target.

    findings : tuple of Finding
        Suspected traps, warnings first: `code`, `level` ("warning" or "note"), `what` was seen and
        the `advice`.

    suggestions : tuple of Suggestion
        First settings: `name`, `why`, and `code` that uses `X`, `y` and `regressor` (and
        `sample_weight` if it is given here). None for a constant target.

    bin_edges : ndarray of shape (n_bins + 1,)
        Edges of the bins, in units of y.

    counts : ndarray of shape (n_bins,)
        Rows in each bin, by their weights.

    target_name : str
        Name of the target.

    threshold : float
        Relevance from which on a target is rare.

    Raises
    ------
    TypeError
        If a relevance is neither an estimator nor a function.

    ValueError
        If the targets, weights, bins, relevances or the threshold are not valid.

    See Also
    --------
    RelevanceDisplay : A picture of one relevance.
    skdir.comparison.compare_strategies : Errors of several strategies, to decide by.

    Notes
    -----
    The thresholds of the findings are rules of thumb, in the user guide. The cost is O(n log n):
    a million rows take one to two seconds, most of it for the medcouple of the adjusted box plot.

    References
    ----------
    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Ribeiro, R. P. and Moniz, N. (2020). Imbalanced regression and extreme value prediction.
    Machine Learning 109, 1803-1835. :doi:`10.1007/s10994-020-05900-9`

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.inspection import TargetReport
    >>> y = np.random.default_rng(0).lognormal(size=1000)
    >>> report = TargetReport(y, target_name="rent")
    >>> [finding.code for finding in report.findings]
    ['outliers', 'heavy_skew']
    >>> report.rare["box plot"].bumps[0].n_samples
    123
    >>> print(report.suggestions[1].code)
    from skdir.compose import LogTargetRegressor
    <BLANKLINE>
    model = LogTargetRegressor(regressor)
    model.fit(X, y)
    """

    def __init__(
        self,
        y,
        *,
        bins="auto",
        relevances=None,
        threshold=0.8,
        sample_weight=None,
        target_name=None,
    ):
        given = None if target_name is None else str(target_name)
        name = check_name(given, y, caller=_CALLER)
        threshold = check_threshold(threshold, caller=_CALLER)
        y = check_target(y, caller=_CALLER)
        self._summary = summary = summarize(
            y,
            check_sample_weight(sample_weight, len(y), caller=_CALLER),
            bins=bins,
            relevances=_check_relevances(relevances),
            threshold=threshold,
            target_name=name,
            caller=_CALLER,
        )
        self.target_name, self.threshold = summary.target_name, summary.threshold
        self.distribution, self.imbalance = asdict(summary.distribution), asdict(summary.imbalance)
        self.bin_edges, self.counts = summary.bin_edges.copy(), summary.counts.copy()
        self.rare = {found.name: found for found in summary.rare}
        self.findings, self.suggestions = find_traps(summary), suggest(summary)

    def to_frame(self):
        """Return the numbers of the report as a table.

        Returns
        -------
        frame : pandas.DataFrame
            One column, "value"; rows ("distribution", ...), ("imbalance", ...), and ("rare rows",
            ...) and ("rare share", ...) for each relevance.

        Raises
        ------
        ImportError
            If pandas is not installed.
        """
        pandas = import_optional_dependency("pandas", caller="TargetReport.to_frame")
        parts = {
            "distribution": self.distribution,
            "imbalance": self.imbalance,
            "rare rows": {name: found.n_rare for name, found in self.rare.items()},
            "rare share": {name: found.share for name, found in self.rare.items()},
        }
        rows = {(part, name): v for part, values in parts.items() for name, v in values.items()}
        index = pandas.MultiIndex.from_tuples(rows, names=["part", "measure"])
        return pandas.DataFrame({"value": [float(v) for v in rows.values()]}, index=index)

    def to_html(self, path=None):
        """Make a page that stands alone: it loads nothing and can be sent as it is.

        Parameters
        ----------
        path : str or path-like, default=None
            Where to write the page; None returns it.

        Returns
        -------
        html : str or None
            The page, if `path` is None. Its picture is drawn with matplotlib where that is
            installed, else with the page's own means.

        Raises
        ------
        ImportError
            If jinja2 is not installed.

        Notes
        -----
        The picture does not depend on your settings of matplotlib. While it is drawn, the
        settings, which all threads share, are matplotlib's defaults; pages of several threads
        wait for each other, and the settings are the same again afterwards. Set none meanwhile.
        """
        html = page(self._summary)
        if path is None:
            return html
        write_text(path, html)
        return None

    @property
    def rare_by(self):
        """Name of the relevance that advice is based on, None if none works on this target."""
        found = self._summary.basis
        return None if found is None else found.name

    def __repr__(self):
        return as_text(self._summary)

    def _repr_html_(self):
        """Return the report for notebooks, plain text where jinja2 is missing."""
        try:
            return fragment(self._summary)
        except ImportError:
            return f"<pre>{escape(repr(self))}</pre>"


def _check_relevances(relevances):
    """Return the relevances by name."""
    if relevances is None:
        return default_relevances()
    if not isinstance(relevances, dict) or not relevances:
        got = "an empty dict" if relevances == {} else type(relevances).__name__
        raise parameter_error(
            "relevances", _CALLER, "a dict of relevances by name", got, error=TypeError
        )
    for name, relevance in relevances.items():
        if isinstance(relevance, type) or not is_relevance_function(relevance):
            raise parameter_error(
                "relevances",
                _CALLER,
                "a dict of RelevanceFunctions or functions of the target",
                f"{type(relevance).__name__} for {name!r}",
                error=TypeError,
            )
    return {str(name): relevance for name, relevance in relevances.items()}
