"""Callbacks for the deep regressor."""

import torch
from skorch.callbacks import Callback

from skdir.metrics import ShotReport
from skdir.neural_network._training.settings import CALLER
from skdir.utils._validation import parameter_error


class ShotErrors(Callback):
    """Error of the validation rows by shot, after each epoch.

    A skorch callback for `callbacks` of :class:`DeepImbalancedRegressor`. It adds
    "valid_<metric>" over all validation rows and "valid_<metric>_<shot>" for the shots many,
    medium, few and zero to each record of `history_`, in units of y.

    Parameters
    ----------
    bins : int, 'integer' or array-like of shape (n_bins + 1,), default=20
        Bins of the target in which training rows are counted, see
        :class:`~skdir.metrics.ShotReport`.

    metrics : sequence of str or dict of str to callable, default=('mae',)
        Metrics of :class:`~skdir.metrics.ShotReport`.

    many, few : float or 'auto', default='auto'
        Numbers of training rows that make a bin one of many or few.

    Raises
    ------
    ValueError
        In `fit`, if there are no validation rows, if there are several targets per row, or if a
        parameter is not valid.

    See Also
    --------
    skdir.metrics.ShotReport : The same after training, for any model.

    Notes
    -----
    The predictions are those of the validation loss, none is made twice. A shot without validation
    rows is NaN. Training and validation rows count with the `sample_weight` of `fit`.

    References
    ----------
    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from skdir.neural_network import DeepImbalancedRegressor, ShotErrors
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = DeepImbalancedRegressor(
    ...     hidden_layer_sizes=(16,), callbacks=[ShotErrors(bins=10)], max_epochs=2, device="cpu",
    ...     random_state=0,
    ... ).fit(X[:300], y[:300], X_val=X[300:], y_val=y[300:])
    >>> [key for key in model.history_[-1] if "mae" in key]
    ['valid_mae', 'valid_mae_many', 'valid_mae_medium', 'valid_mae_few', 'valid_mae_zero']
    """

    def __init__(self, bins=20, *, metrics=("mae",), many="auto", few="auto"):
        self.bins = bins
        self.metrics = metrics
        self.many = many
        self.few = few

    def on_train_begin(self, net, **kwargs):
        """Forget the predictions of earlier fits."""
        self._predictions = []

    def on_epoch_begin(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        """Look whether there is something to evaluate."""
        if dataset_valid is None:
            raise parameter_error(
                "callbacks",
                CALLER,
                "without ShotErrors, or used with X_val and y_val or early_stopping",
                "ShotErrors without validation rows",
            )
        if dataset_train.y.ndim > 1 and dataset_train.y.shape[1] > 1:
            raise parameter_error(
                "callbacks",
                CALLER,
                "without ShotErrors where there are several targets per row",
                f"ShotErrors with {dataset_train.y.shape[1]} targets",
            )

    def on_batch_end(self, net, batch=None, training=None, y_pred=None, **kwargs):
        """Keep the predictions of a validation batch, where they are."""
        if not training:
            self._predictions.append(y_pred)

    def on_epoch_end(self, net, dataset_train=None, dataset_valid=None, **kwargs):
        """Add the errors to the record of the epoch."""
        y_pred = torch.cat(self._predictions).double().cpu().numpy().ravel()
        self._predictions = []
        try:
            report = ShotReport(
                dataset_valid.y.ravel(),
                y_pred,
                y_train=dataset_train.y.ravel(),
                bins=self.bins,
                metrics=self.metrics,
                many=self.many,
                few=self.few,
                sample_weight=dataset_valid.sample_weight,
                train_sample_weight=dataset_train.sample_weight,
            )
        except ValueError as error:  # of a parameter, which is one of this callback
            raise ValueError(str(error).replace("ShotReport", type(self).__name__)) from error
        for name, value in report.overall.items():
            net.history.record(f"valid_{name}", value)
            for shot, row in report.by_shot.items():
                net.history.record(f"valid_{name}_{shot}", row[name])

    def on_train_end(self, net, **kwargs):
        """Forget the predictions of an epoch that was interrupted."""
        self._predictions = []
