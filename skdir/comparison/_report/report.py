"""The HTML report: one file that loads nothing from anywhere."""

from collections.abc import Mapping
from html import escape
from pathlib import Path

import numpy as np
from scipy import stats

from skdir.comparison._judgement.finding import CAP, finding, region_words, share_words
from skdir.comparison._pictures.figures import (
    fit_rare,
    off_screen,
    plot_distribution,
    plot_regions,
    rare_intervals,
)
from skdir.comparison._pictures.pareto import plot_pareto
from skdir.comparison._report.repeat_code import repeat_code
from skdir.comparison._report.tables import as_text, page_table
from skdir.comparison._run.versions import module_version, used_versions
from skdir.utils._text.numbers import number
from skdir.utils._text.pages import load_template, picture_uri, unbroken
from skdir.utils._text.writing import write_text
from skdir.utils._validation import parameter_error

_CALLER = "comparison_report"


def comparison_report(comparisons, path=None, *, title=None, command=None, setup=None):
    """Make one HTML report of one or several comparisons on the same targets.

    The file holds its styles and pictures; it loads nothing and can be sent as it is.

    Parameters
    ----------
    comparisons : StrategyComparison or dict of str to StrategyComparison
        One comparison, or several with a name for each, such as that of its regressor.

    path : str or path-like, default=None
        Where to write the report; None returns it.

    title : str, default=None
        Title; None makes one from the name of the target.

    command : str, default=None
        The command line that repeats the comparison, where there is one.

    setup : str or dict of str to str, default=None
        Python lines that define `X`, `y` and `regressor`, the beginning of the code that repeats
        the comparison; a dict has them for each name. None writes the regressor and leaves the
        data to the reader.

    Returns
    -------
    html : str or None
        The report, if `path` is None.

    Raises
    ------
    ValueError
        If there is no comparison, or their targets differ.

    ImportError
        If jinja2 or matplotlib is not installed.

    See Also
    --------
    StrategyComparison.to_html : The report of one comparison.

    Notes
    -----
    Pictures do not depend on your settings of matplotlib. While they are drawn, the settings, which
    all threads share, are matplotlib's defaults; reports of several threads wait for each other,
    and the settings are the same again afterwards. Set none meanwhile.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.linear_model import LinearRegression, Ridge
    >>> from skdir.comparison import compare_strategies, comparison_report
    >>> X, y = load_diabetes(return_X_y=True)
    >>> names = ["VANILLA", "LDS"]
    >>> page = comparison_report(
    ...     {
    ...         type(model).__name__: compare_strategies(model, X, y, strategies=names)
    ...         for model in (Ridge(), LinearRegression())
    ...     }
    ... )
    >>> page.startswith("<!DOCTYPE html>")
    True
    """
    if not isinstance(comparisons, Mapping):
        comparisons = {type(comparisons.outcome_.facts.regressor).__name__: comparisons}
    if not comparisons:
        raise parameter_error("comparisons", _CALLER, "at least one comparison", "none")
    outcomes = {name: comparison.outcome_ for name, comparison in comparisons.items()}
    targets = [results.y for results in outcomes.values()]
    if any(not np.array_equal(targets[0], y) for y in targets):
        raise parameter_error(
            "comparisons", _CALLER, "made on the same targets", "comparisons whose y differ"
        )
    setups = setup if isinstance(setup, Mapping) else dict.fromkeys(comparisons, setup)
    html = _page(outcomes, title, command, setups)
    if path is None:
        return html
    write_text(path, html)
    return None


def _page(outcomes, title, command, setups):
    """Return the report on the results of several comparisons by name."""
    first, descriptions = next(iter(outcomes.values())), {}
    for results in outcomes.values():
        descriptions |= results.descriptions
    return _template("report.html.jinja").render(
        title=title or f"Which strategy for the rare values of {first.target_name}?",
        single=len(outcomes) == 1,
        target_name=first.target_name,
        region=region_words(first),
        facts=_data_facts(first),
        distribution=_picture(plot_distribution, first),
        n_rows=len(first.y),
        features=first.facts.features,
        n_folds=len(first.folds),
        date=f"{first.facts.date:%d %B %Y}".lstrip("0"),
        version=module_version("skdir"),
        cap=f"{100 * CAP:.0f} %",
        descriptions=descriptions,
        command=command,
        sections=[
            {
                "name": name,
                "finding": [unbroken(sentence) for sentence in finding(results)],
                "table": page_table(results),
                "regions": _picture(plot_regions, results),
                "pareto": _picture(plot_pareto, results),
                "run": _run_facts(results),
                "code": repeat_code(results, setups.get(name)),
            }
            for name, results in outcomes.items()
        ],
    )


def fragment(results):
    """Return finding and table as HTML for notebooks, plain text where jinja2 is missing."""
    try:
        template = _template("fragment.html.jinja")
    except ImportError:
        return f"<pre>{escape(as_text(results))}</pre>"
    return template.render(finding=finding(results), table=page_table(results))


def _template(name):
    """Load a template of this package."""
    return load_template(name, Path(__file__).parent, caller=_CALLER)


def _picture(plot, results):
    """Return a plot of a comparison as the data URI of an SVG."""
    return picture_uri(plot, results, off_screen, caller=_CALLER)


def _data_facts(results):
    """Return (name, value) pairs about the data and how unevenly its targets are spread."""
    y, weight, edges = results.y, results.sample_weight, results.bin_edges
    rule = fit_rare(results)
    counts = np.histogram(y, edges)[0]
    # in units of the range, so that cubes of huge targets do not overflow
    skewness = stats.skew((y - y.mean()) / np.abs(y - y.mean()).max())
    facts = [
        ("Rows", f"{len(y):,}"),
        ("Features", results.facts.features),
        ("Target range", f"{y.min():,.6g} to {y.max():,.6g}, median {np.median(y):,.6g}"),
        (
            "Target bins",
            f"{len(counts)}, with {counts.min():,} to {counts.max():,} rows each",
        ),
        ("Skewness", number(float(skewness)).replace("-", "−")),
        _rare_fact(results, rule),
    ]
    if weight is not None:
        facts.append(("Sample weights", f"{number(weight.min())} to {number(weight.max())}"))
    return facts


def _rare_fact(results, rule):
    """Return the fact about the rare rows of all: where they are, and how rare."""
    if not rule.share_:
        return "Rare rows", "none: too many rows have the rarest target"
    y = results.y
    intervals = rare_intervals(rule.density_, rule.level_, y)
    covered = sum(high - low for low, high in intervals) / (y.max() - y.min())
    where = "nearly all" if 0.995 < covered < 1 else f"{100 * covered:.0f} %"
    peak = rule.density_.density(np.linspace(y.min(), y.max(), 2000)).max()
    return (
        f"The {region_words(results)}",
        f"{share_words(rule.share_)} of the rows, over {where} of the range; there "
        f"the target is at least {peak / rule.level_:.1f} times as rare as at its peak",
    )


def _run_facts(results):
    """Return (name, value) pairs about what was run."""
    facts = results.facts
    splits = f"{len(results.folds)} folds"
    if isinstance(facts.cv, (int, np.integer)):
        splits += ", shuffled rows"
    elif hasattr(facts.cv, "split"):
        splits += f", {facts.cv!r}"
    seed = "none: the folds are drawn anew each time"
    if facts.seed is not None:
        seed = f"{facts.random_state!r} (gives the regressors the seed {facts.seed})"
    versions = [f"{name} {v}" for name, v in used_versions(facts.regressor).items()]
    return [
        ("Regressor", " ".join(facts.regressor.__repr__(N_CHAR_MAX=10_000).split())),
        ("Folds", splits),
        ("Seed", seed),
        ("Strategies", ", ".join(results.estimators)),
        *([("Parameters of fit", ", ".join(facts.params))] if facts.params else ()),
        ("Versions", ", ".join(versions)),
        ("Date", f"{facts.date:%Y-%m-%d %H:%M %Z}".strip()),
    ]
