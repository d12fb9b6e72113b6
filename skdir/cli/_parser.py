"""The commands and options of the command line."""

import argparse
from shutil import get_terminal_size
from textwrap import fill

import skdir
from skdir.cli._checks import all_strategies
from skdir.cli._commands import compare, demo, report
from skdir.cli._errors import DataError
from skdir.cli._regressors import REGRESSORS
from skdir.comparison import StrategyComparison, available_strategies


class _Parser(argparse.ArgumentParser):
    """Parser whose errors are one line, as all others here."""

    def error(self, message):
        raise DataError(f"{message} (see {self.prog} --help)")


def make_parser():
    """Build the parser, whose commands are functions of the arguments as `run`."""
    parser = _Parser(prog="skdir", description="Imbalanced regression: strategies compared.")
    parser.add_argument("--version", action="version", version=f"skdir {skdir.__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    compare_parser = commands.add_parser(
        "compare",
        help="compare strategies on a CSV or parquet file",
        description="Compare strategies for rare targets over the same folds.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="strategies:\n"
        + "\n".join(_described(name, text) for name, text in all_strategies().items()),
    )
    compare_parser.set_defaults(run=compare)
    _add_data(compare_parser, "column to predict")
    compare_parser.add_argument(
        "--regressor",
        default="hist-gradient-boosting",
        metavar="NAME",
        help=f"one of {', '.join(REGRESSORS)} (default: %(default)s)",
    )
    compare_parser.add_argument(
        "--strategies",
        metavar="A,B",
        help="names as listed below, with commas (default: all but "
        f"{' and '.join(_costly())}, which fit many models)",
    )
    compare_parser.add_argument("--cv", type=int, default=5, metavar="K", help="folds (default: 5)")
    compare_parser.add_argument(
        "--repeats", type=int, default=1, metavar="R", help="times to repeat them (default: 1)"
    )
    compare_parser.add_argument(
        "--bins", type=int, metavar="N", help="bins of the target (default: 10 to 50 by a rule)"
    )
    compare_parser.add_argument(
        "--drop",
        action="append",
        default=[],
        metavar="COL,COL",
        help="columns to leave out; may be given several times",
    )
    compare_parser.add_argument("--report", metavar="FILE", help="write an HTML report")
    compare_parser.add_argument(
        "--search-bandwidth",
        action="store_true",
        help="choose bandwidths of weights by an inner cross-validation",
    )
    compare_parser.add_argument(
        "--memory", metavar="DIR", help="remember predictions there, to go on after an interruption"
    )
    goals = StrategyComparison.goals
    compare_parser.add_argument(
        "--recommend", choices=goals, metavar="GOAL", help=f"name a strategy: {', '.join(goals)}"
    )
    compare_parser.add_argument(
        "--max-overall-cost",
        type=float,
        default=0.03,
        metavar="SHARE",
        help="how much higher its overall error may be (default: %(default)s)",
    )
    _add_common(compare_parser)

    report_parser = commands.add_parser(
        "report",
        help="what is rare in the target of a file, its traps, and first settings",
        description="Describe a target: its distribution, what is rare, traps, first settings.",
    )
    report_parser.set_defaults(run=report)
    _add_data(report_parser, "column to describe")
    report_parser.add_argument(
        "--bins", type=int, metavar="N", help="bins (default: 10 to 50 by a rule)"
    )
    report_parser.add_argument("--output", metavar="FILE", help="write an HTML page")

    demo_parser = commands.add_parser(
        "demo",
        help="the comparison on 442 real patients, with a report",
        description="Compare strategies on scikit-learn's diabetes data with two regressors.",
    )
    demo_parser.set_defaults(run=demo)
    demo_parser.add_argument(
        "--report", default="skdir-demo.html", metavar="FILE", help="(default: %(default)s)"
    )
    _add_common(demo_parser)
    return parser


def _costly():
    """Return the names of the strategies that are not in the default."""
    return [name for name in all_strategies() if name not in available_strategies()]


def _described(name, text):
    """Return a name and its description, wrapped like the options above it."""
    width = max(min(get_terminal_size().columns - 2, 100), 40)
    indents = {"initial_indent": f"  {name:8} ", "subsequent_indent": " " * 11}
    return fill(text, width, **indents, break_on_hyphens=False)


def _add_data(parser, what):
    """Add the options of the commands that read a file."""
    parser.add_argument("data", metavar="DATA", help="CSV (also .csv.gz) or parquet file")
    parser.add_argument("--target", required=True, metavar="NAME", help=what)
    parser.add_argument(
        "--decimal", choices=[".", ","], help="decimal mark of a CSV file (default: found)"
    )
    parser.add_argument(
        "--thousands", metavar="CHAR", help="what stands between thousands (default: found)"
    )
    parser.add_argument(
        "--na-values",
        action="append",
        default=[],
        metavar="TEXT",
        help="text that stands for a missing value; may be given several times",
    )


def _add_common(parser):
    """Add the options of the commands that compare."""
    parser.add_argument("--jobs", type=int, metavar="N", help="processes (default: 1; -1: all)")
    parser.add_argument("--seed", type=int, default=0, help="seed of folds and regressors")
    parser.add_argument("--no-progress", action="store_true", help="show no progress bar")
