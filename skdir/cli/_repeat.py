"""The command and the code that repeat a comparison, for its report."""

import shlex
from typing import NamedTuple

from sklearn.base import RegressorMixin
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


class DemoModel(NamedTuple):
    """A regressor of the demo, and the code that makes it."""

    regressor: RegressorMixin
    imports: str
    code: str

    @property
    def setup(self):
        """The code that makes the data and the regressor."""
        return f"""\
from sklearn.datasets import load_diabetes
{self.imports}

X, y = load_diabetes(return_X_y=True, as_frame=True)
regressor = {self.code}"""


DEMO_MODELS = {
    "Ridge regression": DemoModel(
        make_pipeline(StandardScaler(), Ridge(alpha=1.0)),
        """\
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler""",
        "make_pipeline(StandardScaler(), Ridge())",
    ),
    "Gradient boosting": DemoModel(
        HistGradientBoostingRegressor(max_iter=50, max_leaf_nodes=8),
        "from sklearn.ensemble import HistGradientBoostingRegressor",
        "HistGradientBoostingRegressor(max_iter=50, max_leaf_nodes=8)",
    ),
}


def demo_command(arguments):
    """Return the command line that repeats the demo."""
    return f"skdir demo --seed {arguments.seed} --report {shlex.quote(arguments.report)}"


def compare_setup(arguments, target, dropped):
    """Return the code that reads the data and makes the regressor of a comparison."""
    given = {
        "drop": dropped,
        "decimal": arguments.decimal,
        "thousands": arguments.thousands,
        "na_values": arguments.na_values,
    }
    options = "".join(f", {name}={value!r}" for name, value in given.items() if value)
    return (
        "from skdir.cli import load_table, make_regressor\n\n"
        f"X, y = load_table({arguments.data!r}, target={target!r}{options})\n"
        f"regressor = make_regressor({arguments.regressor!r})"
    )


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
