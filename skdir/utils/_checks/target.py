"""Common checks of any estimator that transforms a target: weighters and relevances."""

import pickle
import warnings

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import NotFittedError


def skewed_targets(n=300):
    """Return skewed targets without ties."""
    return np.random.default_rng(0).gamma(2.0, 3.0, size=n)


def odd_targets():
    """Return unusual but valid targets by name."""
    rng = np.random.default_rng(0)
    return {
        "constant": np.full(20, 3.0),
        "one": np.array([3.0]),
        "two values": np.repeat([0.0, 1.0], [95, 5]),
        "zero-inflated": np.where(rng.random(300) < 0.9, 0.0, rng.gamma(2.0, size=300)),
        "huge": 1e300 * rng.normal(size=100),
        "tiny": 1e-250 * rng.normal(size=100),
        "far from zero": 1e12 + rng.normal(size=100),
        "integer": rng.poisson(4, 200),
        "boolean": rng.random(100) < 0.2,
        "one far away": np.append(rng.lognormal(10, 0.5, 500), 1e11),
    }


def unseen_targets(y):
    """Return targets in and far out of the range of y, most of them not in it."""
    return np.concatenate([np.linspace(y.min() - 50, y.max() + 50, 999), [-1e200, 1e200]])


def fit_transform_silently(estimator, y):
    """Return what a fresh estimator makes of odd targets, of which it may warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return clone(estimator).fit_transform(y)


def expect(error, function, *args, message, **kwargs):
    """Require an error and return it."""
    try:
        function(*args, **kwargs)
    except error as found:
        return found
    raise AssertionError(f"{message} must raise {error.__name__}.")


def check_clone_and_params(estimator):
    """Parameters survive clone, get_params and set_params; __init__ only assigns."""
    params = estimator.get_params(deep=False)
    copy = clone(estimator)
    assert copy is not estimator
    assert repr(copy.get_params(deep=False)) == repr(params)
    for name, value in params.items():
        assert getattr(estimator, name) is value
    copy.fit(skewed_targets())
    assert repr(copy.get_params(deep=False)) == repr(params), "fit must not write parameters"


def check_unknown_parameter(estimator):
    """A parameter that does not exist is refused."""
    expect(ValueError, estimator.set_params, no_such_parameter=1, message="An unknown parameter")


def check_parameter_constraints(estimator):
    """A parameter of an absurd type is refused in fit with an error that names it."""
    for name in estimator.get_params(deep=False):
        bad = clone(estimator).set_params(**{name: object()})
        error = expect(ValueError, bad.fit, skewed_targets(), message=f"{name}=object()")
        assert name in str(error), f"the error must name {name!r}"


def check_input_kinds(estimator):
    """Lists, arrays of any numeric type, strided views and Series give the same result."""
    y = np.round(2 * skewed_targets())
    expected = clone(estimator).fit_transform(y)
    kinds = {
        "list": y.tolist(),
        "float32": y.astype(np.float32),
        "int": y.astype(int),
        "strided": np.repeat(y, 2)[::2],
        "read-only": np.frombuffer(y.tobytes()),
    }
    try:
        import pandas as pd
    except ImportError:
        pass
    else:
        kinds["Series"] = pd.Series(y, index=np.arange(len(y))[::-1], name="target")
    for kind, values in kinds.items():
        got = clone(estimator).fit_transform(values)
        assert type(got) is np.ndarray and got.dtype == np.float64, kind
        np.testing.assert_allclose(got, expected, rtol=1e-9, err_msg=kind)


def check_input_not_modified(estimator):
    """Neither targets nor sample weights are written to."""
    y, weight = skewed_targets(), np.random.default_rng(1).integers(0, 3, 300).astype(float)
    y_before, weight_before = y.copy(), weight.copy()
    clone(estimator).fit(y, weight).transform(y)
    clone(estimator).fit_transform(y, weight)
    np.testing.assert_array_equal(y, y_before)
    np.testing.assert_array_equal(weight, weight_before)


def check_fit_then_transform(estimator):
    """Fit, then transform gives what fit_transform gives; so does transform of a part."""
    y = skewed_targets()
    both = clone(estimator)
    together = both.fit_transform(y)
    np.testing.assert_allclose(both.transform(y), together, rtol=1e-9)
    fitted = clone(estimator).fit(y)
    np.testing.assert_allclose(fitted.transform(y), together, rtol=1e-9)
    np.testing.assert_allclose(fitted.transform(y[:5]), together[:5], rtol=1e-9)
    assert fitted.transform([]).shape == (0,)


def check_refit(estimator):
    """A refit forgets the first fit, and equals a fresh one."""
    y = skewed_targets()
    refitted = clone(estimator).fit(y[:150] * 10).fit(y)
    np.testing.assert_array_equal(refitted.transform(y), clone(estimator).fit(y).transform(y))


def check_failed_refit(estimator):
    """A fit that raises leaves a fitted estimator as it was."""
    y = skewed_targets()
    fitted = clone(estimator).fit(y)
    expected, state = fitted.transform(y), vars(fitted).copy()
    invalid = {"y with NaN": np.append(y, np.nan), "weights": (10 * y, -y)}
    for method in ("fit", "fit_transform", "partial_fit"):
        for what, given in invalid.items() if hasattr(fitted, method) else ():
            given = given if isinstance(given, tuple) else (given,)
            expect(ValueError, getattr(fitted, method), *given, message=f"{method} with {what}")
            np.testing.assert_array_equal(fitted.transform(y), expected, err_msg=what)
    for name, value in estimator.get_params(deep=False).items():
        fitted.set_params(**{name: object()})
        expect(ValueError, fitted.fit, 10 * y, message=f"{name}=object()")
        fitted.set_params(**{name: value})
        np.testing.assert_array_equal(fitted.transform(y), expected, err_msg=name)
    assert vars(fitted).keys() == state.keys()


def check_fitted_state(estimator):
    """What is fitted does not follow parameters that are set afterwards."""
    y = skewed_targets()
    fitted = clone(estimator).fit(y)
    expected = fitted.transform(y)
    for name in estimator.get_params(deep=False):
        setattr(fitted, name, object())
    np.testing.assert_array_equal(fitted.transform(y), expected)


def check_weight_is_repetition(estimator):
    """A row of weight 2 counts as the row twice, a row of weight 0 not at all."""
    y = skewed_targets()
    weight = np.random.default_rng(1).integers(0, 4, len(y))
    weight[[y.argmin(), y.argmax()]] = 0
    expected = clone(estimator).fit(np.repeat(y, weight)).transform(y)
    weighted = clone(estimator).fit(y, sample_weight=weight).transform(y)
    # a difference of densities, as a relevance may be, has fewer digits near zero
    close = {"rtol": 1e-7, "atol": 1e-9 * expected.max()}
    np.testing.assert_allclose(weighted, expected, **close)
    np.testing.assert_allclose(clone(estimator).fit_transform(y, weight), expected, **close)


def check_permutation(estimator):
    """The order of the rows does not matter."""
    y = skewed_targets()
    order = np.random.default_rng(1).permutation(len(y))
    expected = clone(estimator).fit_transform(y)[order]
    got = clone(estimator).fit_transform(y[order])
    np.testing.assert_allclose(got, expected, rtol=1e-9, atol=1e-12)


def check_shift_and_scale(estimator):
    """Other units of the target do not change the result."""
    y = skewed_targets()
    expected = clone(estimator).fit_transform(y)
    for other in (1000.0 * y, 1e-6 * y, y + 100.0):
        got = clone(estimator).fit_transform(other)
        np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-9 * expected.max())


def check_unfitted(estimator):
    """Transform before fit is refused."""
    expect(
        NotFittedError,
        clone(estimator).transform,
        skewed_targets(),
        message="transform before fit",
    )


def check_pickle(estimator):
    """A fitted estimator survives pickling."""
    y = skewed_targets()
    fitted = clone(estimator).fit(y)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.transform(y), fitted.transform(y))


def check_bad_targets(estimator):
    """Invalid targets raise an error."""
    for what, y in {
        "empty": [],
        "2-d": np.ones((10, 2)),
        "0-d": 1.0,
        "text": np.array(["a", "b", "c"]),
        "objects": np.array([object(), object()]),
        "numbers as text": np.array(["1", "2"], dtype=object),
        "NaN": np.array([1.0, np.nan, 2.0]),
        "infinity": np.array([1.0, np.inf, 2.0]),
        "complex": np.array([1j, 2.0]),
        "dates": np.array(["2020-01-01", "2020-01-02"], dtype="datetime64[D]"),
        "durations": np.array([1, 2], dtype="timedelta64[s]"),
        "bytes": np.array([b"1", b"2"]),
        "masked": np.ma.array([1.0, 2.0, -9999.0], mask=[False, False, True]),
        "beyond float64": [1, 10**400],
    }.items():
        expect(ValueError, clone(estimator).fit, y, message=f"y that is {what}")
        expect(ValueError, clone(estimator).fit_transform, y, message=f"y that is {what}")


def check_bad_sample_weights(estimator):
    """Invalid sample weights raise an error."""
    y = skewed_targets()
    for what, weight in {
        "negative": -np.ones(300),
        "NaN": np.full(300, np.nan),
        "all zero": np.zeros(300),
        "too few": np.ones(299),
        "2-d": np.ones((300, 1)),
        "text": np.full(300, "a"),
        "masked": np.ma.array(np.ones(300), mask=y > np.median(y)),
    }.items():
        expect(ValueError, clone(estimator).fit, y, weight, message=f"weights: {what}")


CHECKS = (
    check_clone_and_params,
    check_unknown_parameter,
    check_parameter_constraints,
    check_input_kinds,
    check_input_not_modified,
    check_fit_then_transform,
    check_refit,
    check_failed_refit,
    check_fitted_state,
    check_weight_is_repetition,
    check_permutation,
    check_unfitted,
    check_pickle,
    check_bad_targets,
    check_bad_sample_weights,
)


def has_units(estimator):
    """Tell whether a parameter is in units of y, so that other units change the result."""
    params = estimator.get_params(deep=False)
    bandwidth, bins = params.get("bandwidth"), params.get("bins")
    edges = not (bins is None or isinstance(bins, int) or repr(bins) == "'auto'")
    relevance = params.get("relevance")
    if hasattr(relevance, "get_params"):
        relevance = True if has_units(relevance) else None
    return (
        edges
        or not (bandwidth is None or isinstance(bandwidth, str))
        or params.get("control_points") is not None
        or relevance is not None
    )
