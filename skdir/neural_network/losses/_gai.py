"""Balanced MSE by Gaussian mixtures, with the integral in closed form (GAI)."""

import numpy as np
import torch
from sklearn.mixture import GaussianMixture

from skdir.neural_network.losses._base import (
    REDUCTIONS,
    check_batch,
    check_option,
    reduce_losses,
)
from skdir.neural_network.losses._mixture import (
    MixtureLoss,
    check_mixture,
    check_targets,
    mixture_losses,
)
from skdir.neural_network.losses._noise import check_noise
from skdir.utils._validation import parameter_error


def gai_loss(
    prediction,
    target,
    *,
    weights,
    means,
    covariances,
    noise_sigma=1.0,
    sample_weight=None,
    reduction="mean",
):
    r"""Balanced MSE with a Gaussian mixture (GAI).

    The squared error of a regressor that shall predict well where the target is rare: what the
    training distribution of the target, here a Gaussian mixture, adds to each prediction is taken
    off again by an analytical integral.

    Parameters
    ----------
    prediction : Tensor of shape (n_samples,) or (n_samples, n_outputs)
        Predictions in units of y.

    target : Tensor of the same shape
        Observed targets.

    weights : array-like of shape (n_components,)
        Weights of the components; their sum is taken as 1.

    means : array-like of shape (n_components,) or (n_components, n_outputs)
        Means of the components in units of y.

    covariances : array-like of shape (n_components,), (n_components, n_outputs) or \
            (n_components, n_outputs, n_outputs)
        Variances of the components in squared units of y: the same for each output, one for each,
        or full matrices. They may be 0.

    noise_sigma : float or Tensor of one element, default=1.0
        Standard deviation of the targets around their predictions, in units of y.

    sample_weight : Tensor of shape (n_samples,), default=None
        Non-negative weights; a weight of 2 is the row twice.

    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight.

    Returns
    -------
    loss : Tensor of shape () or, without reduction, (n_samples,)
        The loss in squared units of y.

    Raises
    ------
    ValueError
        If shapes differ, something is not a tensor, the mixture is not one, the noise is not
        positive or the reduction is unknown.

    See Also
    --------
    bmc_loss : The same with the batch in place of the mixture.
    GAILoss : The same as a module, with a mixture fitted to training targets.

    Notes
    -----
    With the noise s and the components k of weights :math:`w_k`, means :math:`\mu_k` and
    covariances :math:`\Sigma_k`, the loss of a row is

    .. math:: l = 2 s^2 \Big(-\log N(y; \hat y, s^2 I) +
        \log \sum_k w_k N(\hat y; \mu_k, \Sigma_k + s^2 I)\Big).

    The factor :math:`2 s^2` gives it the scale of the squared error and is a constant for the
    derivatives. The first logarithm is complete: without the term :math:`\log s` in it, a noise
    that is learned would grow without end. The cost is O(n_samples n_components n_outputs^2).

    References
    ----------
    J. Ren, M. Zhang, C. Yu, Z. Liu (2022). Balanced MSE for Imbalanced Visual Regression. CVPR.
    :doi:`10.1109/CVPR52688.2022.00777`

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import gai_loss
    >>> mixture = {"weights": [0.8, 0.2], "means": [0.0, 4.0], "covariances": [1.0, 1.0]}
    >>> gai_loss(torch.tensor([0.0, 0.5, 3.0]), torch.tensor([0.0, 1.0, 5.0]), **mixture)
    tensor(-0.5556)
    """
    caller = "gai_loss"
    check_option(reduction, REDUCTIONS, name="reduction", caller=caller)
    check_noise(noise_sigma, caller=caller)
    mixture = _full_mixture(weights, means, covariances, caller=caller)
    prediction, target, weight = check_batch(prediction, target, sample_weight, caller=caller)
    mixture = [None if part is None else torch.as_tensor(part) for part in mixture]
    losses = mixture_losses(prediction, target, noise_sigma, *mixture, caller=caller)
    return reduce_losses(losses, weight, reduction)


class GAILoss(MixtureLoss):
    r"""Balanced MSE with a Gaussian mixture (GAI), as a module that learns its noise.

    Parameters
    ----------
    weights : array-like of shape (n_components,)
        Weights of the components; their sum is taken as 1.

    means : array-like of shape (n_components,) or (n_components, n_outputs)
        Means of the components in units of y.

    covariances : array-like of shape (n_components,), (n_components, n_outputs) or \
            (n_components, n_outputs, n_outputs)
        Variances of the components in squared units of y: the same for each output, one for each,
        or full matrices. They may be 0.

    noise_sigma : float, default=1.0
        Standard deviation of the targets around their predictions, in units of y; where learning
        starts.

    learnable : bool, default=True
        Whether the noise is a parameter of the module. Hand the module's parameters to the
        optimizer along with the network's.

    reduction : {"mean", "sum", "none"}, default="mean"
        The weighted mean of the rows' losses, their weighted sum, or each times its weight.

    dtype : torch.dtype, default=None
        Type of the noise and of the mixture; None is torch's default.

    Attributes
    ----------
    noise_sigma : Tensor of shape ()
        The noise as it is now; softplus of a parameter, so that it stays positive.

    See Also
    --------
    gai_loss : The same as a function, with the formula.
    BMCLoss : The same without a mixture: the batch stands for the training targets.
    BNILoss : The same with bins of the target in place of the mixture.

    References
    ----------
    J. Ren, M. Zhang, C. Yu, Z. Liu (2022). Balanced MSE for Imbalanced Visual Regression. CVPR.
    :doi:`10.1109/CVPR52688.2022.00777`

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from skdir.neural_network import GAILoss
    >>> y = np.random.default_rng(0).exponential(size=1000)
    >>> loss = GAILoss.from_targets(y, n_components=4, random_state=0)
    >>> loss(torch.tensor([0.5, 2.0]), torch.tensor([0.5, 3.0])) < 0
    tensor(True)
    """

    def __init__(
        self,
        weights,
        means,
        covariances,
        *,
        noise_sigma=1.0,
        learnable=True,
        reduction="mean",
        dtype=None,
    ):
        super().__init__(
            noise_sigma=noise_sigma, learnable=learnable, reduction=reduction, dtype=dtype
        )
        self._keep(*_full_mixture(weights, means, covariances, caller="GAILoss"))

    @classmethod
    def from_targets(cls, y, *, n_components=None, random_state=None, **params):
        """Return the loss with a mixture fitted to training targets.

        The mixture is scikit-learn's, fitted to standardised targets, so that their unit does not
        matter.

        Parameters
        ----------
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Training targets.

        n_components : int, default=None
            Number of components, at most that of the different targets; None is 8, or all of these
            where they are fewer.

        random_state : int, RandomState instance or None, default=None
            Where the fit starts.

        **params : dict
            Other parameters of the class.

        Returns
        -------
        loss : GAILoss
            The loss.

        Raises
        ------
        ValueError
            If targets are not finite numbers or fewer differ than there are components.
        """
        caller = f"{cls.__name__}.from_targets"
        y = check_targets(y, caller=caller)
        n_distinct = len(np.unique(y, axis=0))
        if n_components is None:
            n_components = min(8, n_distinct)
        valid = isinstance(n_components, (int, np.integer)) and not isinstance(n_components, bool)
        if not (valid and 1 <= n_components <= n_distinct):
            accepted = f"an integer from 1 to the number of different targets, {n_distinct}"
            raise parameter_error("n_components", caller, accepted, repr(n_components))
        center, spread = y.mean(axis=0), y.std(axis=0)
        spread[spread == 0] = 1.0
        mixture = GaussianMixture(n_components, random_state=random_state)
        mixture.fit((y - center) / spread)
        return cls(
            mixture.weights_,
            center + spread * mixture.means_,
            mixture.covariances_ * np.outer(spread, spread),
            **params,
        )


def _full_mixture(weights, means, covariances, *, caller):
    """Return a valid mixture whose components have covariances."""
    if covariances is None:
        accepted = "an array of finite numbers, which may be 0"
        raise parameter_error("covariances", caller, accepted, "None")
    return check_mixture(weights, means, covariances, caller=caller)
