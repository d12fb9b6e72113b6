"""The layer of feature distribution smoothing (FDS)."""

import warnings

import torch
from torch import Tensor, nn

from skdir.neural_network.fds._calibration import diagonal_maps, full_maps, smooth_bins
from skdir.neural_network.fds._moments import BinMoments, is_distributed, merge_processes, shrink
from skdir.neural_network.fds._rows import (
    as_features,
    as_rows,
    bin_of_targets,
    check_features,
    check_targets,
    draw_rows,
)
from skdir.neural_network.fds._settings import resolve_settings

# How often a network may go back to training within its first epoch, as after an evaluation.
_PATIENCE = 2
_NEVER = (
    "FDSLayer has got rows for training again and again without step_epoch, so that it calibrates "
    "nothing. Call step_epoch() after each epoch."
)


class FDSLayer(nn.Module):
    """Layer that calibrates features in training by feature distribution smoothing.

    Made by :meth:`FDS.make_layer`. It goes between an encoder and a head, in any training loop,
    with two calls: ``layer(z, y)`` for each batch and ``layer.step_epoch()`` after each epoch.

    Parameters
    ----------
    n_features : int
        Number of features of a row.

    bin_edges : array-like of shape (n_bins + 1,)
        Edges of the target bins, such as those of :meth:`FDS.make_edges`.

    fds : FDS
        What the layer does.

    Attributes
    ----------
    epoch : int
        Epochs that have ended.

    bin_edges : Tensor of shape (n_bins + 1,)
        Edges of the target bins.

    rows_seen : Tensor of shape (n_bins,)
        Rows of each bin that the statistics come from, over all epochs.

    running_mean : Tensor of shape (n_bins, n_features)
        Moving average of the mean of each bin; zero for bins not seen.

    running_var : Tensor of shape (n_bins, n_features) or (n_bins, n_features, n_features)
        Moving average of the variance (the covariance) of each bin; zero for bins not seen.

    smoothed_mean, smoothed_var : Tensor of the same shapes
        The moving averages smoothed over bins. A bin that was not seen has those of its
        neighbors, or zero where the kernel reaches none that was.

    See Also
    --------
    FDS : The parameters, the formulas and what differs from the published implementation.

    Notes
    -----
    `forward` looks at no value on the host, so that a GPU is never waited for. All statistics are
    kept in float64 whatever the type of the features is, also after ``module.half()``.

    `state_dict` is complete: a run that is saved and resumed, even between two batches, goes on as
    if it had not stopped. The sums of an epoch are no buffers, so that DistributedDataParallel
    does not overwrite those of one process with another's.

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import FDS
    >>> y = torch.linspace(0, 10, 200)
    >>> z = torch.stack([y, y.sin()], dim=1)
    >>> fds = FDS(bins=20)
    >>> layer = fds.make_layer(n_features=2, bin_edges=fds.make_edges(y))
    >>> torch.equal(layer(z, y), z)  # the first epoch only collects
    True
    >>> layer.step_epoch()
    >>> torch.equal(layer(z, y), z)
    False
    >>> torch.equal(layer.eval()(z), z)
    True
    """

    bin_edges: Tensor
    rows_seen: Tensor
    running_mean: Tensor
    running_var: Tensor
    smoothed_mean: Tensor
    smoothed_var: Tensor

    def __init__(self, n_features, bin_edges, fds):
        super().__init__()
        settings = resolve_settings(fds, n_features, bin_edges)
        n_features = self.n_features = settings.n_features
        self.momentum, self.shrinkage = settings.momentum, settings.shrinkage
        self.start_update, self.start_smooth = settings.start_update, settings.start_smooth
        self.statistics, self.covariance = settings.statistics, settings.covariance
        self.clip, self.max_pixels = settings.clip, settings.max_pixels
        self._window, self._seed = settings.window, settings.seed
        edges, full = settings.bin_edges, self.covariance == "full"
        n_bins = len(edges) - 1
        spread = (n_features, n_features) if full else (n_features,)
        for name, shape in {
            "running_mean": (n_bins, n_features),
            "running_var": (n_bins, *spread),
            "smoothed_mean": (n_bins, n_features),
            "smoothed_var": (n_bins, *spread),
            "_scale": (n_bins + 1, *spread),
            "_offset": (n_bins + 1, n_features),
        }.items():
            zeros = torch.zeros(shape, dtype=torch.float64)
            self.register_buffer(name, zeros, persistent=name.startswith("running"))
            if name.startswith("_"):
                self.register_buffer(f"{name}_single", zeros.float(), persistent=False)
        self.register_buffer("bin_edges", torch.tensor(edges, dtype=torch.float64))
        upper = torch.tensor([*edges[1:-1], torch.inf], dtype=torch.float64)
        self.register_buffer("_upper_edges", upper, persistent=False)
        self.register_buffer("rows_seen", torch.zeros(n_bins, dtype=torch.int64))
        self.register_buffer("_draws", torch.zeros((), dtype=torch.int64))
        self._moments = BinMoments(n_bins, n_features, full)
        self.stepped_by_caller, self._returns = False, 0
        self._set_epoch(0)
        self._smooth()

    def train(self, mode=True):
        """Set the mode; warn where epochs seem to pass of which the layer is not told.

        Parameters
        ----------
        mode : bool, default=True
            Whether it is that of training.

        Returns
        -------
        self : FDSLayer
            The layer.
        """
        started = self.epoch == 0 and not self._moments.fresh
        if mode and not self.training and started and not self.stepped_by_caller:
            self._returns += 1
            if self._returns == _PATIENCE:
                warnings.warn(_NEVER, UserWarning, stacklevel=3)
        return super().train(mode)

    def forward(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Calibrate features in training mode; return them as they are in eval mode.

        In training mode with ``statistics="running"`` the features also enter the statistics of
        the epoch, before they are calibrated.

        Parameters
        ----------
        z : Tensor of shape (n, n_features) or (n, n_features, ...)
            Features, such as (n, n_features, height, width) of dense targets.

        y : Tensor of shape (n,) or (n, ...), default=None
            Targets, one per row (per pixel); a further dimension of length 1 after the first is
            accepted. A row whose target is NaN is left as it is and enters no statistics. Not used
            in eval mode.

        Returns
        -------
        z : Tensor of the shape and dtype of z
            Calibrated features. Gradients flow through the calibration; its statistics are
            constants.

        Raises
        ------
        ValueError
            If shapes do not fit.
        """
        if not self.training:
            return z
        caller = "FDSLayer.forward"
        check_features(z, self.n_features, caller=caller)
        check_targets(y, z, caller=caller)
        if not (self._collecting or self._calibrating):
            return z
        rows, index = as_rows(z), bin_of_targets(y, self._upper_edges)
        if self._collecting and self.statistics == "running":
            self._add(rows, index, dense=z.ndim > 2)
        if not self._calibrating:
            return z
        return as_features(self._calibrate(rows, index), z.shape)

    def collect(self, z: Tensor, y: Tensor) -> None:
        """Add features to the statistics of the epoch, in any mode.

        With ``statistics="epoch"`` the caller makes a pass over the training rows after each epoch,
        before :meth:`step_epoch`. Put the network into eval mode for it, so that dropout is off and
        batch normalization learns nothing twice, and switch gradients off.

        Parameters
        ----------
        z : Tensor of shape (n, n_features) or (n, n_features, ...)
            Features that are not calibrated.

        y : Tensor of shape (n,) or (n, ...)
            Targets, as in :meth:`forward`.

        Raises
        ------
        ValueError
            If shapes do not fit.
        """
        check_features(z, self.n_features, caller="FDSLayer.collect")
        check_targets(y, z, caller="FDSLayer.collect")
        if self._collecting:
            index = bin_of_targets(y, self._upper_edges)
            self._add(as_rows(z), index, dense=z.ndim > 2)

    @torch.no_grad()
    def step_epoch(self) -> None:
        """End an epoch: its statistics enter the moving averages, which are smoothed.

        Where torch.distributed runs, all processes must call it, and all of them get the
        statistics of the rows of all.

        Raises
        ------
        RuntimeError
            If no features came in the epoch, so that there are no statistics.
        """
        if self._collecting:
            if self._moments.fresh and not is_distributed():
                needed = "collect" if self.statistics == "epoch" else "the layer, in training mode,"
                raise RuntimeError(
                    f"FDSLayer.step_epoch needs the features of the epoch. With statistics="
                    f"{self.statistics!r} call {needed} with features and targets before it."
                )
            self._fold(*merge_processes(*self._moments.moments()))
            self._moments.reset()
            self._smooth()
        self._set_epoch(self.epoch + 1)

    def extra_repr(self) -> str:
        """Return what the representation shows.

        Returns
        -------
        text : str
            The settings and the epoch.
        """
        return (
            f"n_features={self.n_features}, n_bins={len(self.rows_seen)}, "
            f"statistics={self.statistics!r}, covariance={self.covariance!r}, epoch={self.epoch}"
        )

    def get_extra_state(self) -> Tensor:
        """Return the epoch and the sums of its rows so far.

        Returns
        -------
        state : Tensor of shape (n,)
            In float64, a tensor as all of the state.
        """
        head = self.bin_edges.new_tensor([self.epoch, self._moments.fresh])
        return torch.cat([head, *(t.flatten() for t in self._moments.tensors().values())])

    def set_extra_state(self, state: Tensor) -> None:
        """Go on from a state.

        Parameters
        ----------
        state : Tensor of shape (n,)
            What `get_extra_state` returned.

        Raises
        ------
        ValueError
            If it comes from a layer with other bins, features or covariance.
        """
        tensors = self._moments.tensors().values()
        sizes = [1, 1, *(tensor.numel() for tensor in tensors)]
        if state.numel() != sum(sizes):
            raise ValueError(
                "The state comes from an FDSLayer with other bins, features or covariance than "
                f"{self}."
            )
        epoch, fresh, *saved = state.split(sizes)
        self._moments.fresh = bool(fresh)
        for tensor, values in zip(tensors, saved):
            tensor.copy_(values.view_as(tensor))
        self._set_epoch(int(epoch))
        self._smooth()

    def _apply(self, fn, recurse=True):
        """Move to another device, but keep the precision of the statistics."""
        before = dict(self._buffers)
        super()._apply(fn, recurse)
        for name, buffer in before.items():
            if self._buffers[name].dtype != buffer.dtype:
                self._buffers[name] = buffer.to(self._buffers[name].device)
        self._moments.to(self.bin_edges.device)
        return self

    def _set_epoch(self, epoch):
        """Set the epoch, and what it means for `forward`, which a compiler must not see change."""
        self.epoch = epoch
        self._collecting = epoch >= self.start_update
        self._calibrating = epoch >= self.start_smooth

    @torch.no_grad()
    def _add(self, rows, index, *, dense):
        """Add rows to the sums of the epoch; of many pixels only some."""
        if dense and self.max_pixels is not None and len(rows) > self.max_pixels:
            drawn = draw_rows(len(rows), self.max_pixels, self._seed, self._draws)
            self._draws.add_(1)
            rows, index = rows.index_select(0, drawn), index.index_select(0, drawn)
        if len(rows):
            self._moments.add(rows, index)

    def _fold(self, counts, means, squares):
        """Let the statistics of an epoch enter the moving averages; the first ones replace."""
        means, variances = shrink(counts, means, squares, self.shrinkage)
        kept = (self.rows_seen > 0).to(torch.float64) * self.momentum
        kept = torch.where(counts > 0, kept, 1.0)
        for running, new in ((self.running_mean, means), (self.running_var, variances)):
            share = kept.reshape(-1, *(1,) * (running.ndim - 1))
            running.copy_(share * running + (1 - share) * new)
        self.rows_seen.add_(counts.to(torch.int64))

    @torch.no_grad()
    def _smooth(self):
        """Smooth the moving averages, and prepare the map of each bin."""
        self._upper_edges[:-1].copy_(self.bin_edges[1:-1])
        seen = self.rows_seen > 0
        running = (self.running_mean, self.running_var)
        window = torch.as_tensor(self._window, dtype=torch.float64, device=seen.device)
        smoothed = [smooth_bins(values, seen, window) for values in running]
        make_maps = full_maps if self.covariance == "full" else diagonal_maps
        maps = make_maps(seen, *running, *smoothed, self.clip)
        names = ("smoothed_mean", "smoothed_var", "_scale", "_offset", "_scale_single")
        for name, values in zip((*names, "_offset_single"), (*smoothed, *maps, *maps)):
            getattr(self, name).copy_(values)  # in place: a compiled graph holds the address

    def _calibrate(self, rows, index):
        """Return the rows under the maps of their bins, in at least single precision inside."""
        scale, offset = self._scale_single, self._offset_single
        if rows.dtype == torch.float64:
            scale, offset = self._scale, self._offset
        scale, offset = scale.index_select(0, index), offset.index_select(0, index)
        values = rows.to(scale.dtype)
        if self.covariance == "diagonal":
            values = torch.addcmul(offset, values, scale)
        else:
            with torch.autocast(rows.device.type, enabled=False):
                values = torch.baddbmm(offset[:, :, None], scale, values[:, :, None])[:, :, 0]
        return values.to(rows.dtype)
