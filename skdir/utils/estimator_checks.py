"""Common checks for weighters and relevances, for skdir's own and for those of others.

scikit-learn's suite runs a single check on transformers of a target, so these are what tests them.
"""

import re

from skdir.utils._checks import relevance as _relevance_checks
from skdir.utils._checks import weighter as _weighter_checks
from skdir.utils._validation import parameter_error

__all__ = [
    "check_relevance_function",
    "check_weighter",
    "parametrize_with_checks",
    "relevance_checks",
    "weighter_checks",
]


def relevance_checks(relevance):
    """Yield the checks that apply to a relevance.

    Parameters
    ----------
    relevance : estimator
        A relevance: ``fit(y, sample_weight)``, ``transform(y)``, ``fit_transform``, callable. If
        it has ``bumps(y, threshold)``, they are checked, too. If a parameter called ``bandwidth``
        is a number or ``control_points`` are given, the checks with targets of other units are
        left out.

    Yields
    ------
    check : callable
        Function of the relevance that raises an AssertionError if it fails.

    Examples
    --------
    >>> from skdir.relevance import RelevanceFunction
    >>> from skdir.utils.estimator_checks import relevance_checks
    >>> len(list(relevance_checks(RelevanceFunction())))
    24
    """
    yield from _relevance_checks.applicable_checks(relevance)


def weighter_checks(weighter):
    """Yield the checks that apply to a weighter.

    Parameters
    ----------
    weighter : estimator
        A weighter: ``fit(y, sample_weight)``, ``transform(y)``, ``fit_transform``. If a parameter
        called ``bandwidth`` is a number, ``bins`` are edges or ``relevance`` is in units of y, the
        checks with targets of other units are left out.

    Yields
    ------
    check : callable
        Function of the weighter that raises an AssertionError if it fails.

    Examples
    --------
    >>> from skdir.utils.estimator_checks import weighter_checks
    >>> from skdir.weighting import LDSWeighter
    >>> len(list(weighter_checks(LDSWeighter())))
    20
    """
    yield from _weighter_checks.applicable_checks(weighter)


def check_relevance_function(relevance):
    """Run all checks on a relevance.

    Parameters
    ----------
    relevance : estimator
        The relevance.

    Raises
    ------
    AssertionError
        If a check fails.

    Examples
    --------
    >>> from skdir.relevance import RelevanceFunction
    >>> from skdir.utils.estimator_checks import check_relevance_function
    >>> check_relevance_function(RelevanceFunction(method="quantile"))
    """
    for check in relevance_checks(relevance):
        check(relevance)


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


def parametrize_with_checks(estimators):
    """Parametrize a pytest function ``test(estimator, check)`` with all checks.

    Parameters
    ----------
    estimators : list of estimators
        Weighters and relevances. A relevance is callable, a weighter is not.

    Returns
    -------
    decorator : pytest.mark.parametrize
        The mark.

    Raises
    ------
    TypeError
        If one of them is neither.

    Examples
    --------
    >>> from skdir.relevance import RelevanceFunction
    >>> from skdir.utils.estimator_checks import parametrize_with_checks
    >>> from skdir.weighting import DenseWeighter
    >>> @parametrize_with_checks([DenseWeighter(), RelevanceFunction()])
    ... def test_my_estimators(estimator, check):
    ...     check(estimator)
    """
    import pytest

    cases = [
        pytest.param(estimator, check, id=f"{_label(estimator)}-{check.__name__}")
        for estimator in estimators
        for check in _checks_of(estimator)
    ]
    return pytest.mark.parametrize(("estimator", "check"), cases)


def _checks_of(estimator):
    """Return the checks of what an estimator is."""
    methods = ("get_params", "fit", "transform", "fit_transform")
    if isinstance(estimator, type) or not all(hasattr(estimator, name) for name in methods):
        raise parameter_error(
            "estimators",
            "parametrize_with_checks",
            "made of instances of weighters and relevances, with fit, transform and fit_transform",
            repr(estimator),
            error=TypeError,
        )
    return relevance_checks(estimator) if callable(estimator) else weighter_checks(estimator)


def _label(estimator):
    """Return a short name with the parameters that are not the defaults.

    Without addresses of functions: the processes of a parallel run must agree on the names.
    """
    return "".join(re.sub(r" at 0x[0-9a-fA-F]+", "", repr(estimator)).split())[:70]
