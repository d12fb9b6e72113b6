"""Checks of the arguments before any work is done: each mistake of the user is a DataError."""

from pathlib import Path

from skdir.cli._errors import DataError, hint
from skdir.comparison import available_strategies
from skdir.utils._optional_dependencies import import_optional_dependency


def all_strategies():
    """Return names and descriptions, also of those that fit many models."""
    return available_strategies(costly=True)


def check_least(name, value, least):
    """Refuse a number below the least."""
    if value < least:
        raise DataError(f"--{name} must be at least {least}, got {value}")


def check_numbers(arguments):
    """Refuse numbers out of their range before any work is done."""
    limits = {"cv": 2, "repeats": 1, "bins": 1, "seed": 0}
    for name, least in limits.items():
        value = getattr(arguments, name, None)
        if value is not None:
            check_least(name, value, least)
    if arguments.jobs == 0:
        raise DataError("--jobs must not be 0; -1 takes all processors")
    if not getattr(arguments, "max_overall_cost", 0.0) >= 0:
        raise DataError(f"--max-overall-cost must be at least 0, got {arguments.max_overall_cost}")
    memory = getattr(arguments, "memory", None)
    if memory is not None and (not memory or Path(memory).is_file()):
        raise DataError(f"--memory must be a folder, got {memory!r}")
    if arguments.seed >= 2**32:
        raise DataError(f"--seed must be below 2**32, got {arguments.seed}")


def check_report(path, *, data=None, packages=("jinja2", "matplotlib"), option="--report"):
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


def strategy_names(text):
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
