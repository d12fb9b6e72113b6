"""The commands: a comparison on a file, a report on a target, the demo."""

import sys

from sklearn.datasets import load_diabetes
from sklearn.model_selection import RepeatedKFold

from skdir.cli._checks import check_least, check_numbers, check_report, strategy_names
from skdir.cli._errors import DataError
from skdir.cli._messages import in_options, say
from skdir.cli._output import print_wrapped, show, show_recommendation
from skdir.cli._progress import progress_of
from skdir.cli._reading.tables import read_table
from skdir.cli._regressors import make_regressor
from skdir.cli._repeat import DEMO_MODELS, compare_command, compare_setup, demo_command
from skdir.comparison import compare_strategies, comparison_report
from skdir.inspection import TargetReport
from skdir.utils._optional_dependencies import import_optional_dependency
from skdir.utils._text.safe import printable


def compare(arguments):
    """Run ``skdir compare``."""
    check_numbers(arguments)
    check_report(arguments.report, data=arguments.data)
    strategies = strategy_names(arguments.strategies)
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
    show(comparison)
    if arguments.recommend and comparison.complete_:
        show_recommendation(comparison, arguments)
    if arguments.report:
        _write(
            arguments.report,
            comparison_report,
            {arguments.regressor: comparison},
            arguments.report,
            command=compare_command(arguments, y.name, table.dropped),
            setup=compare_setup(arguments, y.name, table.dropped),
        )
    return 0 if comparison.complete_ else 1


def report(arguments):
    """Run ``skdir report``."""
    check_report(arguments.output, data=arguments.data, packages=["jinja2"], option="--output")
    if arguments.bins is not None:
        check_least("bins", arguments.bins, 1)
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
    check_numbers(arguments)
    check_report(arguments.report)
    import_optional_dependency("pandas", caller="skdir demo")
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    cv = RepeatedKFold(n_splits=5, n_repeats=5, random_state=arguments.seed)
    print(
        f"{len(y)} patients with {X.shape[1]} measurements each; the target is how far diabetes\n"
        "has progressed after one year. High values are rare, and a plain regressor, which cares\n"
        "for the average patient, is worst there. Each strategy is fitted on the same 25 folds;\n"
        "errors are mean absolute errors, on the rarest fifth of the targets and on the rest.",
        flush=True,
    )
    comparisons, setups = {}, {}
    for name, model in DEMO_MODELS.items():
        comparison = _run(arguments, model.regressor, X, y, strategies="default", cv=cv)
        comparison.target_name = "disease progression after one year"
        comparisons[name], setups[name] = comparison, model.setup
        print(f"\n{name}")
        show(comparison)
    print()
    _write(
        arguments.report,
        comparison_report,
        comparisons,
        arguments.report,
        title="What weights and resampling do for patients with rare outcomes",
        command=demo_command(arguments),
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
        print_wrapped(f"Note: {printable(remark)}")
    sys.stdout.flush()  # what follows may take long


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
