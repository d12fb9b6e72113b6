"""The commands: a comparison on a file, a report on a target, the demo."""

import shlex
import sys
from importlib.util import find_spec
from pathlib import Path
from shutil import get_terminal_size
from textwrap import fill

from sklearn.datasets import load_diabetes
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import RepeatedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skdir.cli._errors import DataError, hint
from skdir.cli._messages import in_options, say
from skdir.cli._output import COLUMNS, compare_command, show_rich
from skdir.cli._progress import progress_of
from skdir.cli._reading.tables import read_table
from skdir.cli._regressors import make_regressor
from skdir.comparison import available_strategies, compare_strategies, comparison_report
from skdir.inspection import TargetReport
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._text.safe import printable

_DEMO_SETUP = """\
from sklearn.datasets import load_diabetes
{imports}

X, y = load_diabetes(return_X_y=True, as_frame=True)
regressor = {regressor}"""
_RIDGE_IMPORTS = """\
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler"""
_HGB_IMPORTS = "from sklearn.ensemble import HistGradientBoostingRegressor"


def all_strategies():
    """Return names and descriptions, also of those that fit many models."""
    return available_strategies(costly=True)


def compare(arguments):
    """Run ``skdir compare``."""
    _check_numbers(arguments)
    _check_report(arguments.report, data=arguments.data)
    strategies = _strategies(arguments.strategies)
    regressor = make_regressor(arguments.regressor)
    table = _read(arguments, drop=arguments.drop)
    X, y = table.X, table.y
    if (y == y.iloc[0]).all():
        raise DataError(
            f"the target {y.name!r} of {arguments.data} is {y.iloc[0]:g} in all rows: to compare "
            "anything takes at least two different targets"
        )
    if arguments.cv > len(y):
        raise DataError(f"--cv {arguments.cv} is more than the {len(y)} rows of {arguments.data}")
    cv = arguments.cv
    if arguments.repeats > 1:
        cv = RepeatedKFold(n_splits=cv, n_repeats=arguments.repeats, random_state=arguments.seed)
    print(
        f"{printable(arguments.data)}: {len(y)} rows, {X.shape[1]} features, "
        f"target {printable(repr(y.name))}; {arguments.regressor}, "
        f"{arguments.cv * arguments.repeats} folds",
        flush=True,
    )
    _say(table)
    comparison = _run(arguments, regressor, X, y, strategies=strategies, cv=cv)
    _show(comparison)
    if arguments.recommend and comparison.complete_:
        _show_recommendation(comparison, arguments)
    if arguments.report:
        setup = (
            "from skdir.cli import load_table, make_regressor\n\n"
            f"X, y = load_table({arguments.data!r}, target={y.name!r}"
            f"{''.join(f', {name}={value!r}' for name, value in _reading(arguments, table))})\n"
            f"regressor = make_regressor({arguments.regressor!r})"
        )
        _write(
            arguments.report,
            comparison_report,
            {arguments.regressor: comparison},
            arguments.report,
            command=compare_command(arguments, y.name, table.dropped),
            setup=setup,
        )
    return 0 if comparison.complete_ else 1


def report(arguments):
    """Run ``skdir report``."""
    _check_report(arguments.output, data=arguments.data, packages=["jinja2"], option="--output")
    if arguments.bins is not None:
        _check_least("bins", arguments.bins, 1)
    table = _read(arguments, features=False)
    _say(table)
    y = table.y
    try:
        report = TargetReport(y, bins="auto" if arguments.bins is None else arguments.bins)
    except ValueError as error:
        raise DataError(in_options(error, y.name)) from error
    print("\n".join(map(printable, str(report).split("\n"))))
    if arguments.output:
        _write(arguments.output, report.to_html, arguments.output)
    return 0


def demo(arguments):
    """Run ``skdir demo``."""
    _check_numbers(arguments)
    _check_report(arguments.report)
    import_optional_dependency("pandas", caller="skdir demo")
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    cv = RepeatedKFold(n_splits=5, n_repeats=5, random_state=arguments.seed)
    runs = {
        "Ridge regression": (
            make_pipeline(StandardScaler(), Ridge(alpha=1.0)),
            {"imports": _RIDGE_IMPORTS, "regressor": "make_pipeline(StandardScaler(), Ridge())"},
        ),
        "Gradient boosting": (
            HistGradientBoostingRegressor(max_iter=50, max_leaf_nodes=8),
            {
                "imports": _HGB_IMPORTS,
                "regressor": "HistGradientBoostingRegressor(max_iter=50, max_leaf_nodes=8)",
            },
        ),
    }
    print(
        f"{len(y)} patients with {X.shape[1]} measurements each; the target is how far diabetes\n"
        "has progressed after one year. High values are rare, and a plain regressor, which cares\n"
        "for the average patient, is worst there. Each strategy is fitted on the same 25 folds;\n"
        "errors are mean absolute errors, on the rarest fifth of the targets and on the rest.",
        flush=True,
    )
    comparisons, setups = {}, {}
    for name, (regressor, code) in runs.items():
        comparison = _run(arguments, regressor, X, y, strategies="default", cv=cv)
        comparison.target_name = "disease progression after one year"
        comparisons[name], setups[name] = comparison, _DEMO_SETUP.format(**code)
        print(f"\n{name}")
        _show(comparison)
    command = f"skdir demo --seed {arguments.seed} --report {shlex.quote(arguments.report)}"
    print()
    _write(
        arguments.report,
        comparison_report,
        comparisons,
        arguments.report,
        title="What weights and resampling do for patients with rare outcomes",
        command=command,
        setup=setups,
    )
    return 0 if all(c.complete_ for c in comparisons.values()) else 1


def _read(arguments, **options):
    """Read the file of the command line."""
    return read_table(
        arguments.data,
        arguments.target,
        decimal=arguments.decimal,
        thousands=arguments.thousands,
        na_values=arguments.na_values,
        **options,
    )


def _say(table):
    """Print what is to be said of a table: what is not as written on stderr."""
    for note in table.notes:
        say(f"note: {note}")
    for remark in table.remarks:
        _print(f"Note: {printable(remark)}")
    sys.stdout.flush()  # what follows may take long


def _reading(arguments, table):
    """Yield the parameters of `load_table` that are not its defaults, with their values."""
    given = {
        "drop": table.dropped,
        "decimal": arguments.decimal,
        "thousands": arguments.thousands,
        "na_values": arguments.na_values,
    }
    yield from ((name, value) for name, value in given.items() if value)


def _run(arguments, regressor, X, y, *, strategies, cv):
    """Compare with the options of the command line; a bad value is the user's mistake."""
    try:
        with progress_of(not arguments.no_progress) as progress:
            return compare_strategies(
                regressor,
                X,
                y,
                strategies=strategies,
                cv=cv,
                bins="auto" if getattr(arguments, "bins", None) is None else arguments.bins,
                bandwidth="search" if getattr(arguments, "search_bandwidth", False) else None,
                memory=getattr(arguments, "memory", None),
                n_jobs=arguments.jobs,
                progress=progress,
                random_state=arguments.seed,
            )
    except ValueError as error:
        raise DataError(in_options(error, y.name)) from error


def _write(path, write, *args, **kwargs):
    """Write a report, and print its name."""
    try:
        write(*args, **kwargs)
    except OSError as error:
        reason = error.strerror or error
        raise DataError(f"the report {path} cannot be written: {reason}") from error
    print(f"Report: {printable(path)}")


def _check_least(name, value, least):
    """Refuse a number below the least."""
    if value < least:
        raise DataError(f"--{name} must be at least {least}, got {value}")


def _check_numbers(arguments):
    """Refuse numbers out of their range before any work is done."""
    limits = {"cv": 2, "repeats": 1, "bins": 1, "seed": 0}
    for name, least in limits.items():
        value = getattr(arguments, name, None)
        if value is not None:
            _check_least(name, value, least)
    if arguments.jobs == 0:
        raise DataError("--jobs must not be 0; -1 takes all processors")
    if not getattr(arguments, "max_overall_cost", 0.0) >= 0:
        raise DataError(f"--max-overall-cost must be at least 0, got {arguments.max_overall_cost}")
    memory = getattr(arguments, "memory", None)
    if memory is not None and (not memory or Path(memory).is_file()):
        raise DataError(f"--memory must be a folder, got {memory!r}")
    if arguments.seed >= 2**32:
        raise DataError(f"--seed must be below 2**32, got {arguments.seed}")


def _check_report(path, *, data=None, packages=("jinja2", "matplotlib"), option="--report"):
    """Find out that a report cannot be written before the work rather than after it."""
    if path is None:
        return
    for package in packages:
        import_optional_dependency(package, caller=f"skdir {option}")
    if not path or "\0" in path:
        raise DataError(f"{option} must be the name of a file, got {path!r}")
    if Path(path).is_dir():
        raise DataError(f"the report {path} is a folder")
    if not Path(path).absolute().parent.is_dir():
        raise DataError(f"the folder of the report {path} does not exist")
    if data and Path(path).exists() and Path(data).exists() and Path(path).samefile(data):
        raise DataError(f"{option} {path} is the file of the data, which it would replace")


def _strategies(text):
    """Return the list of strategies from the command line."""
    if text is None:
        return "default"
    names = [name.strip() for name in text.split(",") if name.strip()]
    known = {name.upper(): name for name in all_strategies()}
    for name in names:
        if name.upper() not in known:
            raise DataError(f"unknown strategy {name!r}: {hint(name, known)}")
    if not names:
        raise DataError("--strategies names none")
    return list(dict.fromkeys(known[name.upper()] for name in names))


def _show(comparison):
    """Print the table, with rich where it is installed, and the finding."""
    if find_spec("rich") is None:
        print("\n".join(map(printable, str(comparison).split("\n"))))
    else:
        outcome = comparison.outcome_
        show_rich(
            outcome,
            comparison.table(sd=False, metrics=list(COLUMNS), baseline=outcome.baseline),
        )
    _print(printable(comparison.finding()))


def _show_recommendation(comparison, arguments):
    """Print which strategy to take."""
    try:
        chosen = comparison.recommendation(
            prefer=arguments.recommend, max_overall_cost=arguments.max_overall_cost
        )
    except ValueError as error:
        raise DataError(in_options(error, comparison.target_name)) from error
    _print(printable(f"Recommendation: {chosen}"))


def _print(text):
    """Print sentences in lines that fit the terminal."""
    print(fill(text, width=max(min(get_terminal_size().columns, 100), 40)))
