"""What the command line prints of a comparison, and the command that repeats it."""

import shlex

from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._text.numbers import number
from skdir.utils._text.safe import printable

COLUMNS = ("rare MAE", "frequent MAE", "MAE", "RMSE", "GM", "fit s")


def compare_command(arguments, target, drop):
    """Return the command line that repeats a comparison, with all that is not the default."""
    parts = ["skdir", "compare", arguments.data, *_option("--target", target)]
    parts += ["--regressor", arguments.regressor]
    if arguments.strategies:
        parts += ["--strategies", arguments.strategies]
    parts += ["--cv", str(arguments.cv)]
    if arguments.repeats > 1:
        parts += ["--repeats", str(arguments.repeats)]
    if arguments.bins is not None:
        parts += ["--bins", str(arguments.bins)]
    for name in drop:
        parts += _option("--drop", name)
    if arguments.decimal:
        parts += _option("--decimal", arguments.decimal)
    if arguments.thousands:
        parts += _option("--thousands", arguments.thousands)
    for text in arguments.na_values:
        parts += _option("--na-values", text)
    if arguments.search_bandwidth:
        parts.append("--search-bandwidth")
    if arguments.recommend:
        parts += ["--recommend", arguments.recommend]
        parts += ["--max-overall-cost", f"{arguments.max_overall_cost:g}"]
    parts += ["--seed", str(arguments.seed), "--report", arguments.report]
    return shlex.join(parts)


def _option(name, value):
    """Return an option and its value, joined where the value looks like an option."""
    return [f"{name}={value}"] if value.startswith("-") else [name, value]


def show_rich(outcome, table):
    """Print the table with rich: the best of each column in bold, what may be chance dim.

    Where nobody reads, rich ends the process with the code of a failure.

    Parameters
    ----------
    outcome : Results
        What was measured.

    table : DataFrame
        The means of `COLUMNS`, compared with the baseline of the outcome.
    """
    try:
        _show_rich(outcome, table)
    except SystemExit:
        raise BrokenPipeError from None


def _show_rich(outcome, table):
    """Print the table."""
    rich_table = import_optional_dependency("rich.table", caller="skdir")
    text = import_optional_dependency("rich.text", caller="skdir").Text
    console = import_optional_dependency("rich.console", caller="skdir").Console()
    measured = table.loc[outcome.complete, list(COLUMNS)]
    best = {column: means.idxmin() for column, means in measured.items() if means.any()}
    dim = {
        (name, column)
        for column in COLUMNS
        for name, sign in table.get(f"{column} vs {outcome.baseline}", {}).items()
        if sign == "~"
    }
    lines = rich_table.Table(box=None, pad_edge=False, header_style="bold")
    lines.add_column("strategy", no_wrap=True)
    for column in COLUMNS:
        lines.add_column(column, justify="right", no_wrap=True)
    for name, row in table.iterrows():
        if name in outcome.headings:
            lines.add_row(text(outcome.headings[name], style="dim italic"))
        styles = [
            "bold green" if best.get(c) == name else "dim" if (name, c) in dim else ""
            for c in COLUMNS
        ]
        cells = [text(number(row[c]), style=style) for c, style in zip(COLUMNS, styles)]
        lines.add_row(text(name), *cells)
    console.print(lines)
    if console.is_terminal and dim:
        console.print(text(f"dim: not distinguishable from {outcome.baseline}", style="dim"))
    for name, row in table[table["failed folds"] > 0].iterrows():
        console.print(
            text(
                printable(f"{name} failed in {row['failed folds']} folds: {row['error']}"),
                style="red",
            ),
            soft_wrap=True,
        )
