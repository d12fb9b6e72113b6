"""What a container has to offer to samplers: the protocols of columns, tables and targets."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class Column(Protocol):
    """A column of a table library: numbers, dates or levels out of it, and its own type back.

    A new table library is one class with these members, constructed from a column of the library
    alone, and its place in `frames.LIBRARIES`. The library's frames must have a `shape` and their
    names as `columns`. A column is a value: no method changes it, or the series that it holds.

    Attributes
    ----------
    series : object
        The column of the library, with a `dtype` for messages.

    name : object
        Its name, for messages.

    is_level : bool
        Whether its type is one of levels, which "auto" takes for categorical.

    is_number : bool
        Whether `to_numbers` reads it; dates are none.

    is_date : bool
        Whether it holds dates or durations, so that `to_ticks` reads it.

    is_whole : bool
        Whether its numbers are whole, so that new ones are rounded. It is asked for only where
        `to_numbers` or `to_ticks` has read the column.

    plain : dtype or None
        The type of numpy that its numbers have, if there is one.

    tick_limits : tuple of int
        The smallest and the largest tick that its type of dates holds.
    """

    series: object
    name: object
    is_level: bool
    is_number: bool
    is_date: bool
    is_whole: bool
    plain: object
    tick_limits: tuple

    @staticmethod
    def is_frame(data):
        """Return whether some object is a frame of the library, which is not imported for that."""

    @staticmethod
    def is_series(data):
        """Return whether some object is a column of the library."""

    @classmethod
    def of_frame(cls, frame):
        """Return the columns of a frame, in order, as a list of this class."""

    @staticmethod
    def to_frame(series, like):
        """Return a frame of columns of the library, with the names of another frame."""

    @staticmethod
    def take_rows(frame, rows):
        """Return the rows of a frame at some positions, with the labels of its index if any."""

    def to_numbers(self, caller):
        """Return the values as float64, NaN where missing.

        Raises
        ------
        ValueError, TypeError
            If they are no numbers, in the words of `columns.refuse_column`.
        """

    def to_ticks(self):
        """Return dates as int64 of their unit, in UTC, and a mask of those that are missing."""

    def to_levels(self, caller):
        """Return a code for each row, equal for equal values; a missing value is a level, too.

        Raises
        ------
        ValueError
            If values cannot be told apart, in the words of `columns.refuse_column`.
        """

    def from_numbers(self, values):
        """Return a new column of the library with this column's name and type.

        Parameters
        ----------
        values : ndarray of shape (n,)
            Finite float64; they are rounded, and clipped to the range of the type, as it needs.
        """

    def from_ticks(self, ticks):
        """Return a new column of dates with this column's name and type, from ticks in limits."""

    def take(self, rows):
        """Return the rows at some positions, as a column of the library."""

    def take_from_both(self, new, rows):
        """Return the rows at some positions of this column followed by a new one of its type."""


@runtime_checkable
class Table(Protocol):
    """Features in their container: numbers for the algorithms, and rows of its own kind back.

    Attributes
    ----------
    n_features : int
        Number of features.

    names : list
        Names of the columns of a DataFrame; other containers have none.

    keeps_index : bool
        Whether rows that are copied keep the labels of their index.
    """

    n_features: int
    names: list
    keeps_index: bool

    def rows(self):
        """Return the features as :class:`Rows`."""

    def build(self, kept, seeds, new_rows):
        """Return some of the rows, then new ones, in a container like the original.

        Parameters
        ----------
        kept : ndarray of shape (n_kept,)
            Positions of the rows that stay, which come back as they are.

        seeds : ndarray of shape (n_new,)
            Positions of the rows that the new ones grew from.

        new_rows : Rows or None
            The new rows; None copies the seeds.
        """


@runtime_checkable
class Target(Protocol):
    """A continuous target in its container.

    Attributes
    ----------
    values : ndarray of shape (n_samples,)
        Targets as float64, all finite.
    """

    values: object

    def build(self, kept, seeds, new_values, *, index, keeps_index):
        """Return some of the targets, then new ones, in the container and with the type of y.

        Parameters
        ----------
        kept, seeds : ndarray
            Positions of the targets that stay, and of those that the new rows grew from.

        new_values : ndarray of shape (n_new,) or None
            Targets of the new rows; None copies those of the seeds. Whole numbers stay whole, by
            rounding, and new targets stay within the bounds of the old ones, as of one sign.

        index : object or None
            The index of the resampled X if that is a frame which has one; a Series takes it over.

        keeps_index : bool
            Whether a Series keeps the labels of its rows if X has none.
        """
