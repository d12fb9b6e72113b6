"""Data sets with imbalanced targets: made, thinned, tables, and the five DIR benchmarks."""

from skdir.datasets._dir.depth import fetch_nyud2_dir
from skdir.datasets._dir.faces import fetch_agedb_dir, fetch_imdb_wiki_dir
from skdir.datasets._dir.sentences import fetch_sts_b_dir
from skdir.datasets._dir.sleep import load_shhs_dir
from skdir.datasets._generators import make_imbalanced_regression
from skdir.datasets._tabular import fetch_imbalanced_tabular
from skdir.datasets._thinning import make_imbalance

__all__ = [
    "fetch_agedb_dir",
    "fetch_imbalanced_tabular",
    "fetch_imdb_wiki_dir",
    "fetch_nyud2_dir",
    "fetch_sts_b_dir",
    "load_shhs_dir",
    "make_imbalance",
    "make_imbalanced_regression",
]
