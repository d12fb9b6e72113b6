"""Parts of docstrings that resamplers share, by name."""

from skdir.utils._text.docstrings import shared_docs

_SHARED = {
    "sampling_strategy": """\
sampling_strategy : {"balance", "extreme", "over", "under"}, float, dict or \\
            callable, default="balance"
        How many rows each bump is to have. By name, rare bumps never lose rows and normal ones
        never gain any:

        - "balance": the same number for each bump, their mean size.
        - "extreme": in inverse proportion to the sizes, so that what was rare becomes frequent;
          the total stays.
        - "over": rare bumps get the mean size of the normal ones, which stay.
        - "under": normal bumps get the mean size of the rare ones, which stay.
        - a float: the ratio of all rare to all normal rows; the total stays, and the proportions
          among rare and among normal bumps.
        - a dict: rows by the position of the bump in `bumps_`, from 0; others stay. This may
          thin rare bumps and enlarge normal ones.
        - a callable: a function of the list of bumps that returns such a dict.""",
    "sampling_strategy_removing": """\
sampling_strategy : {"balance", "extreme", "under"}, float, dict or \\
            callable, default="balance"
        How many rows each bump is to keep:

        - "balance" or "under": normal bumps get the mean size of the rare ones, which stay.
        - "extreme": normal bumps get as much less than that as they had more,
          :math:`\\bar n_{rare}^2 / n_b`.
        - a float: the ratio of all rare to all normal rows, by thinning the normal ones.
        - a dict: rows by the position of the bump in `bumps_`, from 0; others stay.
        - a callable: a function of the list of bumps that returns such a dict.""",
    "sampling_strategy_adding": """\
sampling_strategy : {"balance", "extreme", "over"}, float, dict or \\
            callable, default="balance"
        How many rows each bump is to get:

        - "balance" or "over": rare bumps get the mean size of the normal ones, which stay.
        - "extreme": rare bumps get as much more than that as they had less,
          :math:`\\bar n_{normal}^2 / n_b`.
        - a float: the ratio of all rare to all normal rows, by enlarging the rare bumps.
        - a dict: rows by the position of the bump in `bumps_`, from 0; others stay.
        - a callable: a function of the list of bumps that returns such a dict.""",
    "relevance": """relevance : RelevanceFunction, callable or array-like of shape (n_samples,), \\
            default=None
        What is rare: an estimator, cloned and fitted to y; a function of targets with values in
        [0, 1]; or the relevance of each row. None is
        :class:`~skdir.relevance.RelevanceFunction` with its defaults: the tails by the box plot, or
        by quantiles, with a warning, where there are no outliers.""",
    "threshold": """threshold : float, default=0.8
        Relevance from which on a target is rare, in (0, 1].""",
    "bins": """bins : int, "auto", "integer" or array-like of shape (n_bins + 1,), default=None
        Bins of the target in place of relevance and threshold: a number of equal width, edges in
        units of y, one bin per integer, or an automatic choice. Each bin with targets is a bump;
        it is rare if it has fewer rows than the mean of them.""",
    "random_state": """random_state : int, RandomState instance or None, default=None
        Seed of all that is drawn. The result of an integer does not depend on `n_jobs`, nor on
        earlier calls.""",
    "categorical_features": """categorical_features : "auto", None or array-like, default="auto"
        Features whose values are levels: a mask, positions or names; a whole number that is the
        name of a column is that, not a position. "auto" takes the columns of a DataFrame of type
        category, object, text or bool, and every column of a boolean array; None takes none. A
        missing value is a level of its own. All other columns must be numbers, dates or
        durations.""",
    "k_neighbors": """k_neighbors : int or estimator, default=5
        Number of nearest rows of the same bump from which a neighbour is drawn; all others where
        the bump has no more. An estimator with `fit` and `kneighbors` searches in its own way; as
        in imbalanced-learn, its `n_neighbors` counts the row itself.""",
    "interpolation": """interpolation : {"row", "attribute"}, default="row"
        Whether one share of the way from seed to neighbour is drawn per new row, or one per
        numeric feature of it, as in the pseudo-code of the paper.""",
    "n_jobs": """n_jobs : int, default=None
        Number of threads or processes of the search for neighbours, as in scikit-learn.""",
    "plan_attributes": """relevance_ : object
        The fitted relevance; None with `bins`.

    bumps_ : list of Bump
        The bumps in ascending order of the target, or the bins that hold targets.

    sampling_strategy_ : dict of int to int
        Rows of each bump after resampling, by its position in `bumps_`.""",
    "row_attributes": """sample_indices_ : ndarray of shape (n_samples_new,)
        Row of X that each row of the result is, or grew from (its seed).

    synthetic_mask_ : ndarray of shape (n_samples_new,) of bool
        Which rows were added. They come last.

    n_features_in_ : int
        Number of features of X.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, if X has names that are all strings.""",
    "torgo_2013": """\
Torgo, L., Ribeiro, R. P., Pfahringer, B. and Branco, P. (2013). SMOTE for regression. EPIA,
    LNAI 8154, 378-389. :doi:`10.1007/978-3-642-40669-0_33`""",
    "branco_2019": """\
Branco, P., Torgo, L. and Ribeiro, R. P. (2019). Pre-processing approaches for imbalanced
    distributions in regression. Neurocomputing 343, 76-99. :doi:`10.1016/j.neucom.2018.11.100`""",
}


complete_docs = shared_docs(_SHARED)
