"""Asking one question after another at a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output

from bot.edge import complain, say
from bot.render import print_answer, print_timeline
from bot.wording import NOTHING, speaks_of, without_periods
from retrieval.errors import QuestionError
from retrieval.followup import Asked, follow_up
from retrieval.index import Index
from retrieval.place import Place
from retrieval.records import Answer, Options, Quote
from retrieval.search import ask
from retrieval.timeline import timeline

HELP = """\
Type a question. Then:
  n            the next quotes
  c 2          the text around quote 2
  o 2          open the page of quote 2
  t            when it was spoken of
  and in 2024?   а Токаев?     narrow the last question
  q            quit\
"""


class Conversation:
    """Answers line after line; what was asked and shown last is what commands refer to."""

    def __init__(self, index: Index, options: Options, folder: Place | None = None) -> None:
        """Begin with nothing asked; ``folder`` goes into the hints, if it was named."""
        self._index = index
        self._base = options
        self._folder = folder
        self._asked: Asked | None = None
        self._shown: list[Quote] = []

    def hear(self, line: str) -> bool:
        """Answer a line; False when it asks to end."""
        line = line.strip()
        match line.lower().split():
            case []:
                pass
            case ["q" | "quit" | "exit"]:
                return False
            case ["h" | "?" | "help"]:
                say(HELP)
            case ["n"]:
                self._next()
            case ["t"]:
                self._timeline()
            # c and o in either alphabet
            case ["c" | "с" | "o" | "о" as command, number] if number.isdecimal():
                self._about(command, int(number))
            case ["c" | "o" as command, _]:  # «о воде» and «с соседями» are questions
                complain(f"After {command} comes the number of a quote, as in: {command} 2")
            case ["c" | "с" | "o" | "о" as command]:
                self._about(command, 1)
            case _:
                self._ask(line)
        return True

    def _ask(self, line: str) -> None:
        today = datetime.now().astimezone().date()
        speakers = self._index.speakers.values()
        asked = follow_up(line, self._asked, self._base, speakers, today)
        try:
            answer = ask(self._index, asked.question, asked.options)
        except QuestionError as error:
            complain(str(error))
            return
        if self._asked and asked.question != line:
            say(f"({_in_words(asked)})")
        self._asked, self._shown = asked, []
        self._show(answer)

    def _show(self, answer: Answer) -> None:
        for note in answer.notes:
            say(note)
        if not answer.quotes:
            print(f"{NOTHING} Other words may help.")
            if answer.topics:
                print(speaks_of(answer.topics))
            return
        first = len(self._shown) + 1
        self._shown += answer.quotes
        print_answer(answer, index=self._folder, first=first)

    def _next(self) -> None:
        if not self._asked:
            complain("Ask something first.")
            return
        options = self._asked.options
        more = replace(options, limit=len(self._shown) + options.limit)
        answer = ask(self._index, self._asked.question, more)
        # by their ends: beside more quotes one may begin later
        places = {(quote.speech_id, quote.end) for quote in self._shown}
        new = [quote for quote in answer.quotes if (quote.speech_id, quote.end) not in places]
        if not new:
            print("There are no more.")
            return
        self._show(replace(answer, quotes=tuple(new[: options.limit]), notes=()))

    def _timeline(self) -> None:
        if not self._asked:
            complain("Ask something first.")
            return
        record = timeline(self._index, self._asked.question, self._asked.options)
        if record.periods:
            print_timeline(record)
        elif record.undated:
            print(without_periods(record))
        else:
            print(f"{NOTHING} Other words may help.")

    def _about(self, command: str, number: int) -> None:
        if not 1 <= number <= len(self._shown):
            none = "nothing was found" if self._asked else "ask something first"
            have = f"there are {len(self._shown)}" if self._shown else none
            complain(f"There is no quote {number}: {have}.")
            return
        quote = self._shown[number - 1]
        if command in "cс":
            alone = Answer(quote.text, quote.language, True, (quote,), 0.0)
            print_answer(alone, context=True, index=self._folder, first=number)
        elif quote.url and quote.url.startswith(("http://", "https://")):
            say(quote.url)
            if click.launch(quote.url):
                complain("No browser could be opened; the address is above.")
        else:
            complain(f"Quote {number} has no address; see: rostrum show {quote.speech_id}")


def converse(
    index: Index,
    options: Options,
    *,
    folder: Place | None = None,
    history: Path | None = None,
    input: Input | None = None,
    output: Output | None = None,
) -> None:
    """Read and answer lines until the end of input or ``q``.

    Args:
        index: where to look.
        options: how to answer a question that sets nothing itself.
        folder: the index folder, if it was named.
        history: the file that remembers earlier questions; None for no memory.
        input: where lines come from, the terminal if None.
        output: where the prompt is drawn, the terminal if None.
    """
    session: PromptSession[str] = PromptSession(
        history=_history(history),
        completer=WordCompleter(list(_completions(index)), ignore_case=True, sentence=False),
        complete_while_typing=False,
        auto_suggest=AutoSuggestFromHistory(),
        input=input,
        output=output,
    )
    conversation = Conversation(index, options, folder)
    say("Ask a question; ? for help, q to quit.")
    while True:
        try:
            line = session.prompt("› ")
        except KeyboardInterrupt:
            continue  # gives up the line, not the conversation
        except EOFError:
            return
        if not conversation.hear(line):
            return


def _history(path: Path | None) -> History:
    if path is None:
        return InMemoryHistory()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError:  # a read-only home: asking works all the same
        return InMemoryHistory()
    return FileHistory(path)


def _completions(index: Index) -> Iterator[str]:
    """Speakers' names and words of them, and the years of the collection as filters."""
    for name in sorted(set(index.speakers.values())):
        yield name
        yield from name.split()
    for year in sorted({date[:4] for date in index.store.dates()}):
        yield from (year, f"{year}..", f"..{year}", f"{year}..{year}")


def _in_words(asked: Asked) -> str:
    options = asked.options
    filters = {"speaker": options.speaker, "since": options.since, "until": options.until}
    told = [f"{name} {value}" for name, value in filters.items() if value]
    return " · ".join([asked.question, *told])
