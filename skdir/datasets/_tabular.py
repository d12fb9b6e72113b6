"""Tables with imbalanced targets from OpenML."""

import gzip
import os
from functools import partial
from numbers import Integral, Real
from pathlib import Path
from urllib.error import HTTPError

import numpy as np
from sklearn.datasets import fetch_openml

from skdir.datasets._files.in_time import in_time
from skdir.datasets._files.paths import data_folder
from skdir.utils import check_target
from skdir.utils._sklearn_compat import Interval, StrOptions, validate_params
from skdir.utils._text.safe import printable

_CALLER = "fetch_imbalanced_tabular"
# Versions at OpenML, which do not change; all but boston are of its regression suite CTR-23.
_IDS = {
    "abalone": 44956,
    "airfoil_self_noise": 44957,
    "boston": 531,
    "brazilian_houses": 44990,
    "concrete_compressive_strength": 44959,
    "cpu_activity": 44978,
    "diamonds": 44979,
    "fish_toxicity": 44970,
    "forest_fires": 44962,
    "kings_county": 44989,
    "miami_housing": 44983,
    "physiochemical_protein": 44963,
    "red_wine": 44972,
    "white_wine": 44971,
}
# Seconds after which OpenML is given up, whose server may be slow.
_LONGEST = 900


@validate_params(
    {
        "name": [StrOptions(set(_IDS))],
        "data_home": [str, os.PathLike, None],
        "as_frame": ["boolean"],
        "return_X_y": ["boolean"],
        "n_retries": [Interval(Integral, 1, 100, closed="both")],
        "delay": [Interval(Real, 0, 3600, closed="right")],
    },
    prefer_skip_nested_validation=True,
)
def fetch_imbalanced_tabular(
    name, *, data_home=None, as_frame=False, return_X_y=False, n_retries=3, delay=1.0
):
    """Load a table with an imbalanced target from OpenML.

    Classic sets of imbalanced regression and further ones whose targets are skewed.

    Parameters
    ----------
    name : {'abalone', 'airfoil_self_noise', 'boston', 'brazilian_houses', \
            'concrete_compressive_strength', 'cpu_activity', 'diamonds', 'fish_toxicity', \
            'forest_fires', 'kings_county', 'miami_housing', 'physiochemical_protein', \
            'red_wine', 'white_wine'}
        Which table.

    data_home : str or path-like, default=None
        Folder for data. None is the one that the environment variable SKDIR_DATA names, or
        ``~/skdir_data``. What has been loaded once is read from there.

    as_frame : bool, default=False
        Whether data is a DataFrame, with categories as such, and the target a Series of pandas.
        Otherwise data are numbers, and a category is its position in `categories`.

    return_X_y : bool, default=False
        Whether to return data and target only.

    n_retries : int, default=3
        How often to try again after an error of the network.

    delay : float, default=1.0
        Seconds before a new attempt.

    Returns
    -------
    table : Bunch
        With the attributes

        data : ndarray of shape (n, n_features), or DataFrame
            Features.
        target : ndarray of shape (n,), or Series
            Targets as float64, in the units of the source.
        frame : DataFrame or None
            Data and target.
        feature_names, target_names : list of str
            Names of the columns.
        categories : dict of str to list
            Categories by feature, without `as_frame`.
        data_id : int
            Number of the table at OpenML, which stands for one version.
        DESCR : str
            The description at OpenML, and the licence as stated there.

        If `return_X_y`, the tuple (data, target) is returned instead.

    Raises
    ------
    ValueError
        If a parameter is not valid, what came is not the table, or the checksum differs from that
        at OpenML.
    OSError
        If OpenML cannot be reached, or does not answer in 15 minutes, and the table has not been
        loaded before.

    See Also
    --------
    sklearn.datasets.fetch_openml : Any table of OpenML; this function rests on it.
    make_imbalanced_regression : Made data.

    Notes
    -----
    Download, folder and comparison of the checksum are those of
    :func:`sklearn.datasets.fetch_openml`, which takes the checksum from OpenML.

    References
    ----------
    P. Branco, L. Torgo, R. P. Ribeiro (2017). SMOGN: a pre-processing approach for imbalanced
    regression. LIDTA, PMLR 74.

    S. F. Fischer, M. Feurer, B. Bischl (2023). OpenML-CTR23: a curated tabular regression
    benchmarking suite. AutoML Conference.

    Examples
    --------
    >>> from skdir.datasets import fetch_imbalanced_tabular
    >>> X, y = fetch_imbalanced_tabular("abalone", return_X_y=True)  # doctest: +SKIP
    >>> X.shape  # doctest: +SKIP
    (4177, 8)
    """
    fetch = partial(
        fetch_openml,
        data_id=_IDS[name],
        data_home=str(data_folder(data_home, "", _CALLER)),
        as_frame=as_frame,
        # text as categories in both; this one turns them into numbers and needs no pandas
        parser="pandas" if as_frame else "liac-arff",
        n_retries=n_retries,
        delay=delay,
    )
    try:
        table = in_time(fetch, _LONGEST)
        target = check_target(table.target, caller=_CALLER, name="target")
    except (Warning, ImportError, MemoryError):
        raise
    except Exception as error:  # whatever readers of ARFF and JSON raise for what is neither
        raise _unusable(error, name, fetch.keywords["data_home"]) from error
    if as_frame:
        column = table.target.name
        target = table.target.astype(np.float64)
        table.frame = table.frame.assign(**{column: target})
    table.target = target
    table.data_id = _IDS[name]
    licence = table.details.get("licence", "not stated")
    table.DESCR += f"\n\nhttps://www.openml.org/d/{_IDS[name]}, licence as stated there: {licence}."
    return (table.data, table.target) if return_X_y else table


def _unusable(error, name, home):
    """Return the one error for all that goes wrong between OpenML and a table."""
    if isinstance(error, HTTPError):  # holds a connection
        error.close()
    message = (
        f"{_CALLER}: the table {name!r}, number {_IDS[name]} of OpenML, could not be loaded: "
        f"{type(error).__name__}: {printable(error)[:500]}. Try again later. If it comes back, "
        f"delete {Path(home, 'openml')}, where all of OpenML's tables are kept, so that they are "
        "downloaded anew."
    )
    if isinstance(error, OSError) and not isinstance(error, gzip.BadGzipFile):
        return OSError(*((error.errno,) if error.errno else ()), message)
    return ValueError(message)
