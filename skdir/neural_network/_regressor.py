"""The deep regressor."""

import warnings
from numbers import Integral, Real

import torch
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import column_or_1d, get_tags
from sklearn.utils.validation import check_is_fitted

from skdir.neural_network._saving import persistence
from skdir.neural_network._training.fit import fit, go_on
from skdir.neural_network._training.inputs import count_features_in, read_X, read_y
from skdir.neural_network._training.items import is_dataset, on_host
from skdir.neural_network._training.prepare import prepare
from skdir.neural_network._training.rows import shape_of_rows
from skdir.neural_network._training.samples import Samples
from skdir.neural_network._training.settings import Settings
from skdir.neural_network._training.surroundings import usual_torch
from skdir.utils._estimators.base import VersionedPickle
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._estimators.protocols import WEIGHTER
from skdir.utils._estimators.tags import with_strategy_tags
from skdir.utils._sklearn_compat import HasMethods, Interval, StrOptions
from skdir.utils._validation import check_sample_weight, parameter_error


class DeepImbalancedRegressor(VersionedPickle, RegressorMixin, BaseEstimator):
    r"""A neural network for imbalanced regression that behaves like any scikit-learn regressor.

    An encoder turns inputs into features, feature distribution smoothing (FDS) calibrates them in
    training, a linear head predicts, and a weighter weighs the loss by the rarity of the target.

    Parameters
    ----------
    encoder : str, Module or callable, default="mlp"
        What makes features of shape (batch, h): "mlp", a multilayer perceptron; "resnet", a small
        ResNet for images; "resnet18", "resnet34" or "resnet50"; "pair_text", for pairs of
        sentences; a torch module (copied, never trained itself); or a class or function that takes
        the shape of one row (`input_shape_`) and returns a module, such as
        ``functools.partial(PairTextEncoder, hidden_size=64)``.

    hidden_layer_sizes : sequence of int, default=(256, 128)
        Widths of the multilayer perceptron; other encoders have their own.

    dropout : float, default=0.0
        Dropout after each of the layers of "mlp", in [0, 1).

    loss : str, Module or callable, default="mse"
        Name of a loss, see :func:`make_loss`, or something that takes predictions and targets and
        returns the loss of each row. With `scale_target` both are in standard deviations.

    weighter : estimator, default=None
        Computes weights from the training targets, such as
        :class:`~skdir.weighting.LDSWeighter`. They are multiplied with `sample_weight`.

    fds : FDS, default=None
        Feature distribution smoothing; None is none.

    retrain_head : bool, default=False
        Regressor re-training (RRT): train without the weights first, then freeze the encoder, draw
        a new head and train it with them for as many epochs.

    optimizer : {"adam", "adamw", "sgd"} or class, default="adam"
        Optimizer, such as any class of `torch.optim`.

    lr : float, default=1e-3
        Learning rate.

    weight_decay : float, default=0.0
        Weight decay of the optimizer; 0 for one that has none.

    batch_size : int, default=256
        Rows per step. A last batch of one row joins the one before.

    max_epochs : int, default=100
        Passes over the training rows.

    early_stopping : bool, default=False
        Whether to set a part of the rows aside, if no validation data are given to `fit`, to stop
        when their loss has not improved for ten epochs, and to keep the best epoch.

    validation_fraction : float, default=0.1
        That part, stratified by the target.

    scale_target : bool, default=True
        Whether the network is trained on the target minus its mean, over its standard deviation.

    device : str or torch.device, default="auto"
        Where to train and predict, such as "cpu" or "cuda:1"; "auto" is a GPU where there is one.

    callbacks : list of skorch callbacks, default=None
        For instance learning-rate schedules, gradient clipping, or :class:`ShotErrors`, which adds
        errors by shot to `history_`.

    net_params : dict, default=None
        Further parameters of the inner skorch net, such as ``{"compile": True}``,
        ``{"precision": "bfloat16"}`` or ``{"optimizer__momentum": 0.9}``. Those that the regressor
        sets itself are refused.

    random_state : int, RandomState instance or None, default=None
        Seed of initial parameters, order of the rows, dropout and validation rows. Torch's global
        generators are neither used nor changed.

    verbose : int, default=0
        1 shows a progress bar, 2 a table with a line per epoch.

    Attributes
    ----------
    net_ : skorch.NeuralNet
        The trained net; ``net_.module_`` is the torch module.

    history_ : list of dict
        For each epoch "epoch", "train_loss", "valid_loss" where there are validation rows, and
        "dur" in seconds.

    n_iter_ : int
        Number of epochs.

    device_ : str
        Where it was trained.

    weighter_ : estimator or None
        The fitted weighter.

    target_mean_, target_scale_ : float or ndarray of shape (n_outputs,)
        What the targets were scaled by.

    input_shape_ : tuple of int, or dict of str to tuple of int
        Shape of one row, or of its parts by name where X is a dict.

    n_features_in_ : int
        Number of features: the first number of `input_shape_`, or the number of its parts.

    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features, if X had names that are all strings.

    See Also
    --------
    skdir.weighting.WeightedRegressor : Weights for any other regressor.

    Notes
    -----
    The loss of a batch is :math:`\sum w_i l_i / \sum w_i`. A loss that is not finite stops training
    with a warning, and the parameters of the last good epoch are restored. Ctrl-C stops training
    too, and the regressor can predict.

    With the same `random_state` the predictions on a CPU are the same bit for bit. This holds in
    threads too, where one fit waits for another; processes train side by side.

    References
    ----------
    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skdir.neural_network import FDS, DeepImbalancedRegressor
    >>> from skdir.weighting import LDSWeighter
    >>> X, y = load_diabetes(return_X_y=True)
    >>> model = make_pipeline(
    ...     StandardScaler(),
    ...     DeepImbalancedRegressor(
    ...         hidden_layer_sizes=(32, 16), weighter=LDSWeighter(), fds=FDS(),
    ...         max_epochs=20, device="cpu", random_state=0,
    ...     ),
    ... ).fit(X, y)
    >>> model.predict(X).shape
    (442,)
    """

    _parameter_constraints: dict = {
        "encoder": [str, callable],
        "hidden_layer_sizes": ["array-like"],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "loss": [str, callable],
        "weighter": WEIGHTER,
        "fds": [HasMethods(["make_layer", "make_edges", "get_params"]), None],
        "retrain_head": ["boolean"],
        "optimizer": [StrOptions({"adam", "adamw", "sgd"}), callable],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "weight_decay": [Interval(Real, 0, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "scale_target": ["boolean"],
        "device": [str, torch.device],
        "callbacks": [list, None],
        "net_params": [dict, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        encoder="mlp",
        *,
        hidden_layer_sizes=(256, 128),
        dropout=0.0,
        loss="mse",
        weighter=None,
        fds=None,
        retrain_head=False,
        optimizer="adam",
        lr=1e-3,
        weight_decay=0.0,
        batch_size=256,
        max_epochs=100,
        early_stopping=False,
        validation_fraction=0.1,
        scale_target=True,
        device="auto",
        callbacks=None,
        net_params=None,
        random_state=None,
        verbose=0,
    ):
        self.encoder = encoder
        self.hidden_layer_sizes = hidden_layer_sizes
        self.dropout = dropout
        self.loss = loss
        self.weighter = weighter
        self.fds = fds
        self.retrain_head = retrain_head
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.scale_target = scale_target
        self.device = device
        self.callbacks = callbacks
        self.net_params = net_params
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X,
        y=None,
        sample_weight=None,
        *,
        X_val=None,
        y_val=None,
        sample_weight_val=None,
    ):
        """Train the network.

        Parameters
        ----------
        X : array-like, DataFrame, Tensor, Dataset or dict of shape (n_samples, ...)
            Inputs: a table, images, a dict of arrays by the names of the encoder's arguments, or a
            torch dataset or `skorch.helper.SliceDataset`, which is read row by row. Items of a
            dataset are inputs, or pairs of an input and a target.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Targets. They may be left out if a dataset has them.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights, which the weighter sees and which are multiplied with its own. They count for
            the rows that `early_stopping` sets aside, too. A row of weight 0 is as good as absent.

        X_val, y_val : as X and y, default=None
            Validation data, for `history_` and `early_stopping`.

        sample_weight_val : array-like of shape (n_validation,), default=None
            Weights of the validation data.

        Returns
        -------
        self : DeepImbalancedRegressor
            Fitted estimator.

        Raises
        ------
        ValueError
            If data or parameters are not valid. A regressor that was fitted before stays as it was.
        """
        with usual_torch():
            samples = self._read(X, y, sample_weight)
            shape = shape_of_rows(samples.X)
            validation = self._read_validation(X_val, y_val, sample_weight_val, shape)
            self._publish(self._train(samples, validation))
        return self

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None, sample_weight=None):
        """Train for one more epoch, on these rows.

        The scale of the target, the weighter and the bins of FDS are those of the first call;
        targets beyond them fall into the end bins. Of parameters that were set since, `lr`,
        `weight_decay`, `batch_size`, `random_state` and `verbose` are followed; others that shape
        the network or its training are refused.

        A regressor that was loaded goes on with its network, the scale of the target and the bins
        of FDS. Its first call makes the weighter, a loss that depends on the targets and the
        optimizer anew, from the rows of that call.

        Parameters
        ----------
        X : array-like, DataFrame, Tensor, Dataset or dict of shape (n_samples, ...)
            Inputs.

        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Targets.

        sample_weight : array-like of shape (n_samples,), default=None
            Weights.

        Returns
        -------
        self : DeepImbalancedRegressor
            The estimator.

        Raises
        ------
        ValueError
            If data or parameters are not valid.
        """
        caller = type(self).__name__
        if self.retrain_head:
            raise parameter_error(
                "retrain_head", f"{caller}.partial_fit", "False, since it takes two stages", "True"
            )
        with usual_torch():
            if hasattr(self, "net_"):
                samples = self._read(X, y, sample_weight, self.input_shape_)
                fitted = go_on(self._fitted, Settings.of(self), samples)
            else:
                fitted = self._train(self._read(X, y, sample_weight), None, n_epochs=1)
            self._publish(fitted)
        return self

    def predict(self, X):
        """Predict targets.

        Parameters
        ----------
        X : array-like, DataFrame, Tensor, Dataset or dict of shape (n_samples, ...)
            Inputs of the shape seen in `fit`.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Predictions, in units of y.
        """
        check_is_fitted(self)
        with usual_torch():
            return self._fitted.predict(read_X(self, X, self.input_shape_), self.batch_size)

    def save(self, path):
        """Write the fitted regressor to one file, without pickle.

        The file is written whole or not at all: one of the same name is replaced when the new one
        is on the disk. Its mode is kept, and of a symbolic link the target is replaced.

        Parameters
        ----------
        path : str or path-like
            Name of the file, such as "model.safetensors".

        Raises
        ------
        ImportError
            If safetensors is not installed.

        ValueError
            If the state of an encoder of your own is not all tensors.

        See Also
        --------
        DeepImbalancedRegressor.load : Reads it again.
        """
        check_is_fitted(self)
        caller = f"{type(self).__name__}.save"
        persistence.save(self._fitted, self.get_params(deep=False), path, caller=caller)

    @classmethod
    def load(cls, path, **params):
        """Read a regressor that `save` wrote; nothing in the file is executed.

        Parameters
        ----------
        path : str or path-like
            Name of the file.

        **params : dict
            Parameters in the place of those in the file. Modules and functions of your own, such
            as an `encoder`, are not in it and must be given here, as must a `device` that is not
            "auto". Encoders of skdir are in it, also as `functools.partial`, unless their
            parameters are long.

        Returns
        -------
        regressor : DeepImbalancedRegressor
            It predicts as the saved one did, and `partial_fit` goes on with its network. The
            optimizer's state and the fitted weighter are not in the file: they are made anew.

        Raises
        ------
        ValueError
            If the file is not one of ours, was damaged or comes from a newer version of skdir, or a
            parameter that it could not hold is missing.
        """
        with usual_torch():
            params, fitted = persistence.load(path, cls, params, caller=f"{cls.__name__}.load")
        regressor = cls(**params)
        regressor._publish(fitted)
        return regressor

    def _read(self, X, y, sample_weight, shape=None):
        """Return valid rows to train on, of a shape that was seen before or of a new one."""
        caller = type(self).__name__
        if shape is None:
            vars(self).pop("feature_names_in_", None)  # of an earlier fit: X may have none
        X = read_X(self, X, shape)
        self.n_features_in_ = count_features_in(shape_of_rows(X))
        y = read_y(X, y, caller)
        if y.ndim == 2 and y.shape[1] == 1 and not get_tags(self).target_tags.multi_output:
            y = column_or_1d(y, warn=True)  # as scikit-learn's regressors of one target do
        return Samples(X, y, self._read_weight(sample_weight, len(y), "sample_weight"))

    def _read_validation(self, X, y, sample_weight, shape):
        """Return valid validation rows, or None."""
        caller = type(self).__name__
        if X is None and y is None and sample_weight is None:
            return None
        if X is None or (y is None and not is_dataset(X)):
            missing = "X_val" if X is None else "y_val"
            raise parameter_error(missing, caller, "given with the other validation data", "None")
        X = read_X(self, X, shape, name="X_val")
        y = read_y(X, y, caller, name="y_val")
        return Samples(X, y, self._read_weight(sample_weight, len(y), "sample_weight_val"))

    def _read_weight(self, weight, n, name):
        """Return valid weights, or None."""
        caller = type(self).__name__
        return check_sample_weight(on_host(weight, caller, name), n, caller=caller, name=name)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        # rarity is that of one target
        tags.target_tags.multi_output = self.weighter is None and self.fds is None
        tags.regressor_tags.poor_score = True  # within the few epochs of a check
        return with_strategy_tags(tags, kind="model", deep=True)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "net_")

    def _train(self, samples, validation, n_epochs=None):
        """Return the network of a training from the beginning."""
        names = getattr(self, "feature_names_in_", None)
        return fit(
            prepare(Settings.of(self), samples, validation, feature_names=names, n_epochs=n_epochs)
        )

    def _publish(self, fitted):
        """Set the fitted attributes."""
        self._fitted, self.net_ = fitted, fitted.net
        self.weighter_ = fitted.weighter
        self.target_mean_, self.target_scale_ = fitted.scaling.mean, fitted.scaling.scale
        self.device_ = fitted.net.device
        self.history_ = list(fitted.history)
        self.n_iter_ = len(self.history_)
        self.input_shape_ = fitted.input_shape
        self.n_features_in_ = count_features_in(fitted.input_shape)
        if fitted.feature_names is not None:
            self.feature_names_in_ = fitted.feature_names
        if fitted.bad_epoch is not None:
            warnings.warn(
                f"The loss of epoch {fitted.bad_epoch} was not finite: training stopped, and the "
                "parameters of the epoch before were restored. Likely causes are a learning rate "
                "that is too high (lr), features that are not scaled, or a loss that returns NaN; "
                "clipping gradients may help (skorch.callbacks.GradientNormClipping).",
                ConvergenceWarning,
                stacklevel=3,
            )
