"""Made regression data whose target is as imbalanced as asked for."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_random_state

from skdir.datasets._target_shape import TargetShape, check_gaps
from skdir.utils._sklearn_compat import Interval, validate_params
from skdir.utils._validation import parameter_error

_CALLER = "make_imbalanced_regression"
# Rows that are drawn together. Another number would give other data for the same seed.
_BLOCK = 1 << 16
# What would take 128 TiB is a mistake, not a request.
_MOST_VALUES = 2**44


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, 2**48, closed="both")],
        "n_features": [Interval(Integral, 1, 2**20, closed="both")],
        "skew": [Interval(Real, -3, 3, closed="both")],
        "modes": [Interval(Integral, 1, 100, closed="both")],
        "gaps": ["array-like", None],
        "noise": [Interval(Real, 0, None, closed="left")],
        "heteroscedastic": [Interval(Real, 0, None, closed="left")],
        "chunk_size": [Interval(Integral, 1, None, closed="left"), None],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_imbalanced_regression(
    n_samples=1000,
    *,
    n_features=10,
    skew=1.0,
    modes=1,
    gaps=None,
    noise=0.3,
    heteroscedastic=0.0,
    chunk_size=None,
    random_state=None,
):
    """Make a regression problem with an imbalanced target.

    The distribution of the target is known exactly and does not depend on the noise: a log-normal
    (`skew`), several peaks of which each has half the rows of the one before (`modes`), and ranges
    without any row (`gaps`).

    Parameters
    ----------
    n_samples : int, default=1000
        Number of rows.

    n_features : int, default=10
        Number of features, all standard normal and all informative.

    skew : float, default=1.0
        How much longer the upper tail is than the lower, from -3 to 3; below 0 the lower one is
        longer. 0 is a normal distribution, 1 a log-normal one as long-tailed as incomes are.

    modes : int, default=1
        Number of peaks, four standard deviations apart before the skew.

    gaps : array-like of shape (n_gaps, 2), default=None
        Ranges (low, high) of the target, in units of y, in which no row lies. They must not
        overlap nor take up nearly all of the distribution.

    noise : float, default=0.3
        Standard deviation of the noise as a multiple of that of the signal, before the skew. 0 is
        a target that the features determine.

    heteroscedastic : float, default=0.0
        How unequal the noise is: that of a row is the noise times ``exp(heteroscedastic * v)``,
        with v a standard normal score of the features that the signal does not depend on. It
        takes two features.

    chunk_size : int, default=None
        Number of rows per chunk. None returns all rows; a number returns an iterator, so that more
        rows than the memory holds can be made, say 1e8 of them.

    random_state : int, RandomState instance or None, default=None
        Seed of the data.

    Returns
    -------
    X : ndarray of shape (n_samples, n_features)
        Features. With `chunk_size`, one iterator over pairs (X, y) is returned instead of two
        arrays; the last chunk may be smaller.

    y : ndarray of shape (n_samples,)
        Targets.

    Raises
    ------
    ValueError
        If a parameter is not valid.

    See Also
    --------
    make_imbalance : Rows of given data, drawn so that their target is imbalanced.
    skdir.model_selection.TargetGapSplit : Gaps in the training rows alone.

    Notes
    -----
    With features x, orthogonal unit vectors a and b, e standard normal, s the noise times
    ``exp(heteroscedastic * x.b)``, the score ``z = (x.a + s e) / sqrt(1 + s^2)`` is standard normal
    whatever s is. It is moved past the gaps, turned into the same quantile of a mixture of
    `modes` normals with weights 1, 1/2, 1/4, ..., standardised to t, and then into
    ``y = expm1(skew * t) / skew``, or t for no skew.

    Rows are drawn in blocks of 65536 with a stream of their own each, so chunks of any size
    together are bit for bit the whole. The cost is O(n_samples * n_features); in chunks, the
    memory is that of one chunk and one block.

    Examples
    --------
    >>> from skdir.datasets import make_imbalanced_regression
    >>> X, y = make_imbalanced_regression(500, gaps=[(2, 3)], random_state=0)
    >>> X.shape, y.shape
    ((500, 10), (500,))
    >>> ((y > 2) & (y < 3)).sum().item(), (y > 3).sum().item()
    (0, 42)
    >>> chunks = make_imbalanced_regression(500, gaps=[(2, 3)], chunk_size=200, random_state=0)
    >>> [len(y_chunk) for _, y_chunk in chunks]
    [200, 200, 100]
    """
    if heteroscedastic > 0 and n_features < 2:
        raise parameter_error("heteroscedastic", _CALLER, "0 for one feature", heteroscedastic)
    if chunk_size is None and n_samples * n_features > _MOST_VALUES:
        accepted = f"small enough for {_MOST_VALUES} values in X, unless 'chunk_size' is given"
        raise parameter_error("n_samples", _CALLER, accepted, f"{n_samples} times {n_features}")
    shape = TargetShape(float(skew), int(modes), check_gaps(gaps, _CALLER))
    shape.check_mass(_CALLER)
    rng = check_random_state(random_state)
    entropy = rng.randint(0, 2**32, size=4, dtype=np.uint32)
    blocks = _Blocks(entropy, int(n_samples), int(n_features), shape, noise, heteroscedastic)
    if chunk_size is not None:
        return _chunks(blocks, int(chunk_size))
    X, y = np.empty((n_samples, n_features)), np.empty(n_samples)
    for number in range(blocks.n_blocks):
        rows = slice(number * _BLOCK, (number + 1) * _BLOCK)
        X[rows], y[rows] = blocks.draw(number)
    return X, y


class _Blocks:
    """The data in blocks, each of which can be drawn on its own."""

    def __init__(self, entropy, n_samples, n_features, shape, noise, heteroscedastic):
        self.entropy = [int(word) for word in entropy]
        self.n_samples, self.n_features, self.shape = n_samples, n_features, shape
        self.noise, self.heteroscedastic = noise, heteroscedastic
        self.n_blocks = -(-n_samples // _BLOCK)
        # the signs are left as they come: both directions are uniform on the sphere
        stream = self._stream(0)
        directions = np.linalg.qr(stream.standard_normal((n_features, min(2, n_features))))[0]
        self.signal, self.spread = directions[:, 0], directions[:, -1]

    def draw(self, number):
        """Return features and targets of a block."""
        n_rows = min(_BLOCK, self.n_samples - number * _BLOCK)
        stream = self._stream(number + 1)
        X = stream.standard_normal((n_rows, self.n_features))
        score = X @ self.signal
        if self.noise > 0:
            scale = np.full(n_rows, np.log(self.noise))
            if self.heteroscedastic > 0:
                scale += self.heteroscedastic * (X @ self.spread)
            scale = np.exp(np.clip(scale, -300, 300))
            # hypot and not sqrt(1 + scale^2), which may overflow
            length = np.hypot(1.0, scale)
            score = score / length + stream.standard_normal(n_rows) * (scale / length)
        return X, self.shape.targets(score)

    def _stream(self, number):
        seed = np.random.SeedSequence(self.entropy, spawn_key=(number,))
        return np.random.default_rng(seed)


def _chunks(blocks, chunk_size):
    """Yield chunks; a block is drawn once, where the first of its rows is asked for."""
    parts_X, parts_y, held = [], [], 0
    for number in range(blocks.n_blocks):
        X, y = blocks.draw(number)
        start = 0
        while start < len(y):
            stop = min(len(y), start + chunk_size - held)
            parts_X.append(X[start:stop])
            parts_y.append(y[start:stop])
            held += stop - start
            start = stop
            if held == chunk_size:
                yield np.concatenate(parts_X), np.concatenate(parts_y)
                parts_X, parts_y, held = [], [], 0
    if held:
        yield np.concatenate(parts_X), np.concatenate(parts_y)
