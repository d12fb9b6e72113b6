"""A network for pairs of sentences."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from skdir.neural_network.encoders._checks import (
    MOST_LAYERS,
    check_flag,
    check_share,
    check_whole,
    check_widths,
)
from skdir.utils._validation import parameter_error, plain_array

# Whole numbers beyond are not exact in float32, which the regressor's X is.
_MOST_TOKENS = 2**24


class PairTextEncoder(nn.Module):
    r"""A bidirectional LSTM over two sentences, and what their vectors have in common.

    Parameters
    ----------
    input_shape : tuple of int
        Shape of one pair: (2, length).

    n_tokens : int, default=30000
        Number of tokens, or more: by default `max_tokens` of :class:`PairTokenizer`. Not used with
        `embeddings`.

    embedding_size : int, default=100
        Size of the tokens' vectors. Not used with `embeddings`.

    embeddings : array-like of shape (n_tokens, embedding_size), default=None
        What the tokens' vectors begin with, such as those of
        :meth:`PairTokenizer.make_embeddings`. None draws them from a normal distribution.

    train_embeddings : bool, default=True
        Whether training changes the tokens' vectors.

    hidden_size : int, default=128
        Numbers per token and direction in the LSTM. There are 8 features for each.

    n_layers : int, default=1
        Layers of the LSTM.

    dropout : float, default=0.0
        Share of the tokens' vectors, and of the LSTM's output between layers, that is dropped in
        training.

    Attributes
    ----------
    n_features : int
        Number of features, 8 `hidden_size`.

    Raises
    ------
    ValueError
        If a parameter is not valid; in `forward`, if X has other than token numbers.

    See Also
    --------
    PairTokenizer : Turns sentences into token numbers.

    Notes
    -----
    Token 0 at the end of a sentence is padding, and changes nothing. The vector of a sentence,
    u or v, is the maximum over its tokens of each output of the LSTM; the features are
    :math:`[u, v, |u - v|, u v]`. The published setting is ``hidden_size=1500, n_layers=2,
    dropout=0.2`` with GloVe vectors of 300 numbers that are not trained.

    References
    ----------
    Yang, Y., Zha, K., Chen, Y.-C., Wang, H. and Katabi, D. (2021). Delving into Deep Imbalanced
    Regression. ICML. :doi:`10.48550/arXiv.2102.09554`

    Wang, A. et al. (2018). GLUE: A multi-task benchmark and analysis platform for natural language
    understanding. :doi:`10.18653/v1/W18-5446`

    Examples
    --------
    >>> import torch
    >>> from skdir.neural_network import PairTextEncoder
    >>> encoder = PairTextEncoder((2, 4), n_tokens=6, hidden_size=16)
    >>> pair = torch.tensor([[[2, 3, 4, 0], [2, 5, 0, 0]]])
    >>> encoder(pair).shape
    torch.Size([1, 128])
    """

    def __init__(
        self,
        input_shape: Sequence[int],
        *,
        n_tokens: int = 30_000,
        embedding_size: int = 100,
        embeddings=None,
        train_embeddings: bool = True,
        hidden_size: int = 128,
        n_layers: int = 1,
        dropout: float = 0.0,
    ):
        super().__init__()
        caller = type(self).__name__
        shape = check_widths(input_shape, name="input_shape", caller=caller)
        if len(shape) != 2 or shape[0] != 2:
            raise parameter_error("input_shape", caller, "(2, length)", repr(input_shape))
        n_tokens = check_whole(n_tokens, name="n_tokens", caller=caller, most=_MOST_TOKENS)
        embedding_size = check_whole(embedding_size, name="embedding_size", caller=caller)
        hidden_size = check_whole(hidden_size, name="hidden_size", caller=caller)
        n_layers = check_whole(n_layers, name="n_layers", caller=caller, most=MOST_LAYERS)
        train_embeddings = check_flag(train_embeddings, name="train_embeddings", caller=caller)
        dropout = check_share(dropout, name="dropout", caller=caller)
        if embeddings is not None:
            embeddings = _check_embeddings(embeddings, caller)
            n_tokens, embedding_size = embeddings.shape
        self.n_tokens, self.n_features = n_tokens, 8 * hidden_size
        self.embedding = nn.Embedding(n_tokens, embedding_size, padding_idx=0)
        if embeddings is not None:
            with torch.no_grad():
                self.embedding.weight.copy_(embeddings)
                self.embedding.weight[0] = 0
        self.embedding.requires_grad_(train_embeddings)
        self.dropout = nn.Dropout(dropout)
        self.lstm = nn.LSTM(
            embedding_size,
            hidden_size,
            n_layers,
            batch_first=True,
            bidirectional=True,
            dropout=dropout if n_layers > 1 else 0.0,
        )

    def forward(self, X: torch.Tensor) -> torch.Tensor:
        """Return features.

        Parameters
        ----------
        X : Tensor of shape (batch, 2, length)
            Token numbers, of any dtype that holds them.

        Returns
        -------
        features : Tensor of shape (batch, 8 * hidden_size)
            Features of each pair.
        """
        u, v = self._sentences(self._tokens(X).flatten(0, 1)).unflatten(0, (-1, 2)).unbind(1)
        return torch.cat([u, v, (u - v).abs(), u * v], dim=1)

    def _tokens(self, X):
        """Return valid token numbers as integers."""
        accepted = "a tensor of token numbers, of shape (batch, 2, length)"
        if not isinstance(X, torch.Tensor):
            raise parameter_error("X", type(self).__name__, accepted, f"a {type(X).__name__}")
        if X.ndim != 3 or X.shape[1] != 2 or not X.numel() or X.is_complex():
            got = f"a tensor of {X.dtype} and shape {tuple(X.shape)}"
            raise parameter_error("X", type(self).__name__, accepted, got)
        tokens = X.long()
        low, high = torch.aminmax(tokens)
        if low < 0 or high >= self.n_tokens or not torch.equal(tokens.to(X.dtype), X):
            raise parameter_error(
                "X",
                type(self).__name__,
                f"whole token numbers from 0 to n_tokens - 1 = {self.n_tokens - 1}",
                f"{X.min():g} to {X.max():g}",
            )
        return tokens

    def _sentences(self, tokens):
        """Return one vector per sentence."""
        length = tokens.shape[1]
        places = torch.arange(1, length + 1, device=tokens.device)
        # a sentence without tokens is one of padding alone
        lengths = (places * (tokens != 0)).amax(dim=1).clamp(min=1)
        vectors = self.dropout(self.embedding(tokens))
        return (self._in_turn if vectors.is_cpu else self._packed)(vectors, lengths)

    def _packed(self, vectors, lengths):
        """Return the largest outputs of the LSTM, sentences without their padding in one piece."""
        packed = pack_padded_sequence(
            vectors, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        out, _ = pad_packed_sequence(
            self.lstm(packed)[0], batch_first=True, padding_value=-torch.inf
        )
        return out.amax(dim=1)

    def _in_turn(self, vectors, lengths):
        """Return what `_packed` does, one direction after the other over padded sentences.

        On a CPU the gradient of a packed sequence costs a pass over all of it for each token; this
        takes half of the time. Reading a sentence backwards from its own last token keeps padding
        behind it in both directions.
        """
        X = vectors.transpose(0, 1)[: int(lengths.max())]
        place = torch.arange(len(X), device=X.device)[:, None]
        inside = place < lengths
        backwards = torch.where(inside, lengths - 1 - place, place)[..., None]
        for layer in range(self.lstm.num_layers):
            if layer:
                X = nn.functional.dropout(X, self.lstm.dropout, self.training)
            there = self._one_way(X, f"l{layer}")
            turned = X.gather(0, backwards.expand_as(X))
            back = self._one_way(turned, f"l{layer}_reverse")
            X = torch.cat([there, back.gather(0, backwards.expand_as(back))], dim=2)
        return X.masked_fill(~inside[..., None], -torch.inf).amax(dim=0)

    def _one_way(self, X, suffix):
        """Return the output of one layer and direction of the LSTM."""
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        weights = [getattr(self.lstm, f"{name}_{suffix}") for name in names]
        start = X.new_zeros(1, X.shape[1], self.lstm.hidden_size)
        # has_biases, num_layers, dropout, train, bidirectional, batch_first
        return torch.lstm(X, (start, start), weights, True, 1, 0.0, self.training, False, False)[0]


def _check_embeddings(embeddings, caller):
    """Return vectors of all tokens as a tensor."""
    accepted = "an array of numbers, of shape (n_tokens, embedding_size)"
    if isinstance(embeddings, torch.Tensor):
        embeddings = embeddings.detach().cpu().float()
    values = plain_array(embeddings, caller=caller, name="embeddings", accepted=accepted)
    if values.dtype.kind not in "biuf" or values.ndim != 2 or not values.size:
        got = f"an array of {values.dtype} and shape {values.shape}"
        raise parameter_error("embeddings", caller, accepted, got)
    with np.errstate(over="ignore"):
        values = values.astype(np.float32)
    if not np.isfinite(values).all():
        raise parameter_error("embeddings", caller, "finite in float32", "NaN or infinity")
    return torch.tensor(values)
