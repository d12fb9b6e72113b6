"""Parts that docstrings share: written once, put where their names stand in braces."""


def shared_docs(parts):
    """Return a decorator that completes docstrings.

    Parameters
    ----------
    parts : dict of str to str
        Text by name, such as the description of a parameter, indented as a docstring of a class or
        function at the top of a module.

    Returns
    -------
    decorator : callable
        It puts the texts in the place of their names in braces, such as ``{threshold}``.
    """

    def decorator(documented):
        if documented.__doc__:  # python -OO has none
            for name, text in parts.items():
                documented.__doc__ = documented.__doc__.replace(f"{{{name}}}", text)
        return documented

    return decorator
