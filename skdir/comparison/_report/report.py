"""The HTML report: one file that loads nothing from anywhere."""

from collections.abc import Mapping
from html import escape
from pathlib import Path

import numpy as np
from scipy import stats

from skdir.comparison._judgement.finding import CAP, finding, percent, region_words, share_words
from skdir.comparison._pictures import figures as _figures
from skdir.comparison._pictures.pareto import plot_pareto
from skdir.comparison._run.scores import SHOTS, spread
from skdir.comparison._run.versions import module_version, used_versions
from skdir.comparison._strategies.groups import headings
from skdir.utils._text.pages import load_template, number, picture_uri
from skdir.utils._text.source import NotExpressibleError, to_source
from skdir.utils._text.writing import write_text
from skdir.utils._validation import parameter_error

_CALLER = "comparison_report"

# The columns with spread and change; the others are in StrategyComparison.table.
_DETAILED = ("rare MAE", "frequent MAE", "MAE")


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
        comparisons = {type(comparisons._run["regressor"]).__name__: comparisons}
    if not comparisons:
        raise parameter_error("comparisons", _CALLER, "at least one comparison", "none")
    first = next(iter(comparisons.values()))
    if any(not np.array_equal(first.y_, other.y_) for other in comparisons.values()):
        raise parameter_error(
            "comparisons", _CALLER, "made on the same targets", "comparisons whose y differ"
        )
    setups = setup if isinstance(setup, Mapping) else dict.fromkeys(comparisons, setup)
    descriptions = {}
    for comparison in comparisons.values():
        descriptions |= comparison.descriptions_
    html = _template("report.html.jinja").render(
        title=title or f"Which strategy for the rare values of {first.target_name}?",
        single=len(comparisons) == 1,
        target_name=first.target_name,
        region=region_words(first),
        facts=_data_facts(first),
        distribution=_picture(_figures.plot_distribution, first),
        n_rows=len(first.y_),
        features=first._run["features"],
        n_folds=len(first.folds_),
        date=f"{first._run['date']:%d %B %Y}".lstrip("0"),
        version=module_version("skdir"),
        cap=f"{100 * CAP:.0f} %",
        descriptions=descriptions,
        command=command,
        sections=[
            {
                "name": name,
                "finding": _unbroken(finding(comparison)),
                "table": _table(comparison),
                "regions": _picture(_figures.plot_regions, comparison),
                "pareto": _picture(plot_pareto, comparison),
                "run": _run_facts(comparison),
                "code": repeat_code(comparison, setups.get(name)),
            }
            for name, comparison in comparisons.items()
        ],
    )
    if path is None:
        return html
    write_text(path, html)
    return None


def table_fragment(comparison):
    """Return finding and table as HTML for notebooks, plain text where jinja2 is missing."""
    try:
        template = _template("fragment.html.jinja")
    except ImportError:
        return f"<pre>{escape(repr(comparison))}</pre>"
    return template.render(finding=finding(comparison), table=_table(comparison))


def _unbroken(sentences):
    """Keep numbers and their percent signs on one line."""
    return [s.replace(" %", "\N{NO-BREAK SPACE}%") for s in sentences]


def _template(name):
    """Load a template of this package."""
    return load_template(name, Path(__file__).parent, caller=_CALLER)


def _picture(plot, comparison):
    """Return a plot of a comparison as the data URI of an SVG."""
    return picture_uri(plot, comparison, _figures.off_screen, caller=_CALLER)


def _table(comparison):
    """Return the columns and rows of the table, formatted."""
    region = region_words(comparison)
    columns = [
        ("rare MAE", region, "MAE"),
        ("frequent MAE", "the rest", "MAE"),
        ("MAE", "all rows", "MAE"),
        ("RMSE", "all rows", "RMSE"),
        ("GM", "all rows", "GM"),
        ("SERA", "relevant", "SERA"),
        *((f"{shot} MAE", shot, "shot MAE") for shot in SHOTS),
        ("fit s", "fit", "seconds"),
    ]
    columns = [c for c in columns if not np.isnan(comparison._values(c[0])).all()]
    baseline = "VANILLA" if "VANILLA" in comparison.complete_ else None
    best = {}
    for key, *_ in columns:
        values = [comparison._values(key, name) for name in comparison.complete_]
        if key != "fit s" and not np.isnan(values).all():
            best[key] = comparison.best(key)
    judged = {}
    if baseline:
        judged = {key: comparison._judged(key, baseline) for key in _DETAILED}
    rows, scale, heads = [], {}, headings(comparison.estimators_)
    for key, *_ in columns:
        values = comparison._values(key)
        scale[key] = float(np.median(values[~np.isnan(values)]))
    quick = "fit s" if scale.get("fit s", 1.0) < 0.1 else None  # shown in milliseconds
    for name in comparison.estimators_:
        cells = []
        for key, *_ in columns:
            values = comparison._values(key, name)
            values = values[~np.isnan(values)]
            mean = float(values.mean()) if len(values) else np.nan
            cell = {
                "value": number(1000 * mean) if quick == key else number(mean, scale[key]),
                "best": best.get(key) == name,
                "sd": "",
                "change": "",
            }
            if len(values) > 1 and key in _DETAILED:
                cell["sd"] = f"± {number(spread(values), scale[key])}"
            if key in _DETAILED and name in judged.get(key, {}):
                change = judged[key][name]
                cell["change"] = percent(change.relative)
                cell["chance"] = not change.clear
                cell["lower"] = change.difference < 0
            cells.append(cell)
        errors = [r["error"] for r in comparison.results_ if r["strategy"] == name and r["error"]]
        rows.append(
            {
                "name": name,
                "heading": heads.get(name, ""),
                "cells": cells,
                "failed": len(errors),
                "error": [_shortened(e) for e in errors[:1]],
            }
        )
    return {
        "columns": [
            {
                "key": k,
                "head": h,
                "metric": "milliseconds" if k == quick else m,
                "share": _share(comparison, k),
            }
            for k, h, m in columns
        ],
        "rows": rows,
        "grouped": bool(heads),
        "n_folds": len(comparison.folds_),
        "baseline": baseline,
    }


def _shortened(text, length=300):
    """Cut a long message; `errors_` of the comparison has all of it."""
    return text if len(text) <= length else f"{text[:length]}…"


def _share(comparison, metric):
    """Return the share of the test rows that a metric is about, empty if it is all."""
    regions = comparison._run["regions"]
    n_test = sum(len(test) for _, test in comparison.folds_)
    shot = metric.removesuffix(" MAE")
    if shot in SHOTS:
        n = sum(int((region.shots == shot).sum()) for region in regions)
    elif metric in ("rare MAE", "frequent MAE"):
        n = sum(int((region.rare == (shot == "rare")).sum()) for region in regions)
    else:
        return ""
    share = 100 * n / n_test
    return f"{share:.0f} % of rows" if share >= 9.5 else f"{share:.1f} % of rows"


def _data_facts(comparison):
    """Return (name, value) pairs about the data and how unevenly its targets are spread."""
    y, weight, edges = comparison.y_, comparison.sample_weight_, comparison.bin_edges_
    rule = _figures.fit_rare(comparison)
    counts = np.histogram(y, edges)[0]
    # in units of the range, so that cubes of huge targets do not overflow
    skewness = stats.skew((y - y.mean()) / np.abs(y - y.mean()).max())
    facts = [
        ("Rows", f"{len(y):,}"),
        ("Features", comparison._run["features"]),
        ("Target range", f"{y.min():,.6g} to {y.max():,.6g}, median {np.median(y):,.6g}"),
        (
            "Target bins",
            f"{len(counts)}, with {counts.min():,} to {counts.max():,} rows each",
        ),
        ("Skewness", number(float(skewness)).replace("-", "−")),
        _rare_fact(comparison, rule),
    ]
    if weight is not None:
        facts.append(("Sample weights", f"{number(weight.min())} to {number(weight.max())}"))
    return facts


def _rare_fact(comparison, rule):
    """Return the fact about the rare rows of all: where they are, and how rare."""
    if not rule.share_:
        return "Rare rows", "none: too many rows have the rarest target"
    y = comparison.y_
    intervals = _figures.rare_intervals(rule.density_, rule.level_, y)
    covered = sum(high - low for low, high in intervals) / (y.max() - y.min())
    where = "nearly all" if 0.995 < covered < 1 else f"{100 * covered:.0f} %"
    peak = rule.density_.density(np.linspace(y.min(), y.max(), 2000)).max()
    return (
        f"The {region_words(comparison)}",
        f"{share_words(rule.share_)} of the rows, over {where} of the range; there "
        f"the target is at least {peak / rule.level_:.1f} times as rare as at its peak",
    )


def _run_facts(comparison):
    """Return (name, value) pairs about what was run."""
    run = comparison._run
    splits = f"{len(comparison.folds_)} folds"
    if isinstance(run["cv"], (int, np.integer)):
        splits += ", shuffled rows"
    elif hasattr(run["cv"], "split"):
        splits += f", {run['cv']!r}"
    seed = "none: the folds are drawn anew each time"
    if run["seed"] is not None:
        seed = f"{run['random_state']!r} (gives the regressors the seed {run['seed']})"
    versions = [f"{name} {v}" for name, v in used_versions(run["regressor"]).items()]
    return [
        ("Regressor", " ".join(run["regressor"].__repr__(N_CHAR_MAX=10_000).split())),
        ("Folds", splits),
        ("Seed", seed),
        ("Strategies", ", ".join(comparison.estimators_)),
        *([("Parameters of fit", ", ".join(run["params"]))] if run["params"] else ()),
        ("Versions", ", ".join(versions)),
        ("Date", f"{run['date']:%Y-%m-%d %H:%M %Z}".strip()),
    ]


def repeat_code(comparison, setup=None):
    """Return Python code that repeats a comparison."""
    run, imports, arguments, given = comparison._run, set(), [], []
    if setup is None:
        try:
            regressor = to_source(run["regressor"], imports)
        except NotExpressibleError:
            regressor = f"...  # yours: {' '.join(repr(run['regressor']).split())}"
        setup = f"X, y = ...  # the data\nregressor = {regressor}"
    body = setup.strip().splitlines()
    while body and (not body[0] or body[0].startswith(("from ", "import "))):
        line = body.pop(0)
        imports.update({line} if line else ())
    if run["sample_weight"] is not None:
        arguments.append("sample_weight=sample_weight")
        given.append("sample_weight = ...  # the weights of the rows")
    if run["groups"] is not None:
        arguments.append("groups=groups")
        given.append("groups = ...  # the groups of the rows")
    if run["params"]:
        arguments.append("params=params")
        given.append(f"params = ...  # {', '.join(run['params'])}, for the fits")
    defaults = {"strategies": "default", "cv": 5, "bins": "auto", "rare_fraction": 0.2}
    for name, default in (*defaults.items(), ("bandwidth", None), ("random_state", None)):
        value = run[name]
        if isinstance(value, type(default)) and value == default:
            continue
        try:
            arguments.append(f"{name}={to_source(value, imports)}")
        except NotExpressibleError:
            arguments.append(f"{name}={name}")
            given.append(f"{name} = ...  # as they were")
    imports.add("from skdir.comparison import compare_strategies")
    call = "".join(f"    {argument},\n" for argument in ("regressor", "X", "y", *arguments))
    lines = [*sorted(imports), "", *body, *given, f"comparison = compare_strategies(\n{call})"]
    return "\n".join([*lines, "print(comparison.table())", 'comparison.to_html("report.html")'])
