"""The numbers of a comparison as tables: data frames, plain text, and what pages show."""

import numpy as np

from skdir.comparison._judgement.changes import adjust, best, changes, judged, marks
from skdir.comparison._judgement.finding import (
    has_asked_share,
    region_words,
    share_words,
)
from skdir.comparison._run.scores import METRICS, TIMES, mean, spread
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._targets.bins import SHOTS
from skdir.utils._text.numbers import number, percent
from skdir.utils._text.safe import printable

_TEXT_COLUMNS = ("rare MAE", "frequent MAE", "MAE", "RMSE", "GM", "fit s")
_CHANGE_COLUMNS = {
    "baseline": "before",
    "mean": "after",
    "difference": "difference",
    "low": "low",
    "high": "high",
    "relative": "relative",
    "p value": "p_value",
    "adjusted p value": "adjusted_p_value",
    "distinguishable": "clear",
    "lower in": "n_lower",
    "folds": "n_folds",
}
# The columns of pages with spread and change; the others are in the frame.
_DETAILED = ("rare MAE", "frequent MAE", "MAE")


def measured(results):
    """Return the metrics that a fold has rows for, and the times."""
    known = (*METRICS, *TIMES)
    return [m for m in known if m in TIMES or not np.isnan(results.values[m]).all()]


def means_frame(results, metrics, *, sd, baseline):
    """Return the means over folds as a DataFrame, see StrategyComparison.table."""
    pandas = import_optional_dependency("pandas", caller="StrategyComparison.table")
    rows = {name: {} for name in results.estimators}
    for metric in metrics:
        signs = marks(results, metric, baseline)
        for name, row in rows.items():
            row[metric] = results.mean(metric, name)
            if sd:
                row[f"{metric} sd"] = spread(results.over_folds(metric, name))
            if baseline is not None and metric not in TIMES:
                row[f"{metric} vs {baseline}"] = signs.get(name, "")
    for name, row in rows.items():
        errors = results.errors_of(name)
        row["failed folds"] = len(errors)
        row["error"] = errors[0] if errors else ""
    return pandas.DataFrame.from_dict(rows, orient="index").rename_axis("strategy")


def differences_frame(results, metric, *, baseline, confidence_level, correction):
    """Return the changes of the other strategies as a DataFrame, see its `differences`."""
    pandas = import_optional_dependency("pandas", caller="StrategyComparison.differences")
    names = [name for name in results.estimators if name != baseline]
    found = changes(results, metric, baseline, names, confidence_level)
    if correction == "holm":
        found = adjust(found)
    rows = [
        {column: getattr(change, attribute) for column, attribute in _CHANGE_COLUMNS.items()}
        for change in found.values()
    ]
    frame = pandas.DataFrame(rows, index=list(found), columns=list(_CHANGE_COLUMNS))
    return frame.rename_axis("strategy")


def as_text(results):
    """Return the means over folds as plain text."""
    baseline = results.baseline
    signs = {column: marks(results, column, baseline) for column in _TEXT_COLUMNS}
    rows = [["", *(f"{column}  " for column in _TEXT_COLUMNS)]]
    if any("~" in row.values() for row in signs.values()):
        rows[0].append(f"(~ not distinguishable from {printable(baseline)})")
    for name in results.estimators:
        cells = [
            number(results.mean(column, name)) + (" ~" if signs[column].get(name) == "~" else "  ")
            for column in _TEXT_COLUMNS
        ]
        rows.append([printable(name), *cells, *results.errors_of(name)[:1]])
    widths = [max(len(row[k]) for row in rows) for k in range(len(_TEXT_COLUMNS) + 1)]
    lines = []
    for row in rows:
        cells = [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:]))]
        lines.append(" ".join([*cells, *row[len(widths) :]]).rstrip())
    head = f"StrategyComparison: {len(results.estimators)} strategies, {len(results.folds)} folds"
    if not has_asked_share(results):
        head += f"; rare: {share_words(results.rare_share)} of the rows"
    return "\n".join([head, *lines])


def page_table(results):
    """Return the columns and rows of a page's table, formatted."""
    columns = [
        ("rare MAE", region_words(results), "MAE"),
        ("frequent MAE", "the rest", "MAE"),
        ("MAE", "all rows", "MAE"),
        ("RMSE", "all rows", "RMSE"),
        ("GM", "all rows", "GM"),
        ("SERA", "relevant", "SERA"),
        *((f"{shot} MAE", shot, "shot MAE") for shot in SHOTS),
        ("fit s", "fit", "seconds"),
    ]
    columns = [column for column in columns if not np.isnan(results.values[column[0]]).all()]
    keys = [key for key, *_ in columns]
    baseline = "VANILLA" if "VANILLA" in results.complete else None
    firsts = {key: best(results, key) for key in keys if key != "fit s"}
    differences = {key: judged(results, key, baseline) for key in _DETAILED if baseline}
    scales = {key: _median(results.values[key]) for key in keys}
    quick = "fit s" if scales.get("fit s", 1.0) < 0.1 else None  # shown in milliseconds
    rows, heads = [], results.headings
    for name in results.estimators:
        cells = []
        for key in keys:
            values = results.over_folds(key, name)
            cell = _cell(values, scales[key], differences.get(key, {}).get(name), key)
            if key == quick:
                cell["value"] = number(1000 * mean(values))
            cells.append(cell | {"best": firsts.get(key) == name})
        errors = results.errors_of(name)
        rows.append(
            {
                "name": name,
                "heading": heads.get(name, ""),
                "cells": cells,
                "failed": len(errors),
                "error": [_shortened(error) for error in errors[:1]],
            }
        )
    return {
        "columns": [
            {
                "key": key,
                "head": head,
                "metric": "milliseconds" if key == quick else metric,
                "share": _share(results, key),
            }
            for key, head, metric in columns
        ],
        "rows": rows,
        "grouped": bool(heads),
        "n_folds": len(results.folds),
        "baseline": baseline,
    }


def _median(values):
    """Return the median of the values that are there."""
    return float(np.median(values[~np.isnan(values)]))


def _cell(values, scale, change, key):
    """Return a cell of a page's table: a mean, and in some columns its spread and change."""
    cell = {"value": number(mean(values), scale), "sd": "", "change": ""}
    if key in _DETAILED and np.count_nonzero(~np.isnan(values)) > 1:
        cell["sd"] = f"± {number(spread(values), scale)}"
    if change is not None:
        cell["change"] = percent(change.relative)
        cell["chance"] = not change.clear
        cell["lower"] = change.difference < 0
    return cell


def _shortened(text, length=300):
    """Cut a long message; `errors_` of the comparison has all of it."""
    return text if len(text) <= length else f"{text[:length]}…"


def _share(results, metric):
    """Return the share of the test rows that a metric is about, empty if it is all."""
    n_test = sum(len(test) for _, test in results.folds)
    shot = metric.removesuffix(" MAE")
    if shot in SHOTS:
        n = sum(int((region.shots == shot).sum()) for region in results.regions)
    elif metric in ("rare MAE", "frequent MAE"):
        n = sum(int((region.rare == (shot == "rare")).sum()) for region in results.regions)
    else:
        return ""
    share = 100 * n / n_test
    return f"{share:.0f} % of rows" if share >= 9.5 else f"{share:.1f} % of rows"
