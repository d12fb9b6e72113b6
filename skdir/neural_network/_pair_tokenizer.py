"""Sentences as token numbers."""

import os
import re
from collections import Counter
from numbers import Integral
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from skdir.utils._estimators.base import VersionedPickle
from skdir.utils._estimators.fit_context import fit_context
from skdir.utils._sklearn_compat import Interval, validate_params
from skdir.utils._text.reading import file_errors, open_text
from skdir.utils._validation import check_unmasked, parameter_error

PADDING, UNKNOWN = 0, 1
_SPECIAL = 2
_READER = "PairTokenizer.make_embeddings"
_REMEDY = "Pass a text file of vectors in UTF-8"
# The largest files of vectors known have 6 GB of text.
_MAX_BYTES = 2**34


class PairTokenizer(VersionedPickle, TransformerMixin, BaseEstimator):
    r"""Turn pairs of sentences into token numbers, for :class:`PairTextEncoder`.

    Parameters
    ----------
    max_length : int, default=40
        Tokens per sentence; longer ones are cut.

    max_tokens : int, default=30000
        Number of tokens, padding and the unknown one included. The most frequent are kept.

    min_count : int, default=1
        Least number of times that a token is there in training.

    lowercase : bool, default=True
        Whether capital letters are made small.

    token_pattern : str, default=r"\\w+|[^\\w\\s]"
        Regular expression of a token: by default words, numbers and single signs.

    Attributes
    ----------
    vocabulary_ : dict of str to int
        Number of each token: 0 is padding, 1 any other token, then by falling frequency.

    n_tokens_ : int
        Number of tokens, with those two.

    length_ : int
        Length of the sequences: that of the longest training sentence, `max_length` at most.

    n_features_in_ : int
        2.

    feature_names_in_ : ndarray of shape (2,)
        Names of the columns, if X had names that are all strings.

    See Also
    --------
    PairTextEncoder : The network for them.

    Notes
    -----
    The cost is that of the regular expression, once over the text. No training token is unknown
    unless `max_tokens` or `min_count` leave some out.

    Examples
    --------
    >>> from skdir.neural_network import PairTokenizer
    >>> pairs = [["A man sings.", "A man is singing."], ["A dog runs.", "The cat sleeps."]]
    >>> tokenizer = PairTokenizer().fit(pairs)
    >>> tokenizer.transform([["A man runs.", "A bird."]])
    array([[[3, 4, 8, 2, 0],
            [3, 1, 2, 0, 0]]])
    """

    _parameter_constraints: dict = {
        "max_length": [Interval(Integral, 1, None, closed="left")],
        "max_tokens": [Interval(Integral, _SPECIAL + 1, 2**24, closed="both")],
        "min_count": [Interval(Integral, 1, None, closed="left")],
        "lowercase": ["boolean"],
        "token_pattern": [str],
    }

    def __init__(
        self,
        *,
        max_length=40,
        max_tokens=30_000,
        min_count=1,
        lowercase=True,
        token_pattern=r"\w+|[^\w\s]",
    ):
        self.max_length = max_length
        self.max_tokens = max_tokens
        self.min_count = min_count
        self.lowercase = lowercase
        self.token_pattern = token_pattern

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn the tokens of training sentences.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_pairs, 2)
            Sentences.

        y : None
            Not used.

        Returns
        -------
        self : PairTokenizer
            Fitted tokenizer.

        Raises
        ------
        ValueError
            If X has no two columns of str, no token at all, or a parameter is not valid.
        """
        sentences = self._split(self._check(X, reset=True))
        counts = Counter(token for tokens in sentences for token in tokens)
        kept = sorted((-n, token) for token, n in counts.items() if n >= self.min_count)
        if not kept:
            raise ValueError(
                "The 'X' parameter of PairTokenizer.fit must be sentences with at least "
                f"{self.min_count} of some token that 'token_pattern' finds. Got none."
            )
        kept = kept[: self.max_tokens - _SPECIAL]
        self.vocabulary_ = {token: i for i, (_, token) in enumerate(kept, start=_SPECIAL)}
        self.n_tokens_ = len(self.vocabulary_) + _SPECIAL
        self.length_ = int(min(self.max_length, max(map(len, sentences))))
        return self

    def transform(self, X):
        """Return token numbers.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_pairs, 2)
            Sentences.

        Returns
        -------
        tokens : ndarray of shape (n_pairs, 2, length_)
            Token numbers, filled up with 0.
        """
        check_is_fitted(self)
        sentences = self._split(self._check(X, reset=False))
        tokens = np.full((len(sentences), self.length_), PADDING)
        find = self.vocabulary_.get
        for row, words in zip(tokens, sentences):
            numbers = [find(word, UNKNOWN) for word in words[: self.length_]]
            row[: len(numbers)] = numbers
        return tokens.reshape(-1, 2, self.length_)

    @validate_params(
        {"path": [str, os.PathLike], "random_state": ["random_state"]},
        prefer_skip_nested_validation=True,
    )
    def make_embeddings(self, path, *, random_state=0):
        """Read vectors of the tokens from a file of GloVe's form.

        Parameters
        ----------
        path : str or path-like
            Text, also compressed with gzip: on each line a token and its numbers, with a space
            between. A first line of two whole numbers, as word2vec writes it, is skipped.

        random_state : int, RandomState instance or None, default=0
            Draws the vectors of tokens that are not in the file, from normal distributions with
            the standard deviation of those that are.

        Returns
        -------
        embeddings : ndarray of shape (n_tokens_, size)
            Vectors in float32 for :class:`PairTextEncoder`; that of the padding is zero.

        Raises
        ------
        ValueError
            If a line has fewer fields than the first, or a vector that is needed has something
            else than finite numbers; the message has the number of the line. If no token is in the
            file.

        Notes
        -----
        The file is read line by line, once; only vectors of known tokens are kept.
        """
        check_is_fitted(self)
        found = _read_vectors(Path(path).expanduser(), self.vocabulary_)
        rows = np.array(list(found))
        vectors = np.stack(list(found.values()))
        rng = check_random_state(random_state)
        made = rng.normal(0.0, vectors.std(), size=(self.n_tokens_, vectors.shape[1]))
        made[rows] = vectors
        made[PADDING] = 0
        return made.astype(np.float32)

    def _check(self, X, *, reset):
        """Return an array of objects with two columns of sentences."""
        check_unmasked(X, caller="PairTokenizer")
        X = validate_data(self, X, reset=reset, dtype=object, ensure_all_finite=False)
        if X.shape[1] != 2:
            raise parameter_error("X", "PairTokenizer", "of shape (n_pairs, 2)", f"{X.shape}")
        odd = [value for value in X.flat if not isinstance(value, str)]
        if odd:
            raise parameter_error("X", "PairTokenizer", "sentences of type str", repr(odd[0]))
        return X

    def _split(self, X):
        """Return the tokens of each sentence, both of a pair one after the other."""
        try:
            pattern = re.compile(self.token_pattern)
        except (re.error, RecursionError, OverflowError) as error:
            accepted = "a regular expression"
            got = f"{self.token_pattern!r} ({error})"
            raise parameter_error("token_pattern", "PairTokenizer", accepted, got) from None
        if pattern.groups > 1:
            accepted = "a regular expression with one group at most (others are written (?:...))"
            raise parameter_error("token_pattern", "PairTokenizer", accepted, self.token_pattern)
        find = pattern.findall
        return [find(text.lower() if self.lowercase else text) for text in X.flat]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _read_vectors(path, vocabulary):
    """Return vectors by number of token."""
    found, size = {}, None
    with file_errors(path, _READER, _REMEDY), open_text(path, limit=_MAX_BYTES) as file:
        for number, line in enumerate(file, start=1):
            line = line.rstrip()
            n_spaces = line.count(" ")
            if number == 1 and n_spaces == 1 and line.replace(" ", "").isdecimal():
                continue
            size = size or n_spaces
            if n_spaces < max(size, 1):
                raise _line_error(path, number, f"a token and {max(size, 1)} numbers", line)
            # tokens may have spaces in them; most lines are of words that nobody asks for
            token = line.partition(" ")[0] if n_spaces == size else line.rsplit(" ", size)[0]
            if token in vocabulary and vocabulary[token] not in found:
                values = line.rsplit(" ", size)[1:]
                found[vocabulary[token]] = _numbers(values, path, number, line)
    if not found:
        raise ValueError(
            f"{_READER}: {path} must have vectors of tokens of the training sentences. Got none."
        )
    return found


def _numbers(values, path, number, line):
    try:
        with np.errstate(over="ignore"):
            vector = np.array(values, dtype=np.float32)
    except ValueError:
        vector = np.array([np.nan])
    if not np.isfinite(vector).all():
        raise _line_error(path, number, "finite numbers after the token", line)
    return vector


def _line_error(path, number, wanted, line):
    line = line if len(line) <= 40 else f"{line[:37]}..."
    return ValueError(
        f"{_READER}: line {number} of {path} must have {wanted}, with a space "
        f"between. Got {line!r}."
    )
