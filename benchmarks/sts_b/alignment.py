"""More features of sentence pairs: stems, order, style, what has no partner, what ridge learns."""

import re
from difflib import SequenceMatcher

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.preprocessing import normalize

from benchmarks._shared.sentence_pairs import _cosine, _ngrams, words

_ENDINGS = (("ies", "y"), ("sses", "ss"), ("ing", ""), ("edly", ""), ("ed", ""), ("ers", "er"),
            ("es", ""), ("ly", ""), ("s", ""))  # fmt: skip
_NAME = re.compile(r"\b[A-Z][a-z]+")
_REACH = 3  # words to either side that are a word's company
_COMMON = 0.02  # share of the sentences from which on a stem is a function word


def stem(word):
    """Return a word without its ending: slicing and slices are slic."""
    if len(word) <= 3 or word[0].isdigit():
        return word
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: len(word) - len(ending)] + instead
            break
    if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
        word = word[:-1]
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def stems(sentence):
    """Return the stems of a sentence's words."""
    return [stem(word) for word in words(sentence)]


class AlignmentFeatures(TransformerMixin, BaseEstimator):
    """Numbers that say what two sentences share, in which order, and what is left of each.

    Vocabulary, frequencies and vectors are learned from the sentences of `fit`, each once.

    Parameters
    ----------
    n_components : int, default=150
        Components of latent semantic analysis of stems.

    n_vector : int, default=100
        Components of the vectors of stems, from their neighbours to the left and right.

    random_state : int or RandomState, default=0
        Seed of the decompositions.
    """

    def __init__(self, *, n_components=150, n_vector=100, random_state=0):
        self.n_components = n_components
        self.n_vector = n_vector
        self.random_state = random_state

    def fit(self, X, y=None):
        """Learn from two columns of sentences."""
        sentences = list(dict.fromkeys([*X[:, 0], *X[:, 1]]))
        self.by_stem_ = TfidfVectorizer(
            tokenizer=stems, token_pattern=None, sublinear_tf=True, min_df=2
        )
        self.lsa_ = TruncatedSVD(self.n_components, random_state=self.random_state)
        self.lsa_.fit(self.by_stem_.fit_transform(sentences))
        self.by_char_ = [
            TfidfVectorizer(analyzer="char_wb", ngram_range=(n, n), sublinear_tf=True, min_df=2)
            for n in (2, 3, 4)
        ]
        for vectorizer in self.by_char_:
            vectorizer.fit(sentences)
        counter = CountVectorizer(tokenizer=stems, token_pattern=None, binary=True)
        frequency = np.asarray(counter.fit_transform(sentences).sum(axis=0)).ravel()
        self.vocabulary_ = counter.vocabulary_
        self.idf_ = np.log((1 + len(sentences)) / (1 + frequency)) + 1
        self.share_ = frequency / len(sentences)
        spelled = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
        self.spelling_ = spelled.fit_transform(counter.get_feature_names_out())
        self.vectors_ = self._company(sentences)
        embedded = np.array([self._embed(s) for s in sentences])
        self.center_ = embedded.mean(axis=0)
        self.axes_ = np.linalg.svd(embedded - self.center_, full_matrices=False)[2][:30]
        return self

    def _company(self, sentences):
        """Return vectors of stems: positive pointwise mutual information with neighbours."""
        n = len(self.vocabulary_)  # also the number of the sentence's border
        rows, columns, values = [], [], []
        for sentence in sentences:
            ids = np.array([n, *(self.vocabulary_[s] for s in stems(sentence)), n])
            for reach in range(1, min(_REACH, len(ids) - 1) + 1):
                left, right = ids[:-reach], ids[reach:]
                rows += [right, left]
                columns += [left, right + n + 1]
                values += [np.full(len(left), 1 / reach)] * 2
        place = np.concatenate(rows), np.concatenate(columns)
        table = sparse.csr_matrix((np.concatenate(values), place), shape=(n + 1, 2 * n + 2))[:n]
        row = np.asarray(table.sum(axis=1)).ravel()
        column = np.asarray(table.sum(axis=0)).ravel() ** 0.75  # less weight for rare company
        table = table.tocoo()
        expected = row[table.row] * column[table.col] / column.sum()
        information = np.log(table.data / expected)
        kept = information > 0
        table = sparse.csr_matrix(
            (information[kept], (table.row[kept], table.col[kept])), shape=(n, 2 * n + 2)
        )
        svd = TruncatedSVD(self.n_vector, random_state=self.random_state)
        return normalize(svd.fit_transform(table) / np.sqrt(svd.singular_values_))

    def _embed(self, sentence):
        """Return the mean vector of a sentence, in which frequent stems weigh less."""
        ids = self._ids(stems(sentence))
        if not len(ids):
            return np.zeros(self.vectors_.shape[1])
        return np.average(self.vectors_[ids], axis=0, weights=1 / (1e-3 + self.share_[ids]))

    def _ids(self, tokens):
        """Return the numbers of the stems that are known."""
        known = [self.vocabulary_[t] for t in tokens if t in self.vocabulary_]
        return np.array(known, dtype=int)

    def _weights(self, tokens):
        """Return the stems' inverse document frequencies."""
        rare = self.idf_.max()
        return [self.idf_[self.vocabulary_[t]] if t in self.vocabulary_ else rare for t in tokens]

    def transform(self, X):
        """Return the features of pairs."""
        sides = [X[:, 0], X[:, 1]]
        by_stem = [self.by_stem_.transform(side) for side in sides]
        lsa = [normalize(self.lsa_.transform(part)) for part in by_stem]
        cosines = [_cosine(*by_stem)]
        cosines += [_cosine(*(v.transform(side) for side in sides)) for v in self.by_char_]
        cosines += [_angle(lsa[0][:, :k], lsa[1][:, :k]) for k in (10, 30, self.n_components)]
        embedded = [np.array([self._embed(s) for s in side]) - self.center_ for side in sides]
        one, two = (part @ self.axes_.T for part in embedded)
        topic = [(lsa[0] + lsa[1])[:, :25], (one + two)[:, :10]]
        vectors = [_angle(one, two), _angle(one[:, 1:], two[:, 1:])]
        vectors += [np.linalg.norm(one - two, axis=1), np.abs(one - two)[:, :15]]
        pairs = np.array([[*_style(*p), *self._order(*p), *self._rest(*p)] for p in X])
        return np.column_stack([*cosines, *topic, *vectors, pairs])

    def _order(self, first, second):
        """Return what is shared as sets, as sequences and as places in the sentence."""
        a, b = stems(first), stems(second)
        one, two = set(a), set(b)
        content = [{s for s in side if self._is_content(s)} for side in (one, two)]
        function = one - content[0], two - content[1]
        names = [set(_NAME.findall(s[1:])) for s in (first, second)]

        def weight(tokens):
            return sum(self._weights(sorted(tokens)))  # the same sum in any process

        shared, longest = content[0] & content[1], max(len(a), len(b), 1)
        run = _common_subsequence(a, b)
        moved = [abs(a.index(s) / len(a) - b.index(s) / len(b)) for s in sorted(one & two)]
        return [
            run / longest,
            run / max(min(len(a), len(b)), 1),
            SequenceMatcher(None, first.lower(), second.lower(), autojunk=False).ratio(),
            *(_overlap(_ngrams(a, n), _ngrams(b, n)) for n in (1, 2, 3)),
            *(_overlap(_ngrams(first.lower(), n), _ngrams(second.lower(), n)) for n in (2, 3, 4)),
            _overlap(*content),
            len(shared),
            len(content[0] ^ content[1]),
            len(shared) / max(min(len(content[0]), len(content[1])), 1),
            weight(shared) / max(weight(content[0] | content[1]), 1e-9),
            weight(one & two) / max(weight(one | two), 1e-9),
            weight(one & two) / max(min(weight(one), weight(two)), 1e-9),
            _overlap(*function),
            len(function[0] ^ function[1]),
            len(names[0] & names[1]),
            len(names[0] ^ names[1]),
            _overlap(*names),
            np.mean(moved) if moved else 1.0,
            _same_start(a, b) / longest,
            _same_start(a[::-1], b[::-1]) / longest,
        ]

    def _is_content(self, token):
        """Tell whether a stem is too rare for a function word."""
        return token not in self.vocabulary_ or self.share_[self.vocabulary_[token]] < _COMMON

    def _rest(self, first, second):
        """Return how much only one side has, and how well that, and all, finds a partner."""
        one, two = set(stems(first)), set(stems(second))
        rest = sorted(one - two), sorted(two - one)
        out = []
        for size in (len, sum, lambda weights: max(weights, default=0)):
            out += sorted(size(self._weights(part)) for part in rest)
        return [*out, *self._aligned(*rest), *self._aligned(sorted(one), sorted(two))]

    def _aligned(self, first, second):
        """Return mean likeness of each stem and its best partner; -1 where there is none."""
        one, two = self._ids(first), self._ids(second)
        if not (len(one) and len(two)):
            return [-1.0] * 7
        company = self.vectors_[one] @ self.vectors_[two].T
        spelled = (self.spelling_[one] @ self.spelling_[two].T).toarray()
        same = one[:, None] == two
        company[same] = spelled[same] = 1.0
        out = []
        for table in (company, spelled, np.maximum(company, spelled)):
            out += sorted(
                [
                    np.average(table.max(axis=1), weights=self.idf_[one]),
                    np.average(table.max(axis=0), weights=self.idf_[two]),
                ]
            )
        sums = [self.idf_[ids] @ self.vectors_[ids] for ids in (one, two)]
        return [*out, _angle(*(s[None] for s in sums))[0]]


class CharacterOverlap(TransformerMixin, BaseEstimator):
    """Which character n-grams (3 to 5) both sentences have, and which only one of them, sparse."""

    def fit(self, X, y=None):
        """Learn the n-grams."""
        self.vectorizer_ = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, min_df=3
        ).fit(list(dict.fromkeys([*X[:, 0], *X[:, 1]])))
        return self

    def transform(self, X):
        """Return differences, products, minima and sums, and powers of the cosine."""
        a, b = (self.vectorizer_.transform(X[:, i]) for i in (0, 1))
        cosine = _cosine(a, b)
        powers = 3 * np.column_stack([cosine, cosine**2, np.sqrt(np.maximum(cosine, 0))])
        parts = [abs(a - b), a.multiply(b), a.minimum(b), a + b, sparse.csr_matrix(powers)]
        return sparse.hstack(parts).tocsr()


class OutOfFold(TransformerMixin, BaseEstimator):
    """Predictions of a regressor as a feature; those of the training rows are out of fold.

    Parameters
    ----------
    regressor : estimator
        The regressor, cloned before it is fitted.

    cv : int, default=5
        Number of folds.

    random_state : int, default=0
        Seed of the folds.
    """

    def __init__(self, regressor, *, cv=5, random_state=0):
        self.regressor = regressor
        self.cv = cv
        self.random_state = random_state

    def fit(self, X, y):
        """Fit the regressor to all rows, for new ones."""
        self.regressor_ = clone(self.regressor).fit(X, y)
        return self

    def fit_transform(self, X, y):
        """Return the predictions of each row by a regressor that has not seen it."""
        self.fit(X, y)
        folds = KFold(self.cv, shuffle=True, random_state=self.random_state)
        return cross_val_predict(self.regressor, X, y, cv=folds)[:, None]

    def transform(self, X):
        """Return the predictions of new rows."""
        return self.regressor_.predict(X)[:, None]


def _style(first, second):
    """Return what tells headlines, captions and forums apart, the smaller value first."""
    out = []
    for measure in (
        lambda text: sum(c.isupper() for c in text) / max(len(text), 1),
        lambda text: sum(w[:1].isupper() for w in text.split()) / max(len(text.split()), 1),
        lambda text: text.strip().endswith("."),
        lambda text: text.strip().endswith("?"),
        lambda text: sum(c in ",;:'\"()-" for c in text) / max(len(text), 1),
        lambda text: len(text.split()),
        lambda text: sum(c.isdigit() for c in text),
    ):
        out += sorted((measure(first), measure(second)))
    return out


def _angle(first, second):
    """Return the cosines of rows of any length."""
    norms = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return (first * second).sum(axis=1) / np.maximum(norms, 1e-9)


def _overlap(one, two):
    """Return the F1 score of one set as a guess of the other."""
    return 2 * len(one & two) / max(len(one) + len(two), 1)


def _same_start(a, b):
    """Return how many tokens are the same from the start."""
    differs = [i for i, (s, t) in enumerate(zip(a, b)) if s != t]
    return differs[0] if differs else min(len(a), len(b))


def _common_subsequence(a, b):
    """Return the length of the longest common subsequence."""
    if not (a and b):
        return 0
    row, tokens = np.zeros(len(b) + 1, dtype=int), np.array(b, dtype=object)
    for token in a:
        row[1:] = np.maximum.accumulate(np.maximum(row[1:], row[:-1] + (tokens == token)))
    return int(row[-1])
