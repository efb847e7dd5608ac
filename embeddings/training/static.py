"""Learn the built-in vectors: one vector for each piece of a word.

    python -m embeddings.training.static DATA_DIR OUTPUT_DIR --speeches FILE.jsonl ...

A text's vector is the mean of its pieces' vectors, made a unit vector. Training brings each text
near its translation, and each sentence of a speech near the text around it, and away from the
other texts of the batch (symmetric InfoNCE: van den Oord, Li and Vinyals, "Representation
Learning with Contrastive Predictive Coding", 2018, with the batch's other texts as negatives, as
in Radford et al., CLIP, 2021). The output folder is one that sentence-transformers reads: a
StaticEmbedding module and a Normalize module.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from torch.nn import functional

from embeddings.errors import ModelError
from embeddings.lexicon import built_in_lexicon
from embeddings.pieces import UNKNOWN
from embeddings.static import CHECKSUMS, FILES, TABLE, checksums
from embeddings.training import corpus
from embeddings.training.corpus import Corpus, Pair
from embeddings.training.speeches import sentence_pairs
from embeddings.training.substitution import azerbaijani_pairs, replacer, switched_pairs

_WORD_START = "▁"
# Azerbaijani has a hundredth of Russian's text; more copies than this are learned by heart.
AZERBAIJANI_COPIES = 6
# Cosines are multiplied by this before the softmax: the inverse of its temperature.
SCALE = 20.0
# Small beside the learning rate, so that a few steps can turn a vector anywhere.
INITIAL_SPREAD = 0.05
# Share of the training in which the learning rate rises.
WARM_UP = 0.05
# Azerbaijani sentences made of translated words.
AZERBAIJANI_PAIRS = 35_000
# Pairs drawn from each file of speeches, in its language and with one side in another.
PAIRS_OF_SPEECHES = 26_000
PAIRS_ACROSS_LANGUAGES = 20_000
# Texts tokenised at a time: bounds memory.
_CHUNK = 20_000


@dataclass(frozen=True)
class Settings:
    """What may be varied in training; the defaults made the model that ships."""

    pieces: int = 31_000
    dimensions: int = 256
    epochs: int = 5
    batch: int = 1024
    learning_rate: float = 0.3
    dropout: float = 0.2
    """Share of pieces left out at random, so that no text leans on a single word."""
    seed: int = 1


def train_tokenizer(texts: Iterable[str], pieces: int) -> Tokenizer:
    """A tokenizer of lower-case words without accents or punctuation.

    Folding makes one spelling of е and ё, of a stressed and a plain vowel, and of Azerbaijani
    with and without its own letters (şəhər, seher). The pieces are those of a Unigram model,
    which come close to stems and endings; words are cut by longest match from the left, which
    opens in a third of a Unigram model's time and cuts three times as fast.
    """
    unigram = Tokenizer(models.Unigram())
    unigram.normalizer = normalizers.Sequence(
        [
            normalizers.NFKD(),
            normalizers.Lowercase(),
            normalizers.StripAccents(),
            normalizers.Replace("ı", "i"),
            normalizers.Replace("ə", "e"),
        ]
    )
    only_words = pre_tokenizers.Split(Regex(r"[^\p{L}\p{N}]+"), "removed")
    unigram.pre_tokenizer = pre_tokenizers.Sequence(
        [only_words, pre_tokenizers.Metaspace(_WORD_START, prepend_scheme="always")]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=pieces,
        special_tokens=[UNKNOWN],
        unk_token=UNKNOWN,
        max_piece_length=16,
        show_progress=False,
    )
    unigram.train_from_iterator(texts, trainer)
    learned = [piece for piece in unigram.get_vocab() if piece != UNKNOWN]
    letters = {letter for piece in learned for letter in piece} - {_WORD_START}
    # Every letter alone as well, so that longest match never gives a word up.
    vocabulary = letters | {f"##{letter}" for letter in letters}
    for piece in learned:
        inner = piece.removeprefix(_WORD_START)
        if inner:
            vocabulary.add(inner if piece.startswith(_WORD_START) else f"##{inner}")
    ids = {piece: number for number, piece in enumerate([UNKNOWN, *sorted(vocabulary)])}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token=UNKNOWN))
    tokenizer.normalizer = unigram.normalizer
    tokenizer.pre_tokenizer = only_words
    return tokenizer


class Bags:
    """Piece ids of many texts, end to end, from which batches are cut."""

    def __init__(self, tokenizer: Tokenizer, texts: Sequence[str]) -> None:
        ids, lengths = [np.empty(0, np.int32)], []
        for start in range(0, len(texts), _CHUNK):
            chunk = list(texts[start : start + _CHUNK])
            encodings = tokenizer.encode_batch_fast(chunk, add_special_tokens=False)
            lengths += [len(encoding.ids) for encoding in encodings]
            ids.append(np.fromiter((i for e in encodings for i in e.ids), np.int32))
        self.ids = np.concatenate(ids)
        self.lengths = np.array(lengths, dtype=np.int64)
        self.starts = np.cumsum(self.lengths) - self.lengths

    def batch(
        self, rows: NDArray[np.int64], kept: float, rng: np.random.Generator
    ) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Some texts' pieces, each kept with a probability, and how many each text keeps."""
        lengths = self.lengths[rows]
        starts = np.cumsum(lengths) - lengths
        ids = self.ids[np.arange(lengths.sum()) + np.repeat(self.starts[rows] - starts, lengths)]
        chosen = rng.random(len(ids)) < kept
        chosen[starts] = True  # never leave a text without any piece
        return ids[chosen], np.add.reduceat(chosen, starts, dtype=np.int64)


@dataclass(frozen=True)
class Source:
    """Pairs of one kind as bags. A batch holds one source's only: its negatives are harder."""

    left: Bags
    right: Bags

    def batches(self, size: int, rng: np.random.Generator) -> list[NDArray[np.int64]]:
        """The rows of all pairs with pieces on both sides, shuffled and cut into batches."""
        usable = np.flatnonzero((self.left.lengths > 0) & (self.right.lengths > 0))
        if not len(usable):
            return []
        size = min(size, len(usable))
        return np.split(rng.permutation(usable)[: len(usable) // size * size], len(usable) // size)


def train_vectors(
    tokenizer: Tokenizer, groups: Iterable[Sequence[Pair]], settings: Settings
) -> NDArray[np.float16]:
    """Piece vectors of shape (pieces, dimensions); the unknown piece's is zero.

    By Adagrad (Duchi, Hazan and Singer, JMLR 2011), whose steps shrink for a piece the more it
    has been seen, and which touches no piece that a batch does not have.
    """
    rng = np.random.default_rng(settings.seed)
    sources = [
        Source(*(Bags(tokenizer, [pair[side] for pair in group]) for side in (0, 1)))
        for group in groups
    ]
    shape = (tokenizer.get_vocab_size(), settings.dimensions)
    table = torch.from_numpy(INITIAL_SPREAD * rng.standard_normal(shape, np.float32))
    squares = torch.full(shape, 1e-20)
    for epoch in range(settings.epochs):
        batches = [(s, rows) for s in sources for rows in s.batches(settings.batch, rng)]
        losses = []
        for step, place in enumerate(rng.permutation(len(batches))):
            source, rows = batches[place]
            done = (epoch + step / len(batches)) / settings.epochs
            rate = settings.learning_rate * min(1.0, 0.02 + done / WARM_UP) * (1 - done)
            sides = [b.batch(rows, 1 - settings.dropout, rng) for b in (source.left, source.right)]
            ids, lengths = map(np.concatenate, zip(*sides, strict=True))
            losses.append(_step(table, squares, ids, np.cumsum(lengths) - lengths, rate))
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}", file=sys.stderr)
    table[tokenizer.token_to_id(UNKNOWN)] = 0
    vectors: NDArray[np.float32] = table.numpy()
    return vectors.astype(np.float16)


def _step(
    table: torch.Tensor,
    squares: torch.Tensor,
    ids: NDArray[np.int32],
    starts: NDArray[np.int64],
    rate: float,
) -> float:
    """Improve the table, in place, by a batch: its left texts, then the right ones; the loss."""
    pieces, places = torch.unique(torch.from_numpy(ids.astype(np.int64)), return_inverse=True)
    vectors = table[pieces].requires_grad_()
    # Sums instead of means: a unit vector comes out the same.
    sums = functional.embedding_bag(places, vectors, torch.from_numpy(starts), mode="sum")
    left, right = functional.normalize(sums).chunk(2)
    cosines = SCALE * left @ right.T
    labels = torch.arange(len(left))
    loss = functional.cross_entropy(cosines, labels) + functional.cross_entropy(cosines.T, labels)
    (gradient,) = torch.autograd.grad(loss, vectors)
    squares[pieces] += gradient**2
    table[pieces] -= rate * gradient / squares[pieces].sqrt()
    return float(loss.detach())


def write(tokenizer: Tokenizer, vectors: NDArray[np.float16], folder: Path) -> None:
    """Write the folder that StaticEncoder and SentenceTransformer read."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILES.table).write_bytes(save({TABLE: vectors}))
    tokenizer.save(str(folder / FILES.tokenizer), pretty=False)
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"},
        {
            "idx": 1,
            "name": "1",
            "path": "1_Normalize",
            "type": "sentence_transformers.models.Normalize",
        },
    ]
    config = {"model_type": "SentenceTransformer", "similarity_fn_name": "cosine"}
    for name, content in (("modules", modules), ("config_sentence_transformers", config)):
        (folder / f"{name}.json").write_text(json.dumps(content, indent=2) + "\n", "utf-8")
    (folder / CHECKSUMS).write_text(json.dumps(checksums(folder), indent=2) + "\n", "utf-8")


def training_pairs(corpora: Iterable[Corpus]) -> list[Pair]:
    """All pairs, those with Azerbaijani several times over; Turkish is left out."""
    return [
        pair
        for part in corpora
        if not part.is_turkish
        for pair in part.pairs * (AZERBAIJANI_COPIES if part.target == "az" else 1)
    ]


def main(argv: list[str] | None = None) -> None:
    """Run from the command line."""
    defaults = Settings()
    parser = argparse.ArgumentParser(prog="python -m embeddings.training.static")
    corpus.add_arguments(parser)
    parser.add_argument(
        "--speeches", nargs="+", type=Path, default=[], metavar="FILE", help=".jsonl files"
    )
    parser.add_argument("--pieces", type=int, default=defaults.pieces)
    parser.add_argument("--dimensions", type=int, default=defaults.dimensions)
    parser.add_argument("--epochs", type=int, default=defaults.epochs)
    arguments = parser.parse_args(argv)
    settings = Settings(arguments.pieces, arguments.dimensions, arguments.epochs)
    rng = np.random.default_rng(settings.seed)
    groups: list[list[Pair]] = []
    try:
        corpora = corpus.read(arguments)
        groups.append(training_pairs(corpora))
        replace = replacer(corpora, built_in_lexicon(), rng)
        groups.append(azerbaijani_pairs(corpora, replace, AZERBAIJANI_PAIRS, rng))
        for path in arguments.speeches:
            groups.append(sentence_pairs(path, PAIRS_OF_SPEECHES, rng))
            across = sentence_pairs(path, PAIRS_ACROSS_LANGUAGES, rng)
            groups.append(switched_pairs(across, replace, rng))
    except ModelError as error:
        parser.exit(1, f"{error}\n")
    tokenizer = train_tokenizer((text for pair in groups[0] for text in pair), settings.pieces)
    write(tokenizer, train_vectors(tokenizer, groups, settings), arguments.output)


if __name__ == "__main__":
    main()
