"""Values: frozen dataclasses whose arrays cannot be written to."""

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType

import numpy as np


class FrozenArrays:
    """Base of frozen dataclasses whose arrays cannot be written to.

    That holds for arrays in fields, and in tuples and mappings in fields; also after pickling,
    copying and `dataclasses.replace`. Lists become tuples, and mappings cannot be written to.

    An array is copied where anybody can write to its memory: it may be a user's, who goes on with
    it. A read-only view of other memory is no exception, such as pandas gives of a Series. An array
    that is read-only down to its own memory is taken as it is: who has made a large one freezes it
    first, see `read_only`.
    """

    def __post_init__(self):
        for field in fields(self):
            value = self._frozen(getattr(self, field.name))
            object.__setattr__(self, field.name, value)

    def __reduce__(self):
        # through the constructor: an array forgets that it is frozen where it is pickled
        values = (getattr(self, field.name) for field in fields(self))
        return type(self), tuple(dict(v) if isinstance(v, Mapping) else v for v in values)

    @classmethod
    def _frozen(cls, value):
        """Return the value of a field with all that it holds frozen."""
        if isinstance(value, np.ndarray):
            return cls._frozen_array(value)
        if isinstance(value, Mapping):
            return MappingProxyType({key: cls._frozen(part) for key, part in value.items()})
        return tuple(map(cls._frozen, value)) if type(value) in (list, tuple) else value

    @staticmethod
    def _frozen_array(array):
        return array if _is_frozen(array) else read_only(array.copy())


class OwnArrays(FrozenArrays):
    """Base of frozen dataclasses whose arrays were made for them, and are frozen in place.

    It is for values inside of skdir that are made again and again of arrays that may be large,
    such as a histogram of a million cells, and hold nothing that changes: a copy is the value.
    """

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    @staticmethod
    def _frozen_array(array):
        return read_only(array)


def _is_frozen(array):
    """Return whether nobody can write to the memory of an array, through it or what it views."""
    while isinstance(array, np.ndarray) and not array.flags.writeable:
        array = array.base
    return array is None


def read_only(array):
    """Return an array that was made here, which cannot be written to from now on."""
    array.setflags(write=False)
    return array
