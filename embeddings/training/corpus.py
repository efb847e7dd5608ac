"""Reading parallel text: the files that the lexicon and the vectors are learned from."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from embeddings.analysis import Language
from embeddings.errors import ModelError

LICENCES = {
    "cldr-names": "Unicode CLDR: Unicode License v3",
    "glossary": "the project's own words: MIT",
    "headlines-1tv": "GitHub lobsterbush/kremlin-speeches: available for research use",
    "mlqe-pe": "MLQE-PE: CC0",
    "mt-geneval": "MT-GenEval: CC BY-SA 3.0",
    "ntrex": "NTREX-128: CC BY-SA 4.0",
    "tatoeba": "Tatoeba: CC BY 2.0 FR",
    "tico19": "TICO-19: CC0",
    "tico19-terms": "TICO-19 terminologies: CC0",
    "ud-pud": "Universal Dependencies PUD: CC BY-SA 3.0",
    "udhr": "Universal Declaration of Human Rights",
    "wiktionary": "Wiktionary by open-dsl-dict/wiktionary-dict: CC BY-SA 3.0 and GFDL",
    "wmt21-24": "WMT news test sets 2021-2024: licence not stated",
    "xling-words": "GitHub codogogo/xling-eval: licence not stated",
}
"""Licences as their publishers state them, by the first part of a file's name."""

WORD_LISTS = frozenset({"cldr-names", "glossary", "tico19-terms", "wiktionary", "xling-words"})
"""Files whose pairs are words and names; all others hold sentences."""

# Turkish stands in for Azerbaijani: many roots are the same once both are folded alike.
_TARGETS: dict[str, Language] = {"ru": "ru", "az": "az", "tr": "az"}


class Pair(NamedTuple):
    """A text and its translation."""

    source: str
    target: str


@dataclass(frozen=True)
class Corpus:
    """One parallel file: where it comes from and its pairs."""

    name: str
    source: Language
    target: Language
    pairs: list[Pair]
    is_turkish: bool = False
    """The target side is Turkish, read as if it were Azerbaijani."""

    @property
    def is_word_list(self) -> bool:
        """Whether the pairs are words rather than sentences."""
        return self.name in WORD_LISTS

    @property
    def licence(self) -> str:
        """The licence as its publisher states it."""
        return LICENCES.get(self.name, f"{self.name}: licence not recorded")


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments that name the training data, the same for both training scripts."""
    parser.add_argument("data", type=Path, help="folder of NAME.en-{ru,az,tr}.tsv files")
    parser.add_argument("output", type=Path, help="what to write")
    parser.add_argument(
        "--aligned",
        nargs=3,
        type=Path,
        metavar=("EN", "AZ", "RU"),
        help="three line-aligned files, such as NTREX",
    )
    parser.add_argument(
        "--lines", type=int, default=1000, help="how many of their first lines to use (1000)"
    )
    parser.add_argument(
        "--glossary",
        type=Path,
        metavar="FILE",
        help="words in English, Russian and Azerbaijani, tab-separated",
    )
    parser.add_argument(
        "--held-out",
        nargs="+",
        type=Path,
        default=[],
        metavar="FILE",
        help="test texts, one a line; pairs with one of them are left out",
    )


def read(arguments: Namespace) -> list[Corpus]:
    """Read the corpora that the arguments name, always in the same order.

    Raises:
        ModelError: a file is missing, or the folder has no parallel file at all.
    """
    try:
        held_out = {line for path in arguments.held_out for line in _lines(path)}
        corpora = _read_folder(arguments.data, held_out)
        if arguments.aligned:
            columns = [_lines(path)[: arguments.lines] for path in arguments.aligned]
            corpora += _three_ways(arguments.aligned[0].name.split(".")[0], columns)
        if arguments.glossary:
            rows = [line.split("\t") for line in _lines(arguments.glossary)]
            english, russian, azerbaijani = map(list, zip(*rows, strict=True))
            corpora += _three_ways("glossary", [english, azerbaijani, russian])
    except OSError as error:
        raise ModelError(f"Cannot read {error.filename}: {error.strerror}.") from None
    return corpora


def _read_folder(folder: Path, held_out: set[str]) -> list[Corpus]:
    corpora = []
    for path in sorted(folder.glob("*.en-??.tsv")):
        name, languages = path.name.removesuffix(".tsv").rsplit(".", 1)
        other = languages.removeprefix("en-")
        if other in _TARGETS:
            pairs = [Pair(*line.split("\t")[:2]) for line in _lines(path) if "\t" in line]
            fresh = [pair for pair in pairs if held_out.isdisjoint(pair)]
            corpora.append(Corpus(name, "en", _TARGETS[other], fresh, is_turkish=other == "tr"))
    if not corpora:
        raise ModelError(f"No file NAME.en-ru.tsv, NAME.en-az.tsv or NAME.en-tr.tsv in {folder}.")
    return corpora


def _three_ways(name: str, columns: list[list[str]]) -> list[Corpus]:
    en, az, ru = columns
    return [
        Corpus(name, "en", "az", list(map(Pair, en, az))),
        Corpus(name, "en", "ru", list(map(Pair, en, ru))),
        Corpus(name, "ru", "az", list(map(Pair, ru, az))),
    ]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").rstrip("\n").split("\n")
