"""The regressors of the command line, in a pipeline for tables."""

import os

from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingRegressor,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import HuberRegressor, Lasso, LinearRegression, Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skdir.cli._errors import DataError, hint
from skdir.utils._optional_dependencies import import_optional_dependency


def n_threads():
    """Return one, or the number in the environment variable ``OMP_NUM_THREADS``.

    The threads of gradient boosting wait for each other in a loop. On processors that have other
    work, or are fewer than they seem, two of them take several times as long as one. All others get
    their number from `compare_strategies`.
    """
    try:
        return max(int(os.environ["OMP_NUM_THREADS"].partition(",")[0]), 1)
    except (KeyError, ValueError):
        return 1


def _lightgbm():
    """Make a LightGBM regressor that keeps quiet."""
    lightgbm = import_optional_dependency("lightgbm", caller="skdir")
    return lightgbm.LGBMRegressor(verbose=-1, n_jobs=n_threads())


def _xgboost():
    """Make an XGBoost regressor."""
    xgboost = import_optional_dependency("xgboost", caller="skdir")
    return xgboost.XGBRegressor(verbosity=0, n_jobs=n_threads())


def _catboost():
    """Make a CatBoost regressor that prints nothing and writes no files."""
    catboost = import_optional_dependency("catboost", caller="skdir")
    return catboost.CatBoostRegressor(
        verbose=False, allow_writing_files=False, thread_count=n_threads()
    )


REGRESSORS = {
    "catboost": _catboost,
    "extra-trees": ExtraTreesRegressor,
    "gradient-boosting": GradientBoostingRegressor,
    "hist-gradient-boosting": HistGradientBoostingRegressor,
    "huber": lambda: HuberRegressor(max_iter=1000),
    "lasso": Lasso,
    "lightgbm": _lightgbm,
    "linear": LinearRegression,
    "random-forest": RandomForestRegressor,
    "ridge": Ridge,
    "xgboost": _xgboost,
}


def make_regressor(name):
    """Build the pipeline that `skdir compare` fits.

    Numbers get the median where they are missing and are standardised; text is one-hot encoded,
    where levels of fewer than 5 rows, beyond the 30 most frequent, or not seen in training share
    one column. All of it is fitted on the training rows of a fold. LightGBM, XGBoost and CatBoost
    get one thread, or as many as the environment variable ``OMP_NUM_THREADS`` says.

    Parameters
    ----------
    name : str
        Name of a regressor as on the command line, such as "ridge".

    Returns
    -------
    pipeline : Pipeline
        Unfitted, for a DataFrame of features from :func:`load_table`.

    Raises
    ------
    ValueError
        If the name is not known.

    ImportError
        If the regressor's package is not installed.

    Examples
    --------
    >>> from skdir.cli import make_regressor
    >>> make_regressor("ridge").steps[-1]
    ('regressor', Ridge())
    """
    if not isinstance(name, str) or name not in REGRESSORS:
        raise DataError(f"unknown regressor {name!r}: {hint(name, REGRESSORS)}")
    numbers = Pipeline(
        [
            ("imputer", SimpleImputer(strategy="median", keep_empty_features=True)),
            ("scaler", StandardScaler()),
        ]
    )
    text = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        min_frequency=5,
        max_categories=30,
        sparse_output=False,
    )
    columns = ColumnTransformer(
        [
            ("numbers", numbers, make_column_selector(dtype_include="number")),
            ("text", text, make_column_selector(dtype_exclude="number")),
        ]
    )
    return Pipeline([("columns", columns), ("regressor", REGRESSORS[name]())])
