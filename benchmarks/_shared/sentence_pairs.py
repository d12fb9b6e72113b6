"""Features of sentence pairs, by scikit-learn alone, and the boosting that is fitted to them."""

import re

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.preprocessing import normalize

_WORD = re.compile(r"[a-z]+|\d+(?:[.,]\d+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATIONS = {"no", "not", "n't", "never", "none", "without", "nobody", "nothing"}


def words(sentence):
    """Return the words and numbers of a sentence in lower case; can't is can and n't."""
    return _WORD.findall(sentence.lower().replace("n't", " not"))


class PairFeatures(TransformerMixin, BaseEstimator):
    """Numbers that say how alike two sentences are.

    Vocabulary, frequencies and vectors are learned from the sentences of `fit`.

    Parameters
    ----------
    n_components : int, default=100
        Components of latent semantic analysis (of character n-grams) and of word vectors (of words
        that occur together).

    n_products : int, default=60
        Components whose absolute differences and products are features.

    random_state : int or RandomState, default=0
        Seed of the decompositions.
    """

    def __init__(self, *, n_components=100, n_products=60, random_state=0):
        self.n_components = n_components
        self.n_products = n_products
        self.random_state = random_state

    def fit(self, X, y=None):
        """Learn from two columns of sentences."""
        sentences = [*X[:, 0], *X[:, 1]]
        self.by_word_ = TfidfVectorizer(
            tokenizer=words, token_pattern=None, ngram_range=(1, 2), sublinear_tf=True, min_df=2
        ).fit(sentences)
        self.by_char_ = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3
        )
        chars = self.by_char_.fit_transform(sentences)
        self.lsa_ = TruncatedSVD(self.n_components, random_state=self.random_state).fit(chars)
        self._fit_words(sentences)
        return self

    def _fit_words(self, sentences):
        """Learn weights and vectors of single words."""
        counter = CountVectorizer(tokenizer=words, token_pattern=None, binary=True)
        counts = counter.fit_transform(sentences).astype(float)
        self.vocabulary_ = counter.vocabulary_
        frequency = np.asarray(counts.sum(axis=0)).ravel()
        self.idf_ = np.log((1 + len(sentences)) / (1 + frequency)) + 1
        # positive pointwise mutual information of words in one sentence, decomposed
        together = (counts.T @ counts).tocoo()
        kept = (together.row != together.col) & (together.data >= 2)
        row, column, n = together.row[kept], together.col[kept], together.data[kept]
        information = np.log(n * len(sentences) / (frequency[row] * frequency[column]))
        positive = information > 0
        matrix = sparse.csr_matrix(
            (information[positive], (row[positive], column[positive])), shape=together.shape
        )
        svd = TruncatedSVD(self.n_components, random_state=self.random_state)
        context = normalize(svd.fit_transform(matrix))
        spelled = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
        spelling = spelled.fit_transform(counter.get_feature_names_out())
        self.spelled_, self.context_, self.spelling_ = spelled, context, spelling

    def transform(self, X):
        """Return the features of pairs."""
        n = self.n_products
        by_word = [self.by_word_.transform(X[:, i]) for i in (0, 1)]
        by_char = [self.by_char_.transform(X[:, i]) for i in (0, 1)]
        lsa = [normalize(self.lsa_.transform(part)) for part in by_char]
        cosines = [_cosine(*by_word), _cosine(*by_char), (lsa[0] * lsa[1]).sum(axis=1)]
        products = [np.abs(lsa[0] - lsa[1])[:, :n], (lsa[0] * lsa[1])[:, :n]]
        pairs = np.array([self._pair(*pair) for pair in X])
        return np.column_stack([*cosines, *products, pairs])

    def _pair(self, first, second):
        """Return what is computed pair by pair."""
        a, b = words(first), words(second)
        one, two = set(a), set(b)
        both, either = one & two, one | two
        numbers = set(_NUMBER.findall(first)), set(_NUMBER.findall(second))
        weight = self._weight
        return [
            len(both) / max(len(either), 1),
            len(both) / max(min(len(one), len(two)), 1),
            weight(both) / max(weight(either), 1e-9),
            weight(both) / max(min(weight(one), weight(two)), 1e-9),
            abs(len(a) - len(b)),
            len(a) + len(b),
            abs(len(first) - len(second)) / max(len(first), len(second)),
            len(numbers[0] ^ numbers[1]),
            len(numbers[0] & numbers[1]),
            bool(one & _NEGATIONS) != bool(two & _NEGATIONS),
            bool(a and b and a[0] == b[0]),
            bool(a and b and a[-1] == b[-1]),
            len(_ngrams(a, 2) & _ngrams(b, 2)) / max(len(_ngrams(a, 2) | _ngrams(b, 2)), 1),
            *self._aligned(one, two),
        ]

    def _weight(self, tokens):
        """Return the sum of the words' inverse document frequencies."""
        rare = self.idf_.max()
        return sum(
            self.idf_[self.vocabulary_[w]] if w in self.vocabulary_ else rare
            for w in sorted(tokens)  # in any process the same sum, to the last bit
        )

    def _aligned(self, one, two):
        """Return how well each word finds a partner on the other side, by spelling and company."""
        rows = [
            np.array([self.vocabulary_[w] for w in part if w in self.vocabulary_], dtype=int)
            for part in (sorted(one), sorted(two))
        ]
        if not (len(rows[0]) and len(rows[1])):
            return [0.0] * 7
        spelled = (self.spelling_[rows[0]] @ self.spelling_[rows[1]].T).toarray()
        company = self.context_[rows[0]] @ self.context_[rows[1]].T
        company[rows[0][:, None] == rows[1]] = 1.0
        out = []
        for table in (spelled, company, np.maximum(spelled, company)):
            sides = [
                np.average(table.max(axis=1), weights=self.idf_[rows[0]]),
                np.average(table.max(axis=0), weights=self.idf_[rows[1]]),
            ]
            out += [min(sides), max(sides)]
        means = [np.average(self.context_[r], axis=0, weights=self.idf_[r]) for r in rows]
        norms = np.linalg.norm(means[0]) * np.linalg.norm(means[1])
        return [*out, float(means[0] @ means[1]) / max(norms, 1e-9)]


def _cosine(first, second):
    """Return the cosines of rows of unit length."""
    return np.asarray(first.multiply(second).sum(axis=1)).ravel()


def _ngrams(tokens, n):
    """Return the runs of n tokens."""
    return set(zip(*(tokens[i:] for i in range(n))))


def boosting(seed, quick):
    """Return the regressor that the recipe for sentence pairs fits to the features."""
    return HistGradientBoostingRegressor(
        learning_rate=0.05,
        max_iter=20 if quick else 300,
        max_leaf_nodes=15,
        l2_regularization=1,
        max_features=0.5,
        max_bins=63,
        random_state=seed,
    )
