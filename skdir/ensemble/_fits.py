"""How the two models of a blend are fitted."""

from sklearn.base import clone

from skdir.ensemble._power_weighter import PowerWeighter
from skdir.weighting import WeightedRegressor


def fit_mitigated(X, y, sample_weight, params, *, regressor, weighter, seed, **options):
    """Fit the regressor with powers of the weighter's weights."""
    weighter = PowerWeighter(weighter, options.pop("exponent"))
    model = WeightedRegressor(regressor, weighter, random_state=seed, **options)
    return model.fit(X, y, sample_weight, **params)


def fit_plain(X, y, sample_weight, params, *, regressor, **options):
    """Fit the regressor as it is, with the user's weights if there are any."""
    if sample_weight is None:
        fitted = clone(regressor)
        fitted.fit(X, y, **params)
        return fitted  # what its fit returns may be None
    fitted = fit_mitigated(
        X, y, sample_weight, params, regressor=regressor, exponent=0.0, **options
    )
    return fitted.regressor_
