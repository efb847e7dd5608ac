"""Search across languages: README's whole table, made with the public commands alone.

    python tests/quality/languages.py ../shared/data --write README.md

Indexes each set (`rostrum reindex`), asks its questions (`rostrum ask --questions … --json`,
two processes at a time) and prints what was measured beside what is expected; --write puts the
tables between the marks in README. The exit status is 1 when something that must be reached was
missed. `--only XQuAD speed` makes the rows with one of these words, `--model NAME` indexes with
that model.

- XQuAD: each of 240 paragraphs is a speech, and a question finds its own; -n 10 --per-speech 1.
- XQuAD-R (LAReQA): each sentence is a speech, and a question finds one that holds its answer.
- NTREX, lines 1001-1997, and Tatoeba: each line is a speech, and its translation finds it.
- transcripts: 135 questions over 100 transcripts, -n 3 --per-speech 3; half of a gold sentence or
  more stands in a quote.

All these with --threshold 0, but for the rows that say that the answer's span lies inside the
first quote, which are about the default settings. The table of silence is about the decision that
nothing was said: the same questions, 60 that nothing answers, and 1,500 of general knowledge, at
the default threshold. Every quote of all these is compared with the source's text at its offsets.
What the rows on speed measure is told in speed.py.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import mean
from typing import NamedTuple

import speed
from metrics import first, holds, ndcg, one_of_three, reciprocal_rank

PROCESSES = 2
NTREX_TRAINED = 1000  # lines, of 1,997
TRANSCRIPTS = "transcripts"


class Asked(NamedTuple):
    """A question, and whether a quote (as `rostrum ask --json` gives it) answers it."""

    question: str
    right: Callable[[dict], bool]


class Figure(NamedTuple):
    """What is measured of a set, and what of it must and should be reached."""

    name: str
    metric: Callable[[Sequence[bool]], float]
    must: float | None = None
    aim: float | None = None


class Set(NamedTuple):
    """Questions over one collection, and the figures to be had from their answers."""

    collection: str
    questions: Sequence[Asked]
    figures: Sequence[Figure]
    options: Sequence[str] = ("-n", "10", "--per-speech", "1", "--threshold", "0")


class Row(NamedTuple):
    """A line of the table, and whether it falls short of what it must reach."""

    name: str
    measured: str
    must: str
    aim: str
    missed: bool = False


class Evaluation:
    """The collections and question sets in a folder of shared data."""

    def __init__(self, data: Path) -> None:
        self.speeches = data / "speeches"
        self._folder = data / "eval"

    def collections(self) -> dict[str, Path | Sequence[str]]:
        """What is indexed: a file, or texts in the language that the name ends in."""
        sentences = [s for p in self._paragraphs("xquad-r", "ru") for s in p["sentences"]]
        return {
            "xquad.ru": [p["context"] for p in self._paragraphs("xquad", "ru")],
            "xquad.en": [p["context"] for p in self._paragraphs("xquad", "en")],
            "xquad-r.ru": sentences,
            "ntrex.ru": self._ntrex("ru"),
            "ntrex.en": self._ntrex("en"),
            "tatoeba.aze.en": self._lines("tatoeba.aze-eng.eng"),
            "tatoeba.rus.en": self._lines("tatoeba.rus-eng.eng"),
            TRANSCRIPTS: self.speeches / "kremlin.ru.jsonl",
        }

    def sets(self) -> list[Set]:
        aze, rus = self._lines("tatoeba.aze-eng.aze"), self._lines("tatoeba.rus-eng.rus")
        return [
            self._xquad("ru", "ru", 0.955, 0.97),
            self._xquad("en", "ru", 0.92, 0.95),
            self._xquad("en", "en", 0.966, 0.98),
            self._xquad("ru", "en", 0.91, 0.95),
            self._spans("ru", 0.80, 0.92),
            self._spans("en", 0.72, 0.88),
            self._sentences("ru"),
            self._sentences("en"),
            _translations("NTREX en → ru", "ntrex.ru", self._ntrex("en"), 0.95, 0.98),
            _translations("NTREX az → ru", "ntrex.ru", self._ntrex("az"), 0.90, 0.95),
            _translations("NTREX az → en", "ntrex.en", self._ntrex("az"), 0.93, 0.97),
            _translations("Tatoeba az → en", "tatoeba.aze.en", aze),
            _translations("Tatoeba ru → en", "tatoeba.rus.en", rus),
            self._transcripts("ru", (0.77, 0.92), (0.60, 0.80)),
            self._transcripts("en", (0.75, 0.90), (0.58, 0.78)),
            self._transcripts("az", (0.62, 0.85), (0.48, 0.70)),
        ]

    def transcript_questions(self) -> list[dict]:
        return [json.loads(line) for line in self._lines("kremlin.ru.questions.jsonl")]

    def off_topic(self) -> list[str]:
        return self._lines("off_topic.ru.txt")

    def _lines(self, name: str) -> list[str]:
        return (self._folder / name).read_text("utf-8").rstrip("\n").split("\n")

    def _ntrex(self, language: str) -> list[str]:
        return self._lines(f"ntrex.{language}.txt")[NTREX_TRAINED:]

    def _paragraphs(self, name: str, language: str) -> list[dict]:
        data = json.loads((self._folder / f"{name}.{language}.json").read_text("utf-8"))["data"]
        return [paragraph for article in data for paragraph in article["paragraphs"]]

    def _xquad(self, asked: str, indexed: str, must: float, aim: float) -> Set:
        questions = [
            Asked(qa["question"], partial(_is_of, {number}))
            for number, paragraph in enumerate(self._paragraphs("xquad", asked))
            for qa in paragraph["qas"]
        ]
        name = f"XQuAD {asked} → {indexed}, nDCG@10"
        return Set(f"xquad.{indexed}", questions, [Figure(name, ndcg, must, aim)])

    def _spans(self, asked: str, must: float, aim: float) -> Set:
        questions = [
            Asked(qa["question"], partial(_spans, number, there["answers"]))
            for number, (mine, paragraph) in enumerate(
                zip(self._paragraphs("xquad", asked), self._paragraphs("xquad", "ru"), strict=True)
            )
            for qa, there in zip(mine["qas"], paragraph["qas"], strict=True)
        ]
        name = f"XQuAD {asked} → ru, answer inside quote 1 (default settings)"
        return Set("xquad.ru", questions, [Figure(name, first, must, aim)], ())

    def _sentences(self, asked: str) -> Set:
        # both files have the same questions in the same order; the answers are those in Russian
        texts = [qa["question"] for p in self._paragraphs("xquad-r", asked) for qa in p["qas"]]
        relevant, before = [], 0
        for paragraph in self._paragraphs("xquad-r", "ru"):
            breaks = paragraph["sentence_breaks"]
            for qa in paragraph["qas"]:
                answers = [(a["answer_start"], len(a["text"])) for a in qa["answers"]]
                relevant.append(
                    {
                        before + number
                        for number, (start, end) in enumerate(breaks)
                        if any(start < at + size and at < end for at, size in answers)
                    }
                )
            before += len(breaks)
        questions = [
            Asked(text, partial(_is_of, ids)) for text, ids in zip(texts, relevant, strict=True)
        ]
        figure = Figure(f"XQuAD-R sentences {asked} → ru, MRR@10", reciprocal_rank)
        return Set("xquad-r.ru", questions, [figure])

    def _transcripts(
        self, language: str, three: tuple[float, float], one: tuple[float, float]
    ) -> Set:
        questions = [
            Asked(record["question"], partial(_quotes, record["gold"]))
            for record in self.transcript_questions()
            if record["lang"] == language and record["kind"] != "no_answer"
        ]
        figures = [
            Figure(f"transcripts {language}, answer in quotes 1–3", one_of_three, *three),
            Figure(f"transcripts {language}, answer in quote 1", first, *one),
        ]
        options = ("-n", "3", "--per-speech", "3", "--threshold", "0")
        return Set(TRANSCRIPTS, questions, figures, options)


def _translations(
    name: str,
    collection: str,
    lines: Sequence[str],
    must: float | None = None,
    aim: float | None = None,
) -> Set:
    questions = [Asked(line, partial(_is_of, {number})) for number, line in enumerate(lines)]
    return Set(collection, questions, [Figure(f"{name}, R@1", first, must, aim)])


def _is_of(speeches: Collection[int], quote: dict) -> bool:
    return int(quote["speech_id"]) in speeches


def _spans(speech: int, answers: Sequence[dict], quote: dict) -> bool:
    return int(quote["speech_id"]) == speech and any(
        quote["start"] <= answer["answer_start"]
        and answer["answer_start"] + len(answer["text"]) <= quote["end"]
        for answer in answers
    )


def _quotes(gold: Sequence[dict], quote: dict) -> bool:
    return any(quote["speech_id"] == g["doc"] and holds(quote["text"], g["sentence"]) for g in gold)


class Indexes:
    """An index of each collection, made and asked by the command line."""

    def __init__(self, folder: Path, model: str | None) -> None:
        self.folder = folder
        self._model = ["--model", model] if model else []
        self._texts: dict[str, dict[str, str]] = {}
        self._exact: list[bool] = []

    def place(self, name: str) -> str:
        """Where the index of a collection is."""
        return str(self.folder / name)

    def make(self, name: str, source: Path | Sequence[str]) -> None:
        if not isinstance(source, Path):
            language = name.rpartition(".")[2]
            lines = (
                {"id": str(number), "text": text, "language": language}
                for number, text in enumerate(source)
            )
            source = self.folder / f"{name}.jsonl"
            source.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        self._texts[name] = _texts(source)
        rostrum("reindex", source, *self._model, "--index", self.place(name))

    def ask(self, name: str, questions: Sequence[str], *options: str) -> list[dict]:
        lines = "".join(json.dumps({"question": question}) + "\n" for question in questions)
        arguments = ["--questions", "-", "--json", "--index", self.place(name), *options]
        answers = [
            json.loads(line) for line in rostrum("ask", *arguments, given=lines).splitlines()
        ]
        if [answer["question"] for answer in answers] != list(questions):
            raise SystemExit(f"{name}: not one answer for each question")
        texts = self._texts[name]
        self._exact += [
            bool(quote["text"])
            and quote["text"] == texts[quote["speech_id"]][quote["start"] : quote["end"]]
            for answer in answers
            for quote in answer["quotes"]
        ]
        return answers

    def exact_spans(self) -> Row:
        """Whether every quote so far is what the source has between its offsets."""
        wrong = len(self._exact) - sum(self._exact)
        name = f"quotes that are not exact spans, of {len(self._exact):,}"
        return Row(name, str(wrong), "0", "0", wrong > 0)

    def rows(self, what: Set) -> list[Row]:
        texts = [asked.question for asked in what.questions]
        answers = self.ask(what.collection, texts, *what.options)
        right = [
            [asked.right(quote) for quote in answer["quotes"]]
            for asked, answer in zip(what.questions, answers, strict=True)
        ]
        rows = []
        for name, metric, must, aim in what.figures:
            value = mean(map(metric, right))
            expected = (f"≥ {must:.3f}" if must else "–", f"{aim:.3f}" if aim else "–")
            rows.append(Row(name, f"{value:.3f}", *expected, must is not None and value < must))
            print(name, rows[-1].measured, file=sys.stderr, flush=True)
        return rows


def _texts(source: Path) -> dict[str, str]:
    """By speech id, the text of each record of a JSON Lines file; none of a folder."""
    lines = source.read_text("utf-8").split("\n") if source.is_file() else []
    return {str(r["id"]): r["text"] for r in map(json.loads, filter(str.strip, lines))}


def rostrum(command: str, *arguments: str | Path, given: str = "") -> str:
    """Run the command line; returns its standard output."""
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", command, *map(str, arguments)],
        input=given,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
        env={**os.environ, "OMP_NUM_THREADS": "1"},  # the other core has the other process
    ).stdout


def silence(evaluation: Evaluation, indexes: Indexes) -> list[tuple[str, str, str]]:
    """By language, how often the decision that nothing was said is wrong, either way."""
    records = evaluation.transcript_questions()
    answers = indexes.ask(TRANSCRIPTS, [record["question"] for record in records])
    strangers = indexes.ask(TRANSCRIPTS, evaluation.off_topic())
    lines = []
    for language in ("ru", "en", "az"):
        found = {
            answerable: mean(
                answer["found"]
                for record, answer in zip(records, answers, strict=True)
                if record["lang"] == language and (record["kind"] != "no_answer") == answerable
            )
            for answerable in (True, False)
        }
        lines.append((language, f"{1 - found[True]:.2f}", f"{found[False]:.2f}"))
    lines.append(("ru, off topic", "–", f"{mean(a['found'] for a in strangers):.2f}"))
    return lines


def speed_rows(evaluation: Evaluation, indexes: Indexes) -> list[Row]:
    indexes.make("everything", evaluation.speeches)
    questions = [record["question"] for record in evaluation.transcript_questions()]
    measured = speed.measure(indexes.folder / "everything", questions)
    middle, slow = measured.answer
    name = f"speed, warm answer, {measured.passages:,} passages: p95 {slow:.0f} ms"
    most = speed.MOST_ANSWER_MS
    rows = [Row(name, f"p50 {middle:.0f} ms", f"≤ {most} ms", "–", middle > most)]
    for name, (whole, lexical), most in (
        (f"warm question, {measured.passages:,} passages", measured.warm, speed.MOST_WARM_MS),
        ("cold `rostrum ask`", measured.cold, speed.MOST_COLD_MS),
    ):
        cost = whole - lexical
        name += f": {whole:.0f} ms, of words alone {lexical:.0f} ms"
        rows.append(Row(f"speed, {name}", f"{cost:.0f} ms more", f"≤ {most} ms", "–", cost > most))
    return rows


def table(heads: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    cells = [heads, *(line[: len(heads)] for line in lines)]
    first, *rest = (f"| {' | '.join(map(str, line))} |\n" for line in cells)
    return "".join([first, f"|{'---|' * len(heads)}\n", *rest])


def write(path: Path, mark: str, text: str) -> None:
    """Put a text between <!-- mark --> and <!-- end of mark --> in a file."""
    before, begin, rest = path.read_text("utf-8").partition(f"<!-- {mark} -->\n")
    _, end, after = rest.partition(f"<!-- end of {mark} -->\n")
    if not end:
        raise SystemExit(f"{path} has no marks for {mark}")
    path.write_text(before + begin + text + end + after, "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="the folder of shared data")
    parser.add_argument("--only", nargs="+", default=[], metavar="WORD", help="rows with a WORD")
    parser.add_argument("--model", metavar="NAME", help="as for rostrum reindex")
    parser.add_argument("--write", type=Path, metavar="README", help="put the tables there")
    arguments = parser.parse_args()
    if arguments.write and (arguments.only or arguments.model):
        parser.error("what is written is the whole table of the built-in model")

    def wanted(name: str) -> bool:
        return not arguments.only or any(word in name for word in arguments.only)

    evaluation = Evaluation(arguments.data)
    sets = [s for s in evaluation.sets() if any(wanted(figure.name) for figure in s.figures)]
    asked = {s.collection for s in sets} | ({TRANSCRIPTS} if wanted("silence") else set())
    sources = {name: s for name, s in evaluation.collections().items() if name in asked}
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(PROCESSES) as pool:
        indexes = Indexes(Path(folder), arguments.model)
        list(pool.map(indexes.make, sources, sources.values()))
        silent = pool.submit(silence, evaluation, indexes) if wanted("silence") else None
        rows = [row for some in pool.map(indexes.rows, sets) for row in some]
        lines = silent.result() if silent else []
        if sets or silent:
            rows.append(indexes.exact_spans())
        if wanted("speed"):  # when all else is done, so that nothing else is timed
            rows += speed_rows(evaluation, indexes)

    tables = {
        "languages": table(("set", "measured", "must reach", "aim"), rows),
        "silence": table(("questions", "wrongly refused", "wrongly answered"), lines),
    }
    print("\n".join(tables.values()), end="")
    if arguments.write:
        for mark, text in tables.items():
            write(arguments.write, mark, text)
    missed = [row.name for row in rows if row.missed]
    for name in missed:
        print(f"missed: {name}", file=sys.stderr)
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
