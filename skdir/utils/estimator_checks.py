"""Common checks for weighters, for skdir's own and for those of others.

scikit-learn's suite runs a single check on transformers of a target, so these are what tests them.
"""

import pickle

import numpy as np
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

__all__ = ["check_weighter", "parametrize_with_checks", "weighter_checks"]


def _targets(n=300):
    """Return skewed targets without ties."""
    return np.random.default_rng(0).gamma(2.0, 3.0, size=n)


def _expect(error, function, *args, message, **kwargs):
    """Require an error."""
    try:
        function(*args, **kwargs)
    except error:
        return
    raise AssertionError(f"{message} must raise {error.__name__}.")


def check_clone_and_params(weighter):
    """Parameters survive clone, get_params and set_params; __init__ only assigns."""
    params = weighter.get_params(deep=False)
    copy = clone(weighter)
    assert copy is not weighter
    assert repr(copy.get_params(deep=False)) == repr(params)
    for name, value in params.items():
        assert getattr(weighter, name) is value
    copy.fit(_targets())
    assert repr(copy.get_params(deep=False)) == repr(params), "fit must not write parameters"


def check_unknown_parameter(weighter):
    """A parameter that does not exist is refused."""
    _expect(ValueError, weighter.set_params, no_such_parameter=1, message="An unknown parameter")


def check_parameter_constraints(weighter):
    """A parameter of an absurd type is refused in fit with an error that names it."""
    for name in weighter.get_params(deep=False):
        bad = clone(weighter).set_params(**{name: object()})
        try:
            bad.fit(_targets())
        except ValueError as error:
            assert name in str(error), f"the error must name {name!r}"
        else:
            raise AssertionError(f"{name}=object() must raise ValueError.")


def check_input_kinds(weighter):
    """Lists, arrays of any numeric type, strided views and Series give the same weights."""
    y = np.round(_targets())
    expected = clone(weighter).fit_transform(y)
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
        got = clone(weighter).fit_transform(values)
        assert type(got) is np.ndarray and got.dtype == np.float64, kind
        np.testing.assert_allclose(got, expected, rtol=1e-9, err_msg=kind)


def check_input_not_modified(weighter):
    """Neither targets nor sample weights are written to."""
    y, weight = _targets(), np.random.default_rng(1).integers(0, 3, 300).astype(float)
    y_before, weight_before = y.copy(), weight.copy()
    clone(weighter).fit(y, weight).transform(y)
    clone(weighter).fit_transform(y, weight)
    np.testing.assert_array_equal(y, y_before)
    np.testing.assert_array_equal(weight, weight_before)


def check_mean_one(weighter):
    """The weighted mean over the training targets is one; all weights are positive."""
    y, weight = _targets(), np.random.default_rng(1).uniform(0, 2, 300)
    got = clone(weighter).fit_transform(y)
    assert (got > 0).all() and np.isfinite(got).all()
    assert abs(got.mean() - 1) < 1e-9
    got = clone(weighter).fit_transform(y, weight)
    assert abs(np.average(got, weights=weight) - 1) < 1e-9


def check_fit_then_transform(weighter):
    """Fit, then transform gives what fit_transform gives; so does transform of a part."""
    y = _targets()
    both = clone(weighter)
    together = both.fit_transform(y)
    np.testing.assert_allclose(both.transform(y), together, rtol=1e-9)
    fitted = clone(weighter).fit(y)
    np.testing.assert_allclose(fitted.transform(y), together, rtol=1e-9)
    np.testing.assert_allclose(fitted.transform(y[:5]), together[:5], rtol=1e-9)
    assert fitted.transform([]).shape == (0,)


def check_refit(weighter):
    """A refit forgets the first fit, and equals a fresh one."""
    y = _targets()
    refitted = clone(weighter).fit(y[:150] * 10).fit(y)
    np.testing.assert_array_equal(refitted.transform(y), clone(weighter).fit(y).transform(y))


def check_fitted_state(weighter):
    """What is fitted does not follow parameters that are set afterwards."""
    y = _targets()
    fitted = clone(weighter).fit(y)
    expected = fitted.transform(y)
    for name in weighter.get_params(deep=False):
        setattr(fitted, name, object())
    np.testing.assert_array_equal(fitted.transform(y), expected)


def check_weight_is_repetition(weighter):
    """A row of weight 2 counts as the row twice, a row of weight 0 not at all."""
    y = _targets()
    weight = np.random.default_rng(1).integers(0, 4, len(y))
    weight[[y.argmin(), y.argmax()]] = 0
    weighted = clone(weighter).fit(y, sample_weight=weight)
    repeated = clone(weighter).fit(np.repeat(y, weight))
    np.testing.assert_allclose(weighted.transform(y), repeated.transform(y), rtol=1e-7)
    np.testing.assert_allclose(
        weighted.effective_sample_size_, repeated.effective_sample_size_, rtol=1e-7
    )
    np.testing.assert_allclose(
        clone(weighter).fit_transform(y, weight), repeated.transform(y), rtol=1e-7
    )


def check_permutation(weighter):
    """The order of the rows does not matter."""
    y = _targets()
    order = np.random.default_rng(1).permutation(len(y))
    expected = clone(weighter).fit_transform(y)[order]
    np.testing.assert_allclose(clone(weighter).fit_transform(y[order]), expected, rtol=1e-9)


def check_shift_and_scale(weighter):
    """Other units of the target do not change the weights."""
    y = _targets()
    expected = clone(weighter).fit_transform(y)
    for other in (1000.0 * y, 1e-6 * y, y + 100.0):
        np.testing.assert_allclose(clone(weighter).fit_transform(other), expected, rtol=1e-6)


def check_effective_sample_size(weighter):
    """The effective sample size is (sum w)^2 / sum w^2."""
    fitted = clone(weighter).fit(_targets())
    weight = fitted.transform(_targets())
    expected = weight.sum() ** 2 / (weight**2).sum()
    np.testing.assert_allclose(fitted.effective_sample_size_, expected, rtol=1e-9)


def check_unseen_targets(weighter):
    """Unseen targets weigh a finite amount, at most as much as the rarest training row."""
    y = _targets()
    fitted = clone(weighter).fit(y)
    unseen = np.concatenate([np.linspace(y.min() - 50, y.max() + 50, 999), [-1e200, 1e200]])
    got = fitted.transform(unseen)
    assert np.isfinite(got).all() and (got > 0).all()
    assert got.max() <= fitted.transform(y).max() * (1 + 1e-9)


def check_unfitted(weighter):
    """Transform before fit is refused."""
    _expect(NotFittedError, clone(weighter).transform, _targets(), message="transform before fit")


def check_pickle(weighter):
    """A fitted weighter survives pickling."""
    y = _targets()
    fitted = clone(weighter).fit(y)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.transform(y), fitted.transform(y))


def check_bad_targets(weighter):
    """Targets that are no targets are refused."""
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
    }.items():
        _expect(ValueError, clone(weighter).fit, y, message=f"y that is {what}")
        _expect(ValueError, clone(weighter).fit_transform, y, message=f"y that is {what}")


def check_bad_sample_weights(weighter):
    """Sample weights that are none are refused."""
    y = _targets()
    for what, weight in {
        "negative": -np.ones(300),
        "NaN": np.full(300, np.nan),
        "all zero": np.zeros(300),
        "too few": np.ones(299),
        "2-d": np.ones((300, 1)),
        "text": np.full(300, "a"),
    }.items():
        _expect(ValueError, clone(weighter).fit, y, weight, message=f"weights: {what}")


def check_odd_targets(weighter):
    """Unusual but valid targets give finite, positive weights of mean one."""
    rng = np.random.default_rng(0)
    for what, y in {
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
    }.items():
        got = clone(weighter).fit_transform(y)
        assert np.isfinite(got).all() and (got > 0).all(), what
        assert abs(got.mean() - 1) < 1e-9, what


_CHECKS = (
    check_clone_and_params,
    check_unknown_parameter,
    check_parameter_constraints,
    check_input_kinds,
    check_input_not_modified,
    check_mean_one,
    check_fit_then_transform,
    check_refit,
    check_fitted_state,
    check_weight_is_repetition,
    check_permutation,
    check_effective_sample_size,
    check_unseen_targets,
    check_unfitted,
    check_pickle,
    check_bad_targets,
    check_bad_sample_weights,
)
# These hold where no parameter is in units of y.
_UNIT_FREE_CHECKS = (check_shift_and_scale, check_odd_targets)


def weighter_checks(weighter):
    """Yield the checks that apply to a weighter.

    Parameters
    ----------
    weighter : estimator
        A weighter: ``fit(y, sample_weight)``, ``transform(y)``, ``fit_transform``. If a parameter
        called ``bandwidth`` is a number or ``bins`` are edges, the checks with targets of other
        units are left out.

    Yields
    ------
    check : callable
        Function of the weighter that raises an AssertionError if it fails.

    Examples
    --------
    >>> from skdir.utils.estimator_checks import weighter_checks
    >>> from skdir.weighting import LDSWeighter
    >>> len(list(weighter_checks(LDSWeighter())))
    19
    """
    yield from _CHECKS
    params = weighter.get_params(deep=False)
    bandwidth, bins = params.get("bandwidth"), params.get("bins")
    edges = not (bins is None or isinstance(bins, int) or repr(bins) == "'auto'")
    if not edges and (bandwidth is None or isinstance(bandwidth, str)):
        yield from _UNIT_FREE_CHECKS


def check_weighter(weighter):
    """Run all checks on a weighter.

    Parameters
    ----------
    weighter : estimator
        The weighter.

    Raises
    ------
    AssertionError
        If a check fails.

    Examples
    --------
    >>> from skdir.utils.estimator_checks import check_weighter
    >>> from skdir.weighting import DenseWeighter
    >>> check_weighter(DenseWeighter())
    """
    for check in weighter_checks(weighter):
        check(weighter)


def parametrize_with_checks(weighters):
    """Parametrize a pytest function ``test(weighter, check)`` with all checks.

    Parameters
    ----------
    weighters : list of estimators
        The weighters.

    Returns
    -------
    decorator : pytest.mark.parametrize
        The mark.

    Examples
    --------
    >>> from skdir.utils.estimator_checks import parametrize_with_checks
    >>> from skdir.weighting import DenseWeighter
    >>> @parametrize_with_checks([DenseWeighter()])
    ... def test_my_weighter(weighter, check):
    ...     check(weighter)
    """
    import pytest

    cases = [
        pytest.param(weighter, check, id=f"{_label(weighter)}-{check.__name__}")
        for weighter in weighters
        for check in weighter_checks(weighter)
    ]
    return pytest.mark.parametrize(("weighter", "check"), cases)


def _label(weighter):
    """Return a short name with the parameters that are not the defaults."""
    return "".join(repr(weighter).split())[:70]
