"""Learn the built-in vectors: one vector for each piece of a word, from parallel text.

    python -m embeddings.training.static DATA_DIR OUTPUT_DIR

A text's vector is the mean of its pieces' vectors, made a unit vector; training brings each text
near its translation and away from the other translations of its batch (symmetric InfoNCE: van
den Oord, Li and Vinyals, "Representation Learning with Contrastive Predictive Coding", 2018,
with the batch's other texts as negatives, as in Radford et al., CLIP, 2021). The output folder
is one that sentence-transformers reads: a StaticEmbedding module and a Normalize module.
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
from embeddings.static import FILES, TABLE, UNKNOWN
from embeddings.training import corpus
from embeddings.training.corpus import Corpus

_WORD_START = "▁"
# Azerbaijani has a hundredth of Russian's text; more copies than this are learned by heart.
AZERBAIJANI_COPIES = 6
# Cosines are multiplied by this before the softmax: the inverse of its temperature.
SCALE = 20.0
# Small beside the learning rate, so that a few steps can turn a vector anywhere.
INITIAL_SPREAD = 0.05


@dataclass(frozen=True)
class Settings:
    """What may be varied in training; the defaults made the model that ships."""

    pieces: int = 32_000
    dimensions: int = 128
    epochs: int = 6
    batch: int = 1024
    learning_rate: float = 0.01
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
        encodings = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        self.lengths = np.array([len(encoding.ids) for encoding in encodings])
        self.starts = np.cumsum(self.lengths) - self.lengths
        self.ids = np.fromiter((i for encoding in encodings for i in encoding.ids), np.int64)

    def batch(self, rows: NDArray[np.int64], kept: float, rng: np.random.Generator) -> _Bag:
        """The pieces of some texts, each kept with a probability, and where each text begins."""
        lengths = self.lengths[rows]
        starts = np.cumsum(lengths) - lengths
        ids = self.ids[np.arange(lengths.sum()) + np.repeat(self.starts[rows] - starts, lengths)]
        weights = (rng.random(len(ids)) < kept).astype(np.float32)
        weights[starts] = 1.0  # never leave a text without any piece
        return torch.from_numpy(ids), torch.from_numpy(starts), torch.from_numpy(weights)


_Bag = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def train_vectors(
    tokenizer: Tokenizer, pairs: Sequence[tuple[str, str]], settings: Settings
) -> NDArray[np.float16]:
    """Piece vectors of shape (pieces, dimensions); the unknown piece's is zero."""
    torch.manual_seed(settings.seed)
    rng = np.random.default_rng(settings.seed)
    sources = Bags(tokenizer, [source for source, _ in pairs])
    targets = Bags(tokenizer, [target for _, target in pairs])
    usable = np.flatnonzero((sources.lengths > 0) & (targets.lengths > 0))
    unknown = tokenizer.token_to_id(UNKNOWN)
    # Sums instead of means: a unit vector comes out the same, and sums can be weighted.
    table = torch.nn.EmbeddingBag(
        tokenizer.get_vocab_size(), settings.dimensions, mode="sum", padding_idx=unknown
    )
    torch.nn.init.normal_(table.weight, std=INITIAL_SPREAD)
    batch = min(settings.batch, len(usable))
    steps = settings.epochs * (len(usable) // batch)
    optimiser = torch.optim.Adam(table.parameters(), settings.learning_rate)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.learning_rate, total_steps=steps, pct_start=0.1
    )
    labels = torch.arange(batch)
    for epoch in range(settings.epochs):
        rng.shuffle(usable)
        losses = []
        for start in range(0, len(usable) - batch + 1, batch):
            rows = usable[start : start + batch]
            left, right = (
                functional.normalize(table(*bags.batch(rows, 1 - settings.dropout, rng)))
                for bags in (sources, targets)
            )
            cosines = SCALE * left @ right.T
            loss = functional.cross_entropy(cosines, labels)
            loss = loss + functional.cross_entropy(cosines.T, labels)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            losses.append(float(loss.detach()))
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}", file=sys.stderr)
    vectors: NDArray[np.float32] = table.weight.detach().numpy()
    vectors[unknown] = 0
    return vectors.astype(np.float16)


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


def training_pairs(corpora: Iterable[Corpus]) -> list[tuple[str, str]]:
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
    parser.add_argument("--pieces", type=int, default=defaults.pieces)
    parser.add_argument("--dimensions", type=int, default=defaults.dimensions)
    parser.add_argument("--epochs", type=int, default=defaults.epochs)
    arguments = parser.parse_args(argv)
    settings = Settings(arguments.pieces, arguments.dimensions, arguments.epochs)
    try:
        pairs = training_pairs(corpus.read(arguments))
    except ModelError as error:
        parser.exit(1, f"{error}\n")
    tokenizer = train_tokenizer((text for pair in pairs for text in pair), settings.pieces)
    write(tokenizer, train_vectors(tokenizer, pairs, settings), arguments.output)


if __name__ == "__main__":
    main()
