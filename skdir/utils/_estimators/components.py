"""Components of an estimator that are left at None: the default that None stands for."""


class DefaultComponents:
    """Mixin of estimators with components whose None stands for a default estimator.

    Parameters of such a component are listed, set and searched as those of one that is given:
    ``set_params(weighter__bandwidth=1.0)`` first puts the default weighter in the place of None.
    """

    def _default_components(self):
        """Return a function that makes the default, for each such component by its name."""
        return {}

    def _component(self, name):
        """Return a component, a new default where it is None."""
        value = getattr(self, name)
        return self._default_components()[name]() if value is None else value

    def get_params(self, deep=True):
        """Return the parameters of this estimator.

        Parameters
        ----------
        deep : bool, default=True
            Whether to return those of components, too, defaults included.

        Returns
        -------
        params : dict of str to object
            Parameters by name.
        """
        params = super().get_params(deep=deep)
        for name, make in self._default_components().items() if deep else ():
            if params[name] is None:
                nested = make().get_params(deep=True)
                params |= {f"{name}__{key}": value for key, value in nested.items()}
        return params

    def set_params(self, **params):
        """Set parameters of this estimator and of its components.

        Parameters
        ----------
        **params : dict
            Parameters by name; ``component__parameter`` sets one of a component, also of one that
            is None and stands for its default.

        Returns
        -------
        self : estimator
            This estimator.
        """
        for name, make in self._default_components().items():
            nested = [key for key in params if key.startswith(f"{name}__")]
            if nested and params.get(name, getattr(self, name)) is None:
                own = {key.removeprefix(f"{name}__"): params.pop(key) for key in nested}
                params[name] = make().set_params(**own)
        return super().set_params(**params)
