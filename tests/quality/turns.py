"""Who said it: transcripts cut into turns, against what a person read in them.

    python tests/quality/turns.py ../shared/data

Reads the transcripts, cuts them into passages as `rostrum show ID --json` gives them, and prints
what was measured beside what is expected. The exit status is 1 when something was missed.

- Characters of speech credited to the right speaker, noise characters left out of every passage
  and speech lost: `speeches/kremlin.ru.jsonl` against `eval/kremlin.ru.turns.jsonl`, 15 of its
  transcripts. A speaker is right when each of the two names means the other (same_person).
- Passages with two speakers: over all files, passages that hold a label of the document's own in
  the middle; labels are looked for with patterns of this file, which know nothing of ours.
- Footers and links («Статус материала», "See also") that stand in a passage, over all records.
- The share of speech with a known speaker: characters of passages in transcripts whose speaker
  has a name, of all characters that have a voice.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from retrieval.names import same_person
from retrieval.passages import cut
from retrieval.reading import read_sources
from retrieval.records import Passage, Speech

FILES = ("kremlin.ru", "kremlin-more.ru", "kremlin.en")
TURNS = "kremlin.ru"
"""The file whose turns a person has marked."""

_NAME = r"[A-ZА-ЯЁƏİ][\w’'-]+"
# After a sentence's end or at the beginning: a word for whoever asks, a name with initials, or
# (on a line of its own) capitalised words only, the last two a name; then a colon, then speech.
_LABELS = re.compile(
    rf"""(?:\A|(?<=[.!?…»”)>*])\s+)
    (?:(?:Вопрос|Реплика|Ответ|Из\ зала|Ведущ(?:ий|ая)|Question|Remark|Response|Reply|Moderator)
      | [А-ЯЁ]\.\s?{_NAME}(?:\s[^.!?…:,«]{{0,120}})?
      | {_NAME}\s(?:(?:{_NAME}|of|the|and|for|on|in|Mr)\s){{0,12}}{_NAME}(?:\s{{4,}}[^\n:]+)?
    )(?:\s\([^)\n]+\))?\s?:\s+(?=[A-ZА-ЯЁ“«])(?!{_NAME}\s{_NAME}\.?(?:\n|\Z))""",
    re.VERBOSE,
)
_FURNITURE = re.compile(
    r"Статус\sматериала|Смотрите\sтакже\s[А-ЯЁA-Z«]|Дата\sпубликации:|(?:^|\s)See\salso(?:\n|\Z)"
)
_UNNAMED = frozenset("вопрос реплика ответ question remark response reply answer".split())


class Row(NamedTuple):
    """A line of the table, and whether it falls short of what must be reached."""

    name: str
    measured: str
    expected: str
    missed: bool = False


class Marked(NamedTuple):
    """What a person has marked in a transcript: who speaks at each character, and the noise."""

    speakers: list[str | None]
    noise: list[bool]


def read(path: Path) -> Iterator[Speech]:
    for item in read_sources([path]):
        if not isinstance(item, Speech):
            raise SystemExit(f"{item.where}: {item.why}")
        yield item


def marked(speech: Speech, record: dict) -> Marked:
    """The turns and noise of a record, found in order by their labels, first and last words."""
    text = speech.text
    speakers: list[str | None] = [None] * len(text)
    noise = [False] * len(text)
    at = 0
    for turn in record["turns"]:
        begin = text.index(turn["starts"], text.index(turn["label"], at) + len(turn["label"]))
        end = text.index(turn["ends"], begin) + len(turn["ends"])
        speakers[begin:end] = [turn["speaker"]] * (end - begin)
        at = end
    for piece in record["noise"]:
        for match in re.finditer(re.escape(piece), text):
            noise[match.start() : match.end()] = [True] * len(piece)
    return Marked(speakers, noise)


def credited(speech: Speech, gold: Marked) -> Counter[str]:
    """Characters, white space apart: speech, right, lost; noise, left out."""
    text = speech.text
    ours: list[str | None] = [None] * len(text)
    inside = [False] * len(text)
    for passage in cut(speech):
        length = passage.end - passage.start
        ours[passage.start : passage.end] = [passage.speaker] * length
        inside[passage.start : passage.end] = [True] * length
    right = {
        (theirs, name): name is not None and same_person(theirs, name) and same_person(name, theirs)
        for theirs, name in set(zip(gold.speakers, ours, strict=True))
        if theirs is not None
    }
    count: Counter[str] = Counter()
    for at, letter in enumerate(text):
        if letter.isspace():
            continue
        if gold.noise[at]:
            count["noise"] += 1
            count["left out"] += not inside[at]
        elif (theirs := gold.speakers[at]) is not None:
            count["speech"] += 1
            count["right"] += right[theirs, ours[at]]
            count["lost"] += not inside[at]
    return count


def has_two_speakers(passage: Passage) -> bool:
    """Whether another's label stands in the passage."""
    return _LABELS.search(passage.text) is not None


def rows(data: Path, verbose: bool) -> list[Row]:
    lines = (data / "eval" / f"{TURNS}.turns.jsonl").read_text("utf-8").splitlines()
    records = {record["doc"]: record for record in map(json.loads, lines)}
    total: Counter[str] = Counter()
    more = []
    for name in FILES:
        voices: Counter[str] = Counter()
        two = passages = links = 0
        for speech in read(data / "speeches" / f"{name}.jsonl"):
            if name == TURNS and speech.id in records:
                found = credited(speech, marked(speech, records[speech.id]))
                total += found
                if verbose:
                    print(speech.id, dict(found), file=sys.stderr)
            ours = cut(speech)
            passages += len(ours)
            spoken = any(passage.speaker for passage in ours)
            for passage in ours:
                if _FURNITURE.search(passage.text):
                    links += 1
                    if verbose:
                        print(speech.id, "link", repr(passage.text), file=sys.stderr)
                if has_two_speakers(passage):
                    two += 1
                    if verbose:
                        print(speech.id, passage.speaker, repr(passage.text), file=sys.stderr)
                speaker = passage.speaker if spoken else "no transcript"
                kind = "unnamed" if (speaker or "").lower() in _UNNAMED else speaker or "nobody"
                voices[kind] += passage.end - passage.start
        transcripts = sum(voices.values()) - voices["no transcript"]
        named = transcripts - voices["unnamed"] - voices["nobody"]
        speech_of_people = transcripts - voices["nobody"]
        more.append(
            Row(f"{name}: passages with two speakers, of {passages:,}", str(two), "0", two > 0)
        )
        more.append(Row(f"{name}: passages with a footer or link", str(links), "0", links > 0))
        share = named / max(1, speech_of_people)
        more.append(Row(f"{name}: speech with a known speaker", f"{share:.1%}", "–"))
        share = voices["nobody"] / max(1, transcripts)
        more.append(Row(f"{name}: nobody's words in transcripts", f"{share:.1%}", "–"))
    right, lost = total["right"] / total["speech"], total["lost"] / total["speech"]
    out = total["left out"] / total["noise"]
    return [
        Row("speech credited to the right speaker", f"{right:.2%}", "≥ 98 %", right < 0.98),
        Row("noise left out of every passage", f"{out:.2%}", "≥ 98 %", out < 0.98),
        Row("speech lost", f"{lost:.2%}", "≤ 0.5 %", lost > 0.005),
        *more,
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of shared data")
    parser.add_argument("--verbose", action="store_true", help="each transcript, each doubtful one")
    arguments = parser.parse_args()
    table = rows(arguments.data, arguments.verbose)
    print("| transcripts | measured | must be |\n|---|---|---|")
    for row in table:
        print(f"| {row.name} | {row.measured} | {row.expected} |")
    return int(any(row.missed for row in table))


if __name__ == "__main__":
    sys.exit(main())
