"""The command line, and what it is made of: tables in files and pipelines for them."""

from skdir.cli._main import main
from skdir.cli._reading.tables import load_table, load_target
from skdir.cli._regressors import make_regressor

__all__ = ["load_table", "load_target", "main", "make_regressor"]
