"""Values: frozen dataclasses whose arrays cannot be written to."""

import numpy as np


class FrozenArrays:
    """Base of frozen dataclasses that makes their arrays read-only, also after pickling."""

    def __post_init__(self):
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                value.setflags(write=False)

    def __setstate__(self, state):
        vars(self).update(state)
        self.__post_init__()

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self
