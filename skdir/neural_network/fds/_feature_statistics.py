"""Statistics of features by bin of the target, to look at."""

import reprlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
import torch
from torch import nn

from skdir.neural_network._training.items import on_host
from skdir.neural_network.fds._moments import BinMoments
from skdir.neural_network.fds._rows import as_rows
from skdir.utils._targets.bins import TargetBins
from skdir.utils._validation import check_target, parameter_error, plain_array

_CALLER = "feature_statistics"
_NUMBERS = "an array or tensor of real numbers"
_ENCODER = "a module or function that returns floating features (n, n_features, ...)"


@dataclass(frozen=True)
class FeatureStatistics:
    """Statistics of features in each bin of the target.

    Parameters
    ----------
    bin_edges : ndarray of shape (n_bins + 1,)
        Edges of the bins, in units of y.

    counts : ndarray of shape (n_bins,)
        Rows in each bin.

    means : ndarray of shape (n_bins, n_features)
        Mean of each feature; NaN in bins without rows.

    variances : ndarray of shape (n_bins, n_features)
        Variance of each feature (divided by n - 1); NaN in bins with fewer than two rows.

    anchor : int
        The bin that others are compared with.

    mean_similarity : ndarray of shape (n_bins,)
        Cosine of the angle between the means of each bin and those of the anchor.

    variance_similarity : ndarray of shape (n_bins,)
        The same of the variances.

    See Also
    --------
    feature_statistics : Compute them.

    Examples
    --------
    >>> import numpy as np
    >>> from skdir.neural_network import feature_statistics
    >>> features = np.array([[1.0, 0.0], [3.0, 0.0], [0.0, 2.0]])
    >>> statistics = feature_statistics(features, [0, 0, 1], bins=2)
    >>> statistics.means
    array([[2., 0.],
           [0., 2.]])
    """

    bin_edges: np.ndarray
    counts: np.ndarray
    means: np.ndarray
    variances: np.ndarray
    anchor: int
    mean_similarity: np.ndarray
    variance_similarity: np.ndarray


def feature_statistics(features, y, *, bins=100, encoder=None, anchor=None, batch_size=1024):
    r"""Compute the statistics of features by bin of the target.

    They show what feature distribution smoothing works on: where few rows were seen, the
    statistics of a bin resemble those of the bin with the most rows instead of those of its
    neighbors.

    Parameters
    ----------
    features : array-like or Tensor of shape (n_samples, n_features) or (n_samples, n_features, ...)
        Features, or what `encoder` turns into features.

    y : array-like or Tensor of shape (n_samples,) or (n_samples, ...)
        Targets, one per row (per pixel).

    bins : int, "integer" or array-like of shape (n_bins + 1,), default=100
        Bins of the target, as in :class:`FDS`. Targets outside of edges belong to the first or the
        last bin.

    encoder : Module or callable, default=None
        Turns a batch of `features` into features. A module is called in eval mode without
        gradients, on its own device, and put back into the mode it was in.

    anchor : float, default=None
        Target whose bin the others are compared with; by default the bin with the most rows.

    batch_size : int, default=1024
        Rows in a batch for `encoder`.

    Returns
    -------
    statistics : FeatureStatistics
        Counts, means, variances, and their cosine similarity to those of the anchor.

    Raises
    ------
    ValueError
        If shapes do not fit or a value is not as described.

    See Also
    --------
    FDS : Smooth these statistics in training.

    Notes
    -----
    The cost is O(n n_features), and the features of one batch are in memory at a time. Rows with a
    feature that is not finite are left out, as in training.

    References
    ----------
    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import feature_statistics
    >>> y = torch.arange(10.0)
    >>> X = torch.stack([y, 9 - y], dim=1)
    >>> statistics = feature_statistics(X, y, bins=5, encoder=torch.square, anchor=0.0)
    >>> statistics.counts
    array([2, 2, 2, 2, 2])
    >>> statistics.mean_similarity.round(2)
    array([1.  , 0.99, 0.71, 0.16, 0.01])
    """
    inputs = _as_tensor(features)
    y = plain_array(on_host(y, _CALLER, "y"), caller=_CALLER, name="y", accepted=_NUMBERS)
    y = check_target(y.ravel(), caller=_CALLER)
    _check(inputs, y, encoder, anchor, batch_size)
    target_bins = TargetBins.of(bins, y, caller=_CALLER, cover=False)
    index = _nearest_bin(target_bins, y).reshape(len(inputs), -1)
    moments = None
    for rows in _encoded(inputs, encoder, batch_size):
        tensor = isinstance(rows, torch.Tensor)
        if not tensor or rows.ndim < 2 or not rows.is_floating_point():
            got = f"{rows.dtype} of shape {tuple(rows.shape)}" if tensor else repr(rows)
            raise parameter_error("encoder", _CALLER, _ENCODER, got)
        if moments is None:
            moments, start = BinMoments(target_bins.n_bins, rows.shape[1], full=False), 0
        part = torch.from_numpy(index[start : start + len(rows)]).reshape(-1)
        flat = as_rows(rows).cpu()
        if len(flat) != len(part):
            accepted = f"one target per row of the features {tuple(rows.shape)}"
            raise parameter_error("y", _CALLER, accepted, f"{len(part)} targets for them")
        moments.add(flat, part)
        start += len(rows)
    return _summary(target_bins, moments, anchor)


def _as_tensor(values):
    """Return features as a tensor, without their history."""
    if isinstance(values, torch.Tensor):
        return values.detach()
    values = plain_array(values, caller=_CALLER, name="features", accepted=_NUMBERS)
    if values.dtype.kind not in "biuf":
        raise parameter_error("features", _CALLER, _NUMBERS, f"dtype {values.dtype}")
    if values.dtype.kind == "f" and values.dtype.itemsize > 8:
        values = values.astype(np.float64)
    # a copy: torch takes neither negative strides nor, without a warning, read-only arrays
    return torch.from_numpy(np.array(values, dtype=values.dtype.newbyteorder("="), order="C"))


def _check(inputs, y, encoder, anchor, batch_size):
    """Refuse what does not fit together."""
    if encoder is not None and not isinstance(encoder, Callable):
        raise parameter_error("encoder", _CALLER, "None, a module or a function", repr(encoder))
    if inputs.ndim < (2 if encoder is None else 1) or len(inputs) == 0:
        accepted = "an array of shape (n_samples, n_features) or (n_samples, n_features, ...)"
        raise parameter_error("features", _CALLER, accepted, f"shape {tuple(inputs.shape)}")
    if len(y) % len(inputs):
        accepted = f"one target per row of {len(inputs)} rows"
        raise parameter_error("y", _CALLER, accepted, f"{len(y)} targets")
    number = isinstance(anchor, Real) and not isinstance(anchor, bool)
    anchor = float(anchor) if isinstance(anchor, np.floating) else anchor
    if anchor is not None and not (number and abs(anchor) <= sys.float_info.max):
        got = reprlib.repr(anchor)
        raise parameter_error("anchor", _CALLER, "None or a number in units of y", got)
    whole = isinstance(batch_size, Integral) and not isinstance(batch_size, bool)
    if not whole or batch_size < 1:
        raise parameter_error("batch_size", _CALLER, "a positive integer", repr(batch_size))


def _encoded(inputs, encoder, batch_size):
    """Yield batches of features."""
    if encoder is None:
        yield inputs if inputs.is_floating_point() else inputs.to(torch.float64)
        return
    modes, first = {}, None
    if isinstance(encoder, nn.Module):
        modes = {module: module.training for module in encoder.modules()}
        first = next((p for p in encoder.parameters() if p.is_floating_point()), None)
        encoder.eval()
    try:
        with torch.no_grad():
            for batch in inputs.split(batch_size):
                batch = batch if first is None else _like(batch, first)
                try:
                    features = encoder(batch)
                except (TypeError, ValueError) as error:
                    raise parameter_error("encoder", _CALLER, _ENCODER, str(error)) from error
                yield features
    finally:
        for module, training in modes.items():
            module.training = training


def _like(batch, parameter):
    """Move a batch to a parameter's device, numbers that are not whole in its precision."""
    return batch.to(parameter if batch.is_floating_point() else parameter.device)


def _nearest_bin(target_bins, y):
    """Return the bin of each target, the first or the last for those outside."""
    return target_bins.index(np.clip(y, target_bins.edges[0], target_bins.edges[-1]))


def _summary(target_bins, moments, anchor):
    """Return the statistics, with NaN where rows are missing."""
    counts, means, squares = (t.numpy() for t in moments.moments())
    counts = counts.astype(np.int64)
    means = np.where(counts[:, None] > 0, means, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        variances = np.where(counts[:, None] > 1, squares / (counts[:, None] - 1), np.nan)
    if anchor is None:
        place = int(counts.argmax())
    else:
        place = int(_nearest_bin(target_bins, [float(anchor)])[0])
    return FeatureStatistics(
        bin_edges=target_bins.edges,
        counts=counts,
        means=means,
        variances=variances,
        anchor=place,
        mean_similarity=_cosine(means, means[place]),
        variance_similarity=_cosine(variances, variances[place]),
    )


def _cosine(rows, row):
    """Return the cosine of the angle between each row and one, NaN where either is zero."""
    length = np.linalg.norm(rows, axis=1) * np.linalg.norm(row)
    return np.divide(rows @ row, length, out=np.full(len(rows), np.nan), where=length > 0)
