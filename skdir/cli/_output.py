"""What the command line prints of a comparison."""

from importlib.util import find_spec
from shutil import get_terminal_size
from textwrap import fill

from skdir.cli._errors import DataError
from skdir.cli._messages import in_options
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._text.numbers import number
from skdir.utils._text.safe import printable

COLUMNS = ("rare MAE", "frequent MAE", "MAE", "RMSE", "GM", "fit s")


def show(comparison):
    """Print the table, with rich where it is installed, and the finding."""
    if find_spec("rich") is None:
        print("\n".join(map(printable, str(comparison).split("\n"))))
    else:
        outcome = comparison.outcome_
        show_rich(
            outcome,
            comparison.table(sd=False, metrics=list(COLUMNS), baseline=outcome.baseline),
        )
    print_wrapped(printable(comparison.finding()))


def show_recommendation(comparison, arguments):
    """Print which strategy to take."""
    try:
        chosen = comparison.recommendation(
            prefer=arguments.recommend, max_overall_cost=arguments.max_overall_cost
        )
    except ValueError as error:
        raise DataError(in_options(error, comparison.target_name)) from error
    print_wrapped(printable(f"Recommendation: {chosen}"))


def print_wrapped(text):
    """Print sentences in lines that fit the terminal."""
    print(fill(text, width=max(min(get_terminal_size().columns, 100), 40)))


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
