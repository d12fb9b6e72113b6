"""Python code that repeats a comparison."""

from skdir.utils._text.source import NotExpressibleError, to_source


def repeat_code(results, setup=None):
    """Return Python code that repeats a comparison."""
    facts, imports, arguments, given = results.facts, set(), [], []
    if setup is None:
        try:
            regressor = to_source(facts.regressor, imports)
        except NotExpressibleError:
            regressor = f"...  # yours: {' '.join(repr(facts.regressor).split())}"
        setup = f"X, y = ...  # the data\nregressor = {regressor}"
    body = setup.strip().splitlines()
    while body and (not body[0] or body[0].startswith(("from ", "import "))):
        line = body.pop(0)
        imports.update({line} if line else ())
    if results.sample_weight is not None:
        arguments.append("sample_weight=sample_weight")
        given.append("sample_weight = ...  # the weights of the rows")
    if facts.has_groups:
        arguments.append("groups=groups")
        given.append("groups = ...  # the groups of the rows")
    if facts.params:
        arguments.append("params=params")
        given.append(f"params = ...  # {', '.join(facts.params)}, for the fits")
    choices = [
        ("strategies", facts.strategies, "default"),
        ("cv", facts.cv, 5),
        ("bins", facts.bins, "auto"),
        ("rare_fraction", results.rare_fraction, 0.2),
        ("bandwidth", facts.bandwidth, None),
        ("random_state", facts.random_state, None),
    ]
    for name, value, default in choices:
        if isinstance(value, type(default)) and value == default:
            continue
        try:
            arguments.append(f"{name}={to_source(value, imports)}")
        except NotExpressibleError:
            arguments.append(f"{name}={name}")
            given.append(f"{name} = ...  # as they were")
    imports.add("from skdir.comparison import compare_strategies")
    call = "".join(f"    {argument},\n" for argument in ("regressor", "X", "y", *arguments))
    lines = [*sorted(imports), "", *body, *given, f"comparison = compare_strategies(\n{call})"]
    return "\n".join([*lines, "print(comparison.table())", 'comparison.to_html("report.html")'])
