"""Many more speeches of a few, for measuring size: python tests/bench/multiply.py IN OUT TIMES

Reads the .jsonl and .txt files of a folder and writes TIMES as much text as one .jsonl. Each new
speech is made of paragraphs of several speeches of one language. So that the statistics of words
stay those of real text: common words keep their frequencies, as the paragraphs are real ones; and
the vocabulary goes on growing with the text, as Heaps' law has it, because in every copy the words
that occur once or twice get an ending of their own. Dates are spread over the years.
"""

from __future__ import annotations

import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_RARE = 2
_WORD = re.compile(r"[^\W\d_]{4,}")
_SYLLABLES = "ba de ki lo mu na pe ri so tu ва ге ди ко ла мо ну пе ри со".split()


def read(folder: Path) -> Iterator[dict[str, Any]]:
    """The records of a folder; a text file is one."""
    for path in sorted(folder.iterdir()):
        if path.suffix == ".jsonl":
            with path.open(encoding="utf-8") as lines:
                yield from map(json.loads, lines)
        elif path.suffix == ".txt":
            yield {"id": path.stem, "text": path.read_text(encoding="utf-8")}


def text_of(record: dict[str, Any]) -> str:
    """The text of a record, by whatever name."""
    return max((value for value in record.values() if isinstance(value, str)), key=len)


def paragraphs(text: str) -> list[str]:
    """Blocks between blank lines; of one endless block, runs of ten sentences."""
    found = [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]
    if len(found) > 1:
        return found
    sentences = re.split(r"(?<=[.!?])\s+", text)
    return [" ".join(sentences[at : at + 10]) for at in range(0, len(sentences), 10)]


def multiply(folder: Path, out: Path, times: int, seed: int = 0) -> int:
    """Write the new speeches; returns how many."""
    drawn = random.Random(seed)
    counts: Counter[str] = Counter()
    by_alphabet: defaultdict[bool, list[tuple[str, int]]] = defaultdict(list)
    texts = [text_of(record) for record in read(folder)]
    for number, text in enumerate(texts):
        counts.update(_WORD.findall(text))
        cyrillic = bool(re.search("[а-я]", text[:2000]))
        by_alphabet[cyrillic] += [(block, number) for block in paragraphs(text)]
    rare = {word for word, count in counts.items() if count <= _RARE}
    lengths = [len(paragraphs(text)) for text in texts]
    written = 0
    with out.open("w", encoding="utf-8") as file:
        for copy in range(times):
            ending = _SYLLABLES[copy % len(_SYLLABLES)] * (1 + copy // len(_SYLLABLES))

            def renew(match: re.Match[str], ending: str = ending) -> str:
                return match[0] + ending if match[0] in rare else match[0]

            for blocks in by_alphabet.values():
                order = [block for block, _ in blocks]
                drawn.shuffle(order)
                at = 0
                while at < len(order):
                    size = drawn.choice(lengths)
                    text = "\n\n".join(order[at : at + size])
                    at += size
                    record = {
                        "id": f"made-{copy}-{written}",
                        "date": f"{2000 + drawn.randrange(25)}-{drawn.randrange(1, 13):02}",
                        "speaker": f"Speaker {drawn.randrange(500)}",
                        "text": _WORD.sub(renew, text) if copy else text,
                    }
                    file.write(json.dumps(record, ensure_ascii=False) + "\n")
                    written += 1
    return written


def main() -> None:
    folder, out, times = sys.argv[1:]
    print(f"{multiply(Path(folder), Path(out), int(times)):,} speeches")


if __name__ == "__main__":
    main()
