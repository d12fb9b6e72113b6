"""Parts of docstrings that the functions for the benchmarks share, by name."""

from skdir.utils._text.docstrings import shared_docs

_RETURNS = {
    "subset": """subset : {'all', 'train', 'val', 'test'}, default='all'
        Which rows `data`, `target`, `frame` and `split` hold.""",
    "as_frame": """as_frame : bool, default=False
        Whether data is a DataFrame and the target a Series of pandas.""",
    "return_X_y": """return_X_y : bool, default=False
        Whether to return data and target only.""",
}
_DOWNLOADS = {
    "data_home": """data_home : str or path-like, default=None
        Folder for data. None is the one that the environment variable SKDIR_DATA names, or
        ``~/skdir_data``.""",
    "downloads": """download_if_missing : bool, default=True
        Whether to download what is not there; otherwise that is an error.

    mirror : str, default=None
        Address of a folder to download from, instead of the published addresses.

    known_hash : dict of str to str, default=None
        The sha256 by file name, to be expected instead of published ones and of those of the first
        download.

    n_retries : int, default=3
        How often to try again after an error of the network.

    delay : float, default=1.0
        Seconds before the first new attempt, doubled each time.""",
}
_RESULT = {
    "files": """frame : DataFrame or None
            Data and target.
        feature_names, target_names : list of str
            Names of the columns.
        DESCR : str
            Source, licence and protocol.
        filename : list of str
            The files.

        If `return_X_y`, the tuple (data, target) is returned instead.""",
    "paper": """Y. Yang, K. Zha, Y.-C. Chen, H. Wang, D. Katabi (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`""",
}

complete_docs = shared_docs({**_RETURNS, **_DOWNLOADS, **_RESULT})
