"""Sentences as token numbers, and files of vectors."""

import gzip
import re

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError, SkipTestWarning
from sklearn.utils.estimator_checks import check_estimator

from skdir.neural_network import PairTokenizer

PAIRS = [["The cat sat.", "A cat sat down, quickly!"], ["THE DOG", "the dog, 2 cats"]]


def test_scikit_learn():
    # its checks know no columns of text: only those of parameters are left
    with pytest.warns(SkipTestWarning, match="string=True"):
        check_estimator(PairTokenizer())


def by_hand(text, vocabulary, length):
    words = re.findall(r"\w+|[^\w\s]", text.lower())[:length]
    numbers = [vocabulary.get(word, 1) for word in words]
    return numbers + [0] * (length - len(numbers))


def test_against_a_loop():
    tokenizer = PairTokenizer().fit(PAIRS)
    assert tokenizer.length_ == 7
    assert sorted(tokenizer.vocabulary_.values()) == list(range(2, tokenizer.n_tokens_))
    others = [["The bird sat on the cat.", ""], *PAIRS]
    expected = [[by_hand(text, tokenizer.vocabulary_, 7) for text in pair] for pair in others]
    tokens = tokenizer.transform(others)
    np.testing.assert_array_equal(tokens, expected)
    assert tokens.dtype.kind == "i" and 1 in tokens[0]
    assert 1 not in tokenizer.transform(PAIRS)


def test_frequent_tokens_come_first():
    tokenizer = PairTokenizer().fit([["b b c", "c b a"], ["d", "d"]])
    assert tokenizer.vocabulary_ == {"b": 2, "c": 3, "d": 4, "a": 5}
    assert PairTokenizer(max_tokens=4).fit([["b b c", "c b a"]]).vocabulary_ == {"b": 2, "c": 3}
    assert PairTokenizer(min_count=3).fit([["b b c", "c b a"]]).vocabulary_ == {"b": 2}


def test_parameters():
    assert "The" in PairTokenizer(lowercase=False).fit(PAIRS).vocabulary_
    assert PairTokenizer(max_length=3).fit_transform(PAIRS).shape == (2, 2, 3)
    assert set(PairTokenizer(token_pattern=r"\d").fit(PAIRS).vocabulary_) == {"2"}


def test_containers():
    pd = pytest.importorskip("pandas")
    expected = PairTokenizer().fit_transform(PAIRS)
    frame = pd.DataFrame(PAIRS, columns=["first", "second"])
    tokenizer = PairTokenizer().fit(frame)
    assert tokenizer.feature_names_in_.tolist() == ["first", "second"]
    for X in (np.array(PAIRS), np.array(PAIRS, dtype=object), PAIRS):
        np.testing.assert_array_equal(PairTokenizer().fit_transform(X), expected)
    np.testing.assert_array_equal(tokenizer.transform(frame), expected)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([["a", "b", "c"]], r"'X' .* \(n_pairs, 2\). Got \(1, 3\)"),
        ([["a", 3]], "'X' .* of type str. Got 3"),
        ([["a", None]], "'X' .* of type str. Got None"),
        ([["a", float("nan")]], "'X' .* of type str. Got nan"),
        ([["", " "]], "'X' .* at least 1 of some token"),
        (["a", "b"], "2D"),
    ],
    ids=str,
)
def test_bad_sentences(X, message):
    with pytest.raises(ValueError, match=message):
        PairTokenizer().fit(X)


@pytest.mark.parametrize(
    "params",
    [
        {"max_length": 0},
        {"max_tokens": 2},
        {"min_count": 0},
        {"lowercase": 2},
        {"token_pattern": 1},
    ],
    ids=str,
)
def test_bad_parameters(params):
    with pytest.raises(ValueError, match=next(iter(params))):
        PairTokenizer(**params).fit(PAIRS)


class TestVectors:
    @pytest.fixture
    def tokenizer(self):
        return PairTokenizer().fit([["cat dog", "cat bird"]])

    def write(self, folder, text, name="vectors.txt"):
        path = folder / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
        return path

    @pytest.mark.parametrize("name", ["vectors.txt", "vectors.txt.gz"])
    @pytest.mark.parametrize("head", ["", "4 3\n"])
    def test_they_are_those_of_the_file(self, tokenizer, tmp_path, name, head):
        text = "the 1 1 1\ncat 0.5 -1e-1 2\nat x y 3 3 3\ndog 1 2 3\ndog 9 9 9\n"
        vectors = tokenizer.make_embeddings(str(self.write(tmp_path, head + text, name)))
        assert vectors.shape == (5, 3) and vectors.dtype == np.float32
        number = tokenizer.vocabulary_
        np.testing.assert_allclose(vectors[number["cat"]], [0.5, -0.1, 2])
        np.testing.assert_allclose(vectors[number["dog"]], [1, 2, 3])
        assert not vectors[0].any() and vectors[1].any() and vectors[number["bird"]].any()

    def test_the_others_are_drawn(self, tmp_path):
        words = [f"w{i}" for i in range(2000)]
        tokenizer = PairTokenizer(max_length=2000).fit([[" ".join(words), "known also"]])
        path = self.write(tmp_path, "known 3 -3 3\nalso -3 3 -3\n")
        vectors = tokenizer.make_embeddings(path)
        drawn = vectors[[tokenizer.vocabulary_[w] for w in words]]
        assert drawn.std() == pytest.approx(3, rel=0.05) and abs(drawn.mean()) < 0.2
        np.testing.assert_array_equal(tokenizer.make_embeddings(path, random_state=0), vectors)
        other = tokenizer.make_embeddings(path, random_state=np.random.RandomState(1))
        assert not np.array_equal(other, vectors)

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("the 1 2\ncat 1\n", r"line 2 of .* a token and 2 numbers.* Got 'cat 1'"),
            ("the 1 2\n\ncat 1 2\n", "line 2 of .* Got ''"),
            ("the\n", "line 1 of .* a token and 1 numbers"),
            ("the 1 2\ncat 1 two\n", "line 2 of .* finite numbers after the token.* 'cat 1 two'"),
            ("cat nan 2\n", "line 1 of .* finite numbers"),
            ("the 1 2\n", "must have vectors of tokens of the training sentences. Got none"),
            ("", "Got none"),
            ("cat " + "1 " * 50 + "x\n", r"line 1 .* Got 'cat 1 .*\.\.\.'"),
        ],
        ids=["short", "empty", "alone", "text", "nan", "strangers", "nothing", "long"],
    )
    def test_bad_files(self, tokenizer, tmp_path, text, message):
        with pytest.raises(ValueError, match=message):
            tokenizer.make_embeddings(self.write(tmp_path, text))

    def test_bad_use(self, tokenizer, tmp_path):
        with pytest.raises(ValueError, match="'path'"):
            tokenizer.make_embeddings(3)
        with pytest.raises(FileNotFoundError):
            tokenizer.make_embeddings(tmp_path / "none")
        with pytest.raises(NotFittedError):
            clone(tokenizer).make_embeddings(tmp_path / "none")


def test_masked_sentences_are_refused():
    pairs = np.ma.array([["a b", "a"], ["b", "c"]], mask=[[0, 1], [0, 0]], dtype=object)
    with pytest.raises(ValueError, match="'X' parameter of PairTokenizer .* masked"):
        PairTokenizer().fit(pairs)
