"""Where quoted words open and close: nested, over several paragraphs, in any common signs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from retrieval.records import Span

_OPENING = {"«": "»", "„": "“”", "“": "”", "‘": "’"}
_DEEPEST = 8  # quotations inside each other: more are signs that nobody closes
_SIGN = re.compile('[«»„“”"‘’]')


class Quotation(NamedTuple):
    """Quoted words with their signs, ``text[start:end]``, and the paragraphs between the signs."""

    start: int
    end: int
    parts: tuple[Span, ...]
    """The words without the signs, one span for each paragraph."""


class _Open(NamedTuple):
    sign: str
    at: int
    paragraph: int


def quotations(text: str, paragraphs: Sequence[Span]) -> list[Quotation]:
    """The outermost quotations in order; a sign without its partner quotes nothing.

    Words that go on in the next paragraph are one quotation where each paragraph opens with the
    sign again and only the last one closes it, or where the first opens a paragraph or follows a
    colon and the last one ends a paragraph.
    """
    waiting: list[_Open] = []
    found: list[tuple[_Open, int, int]] = []
    for number, (begin, end) in enumerate(paragraphs):
        again = _is_again(text, waiting, paragraphs, number)
        if waiting and not again:
            waiting = [waiting[0]] if _may_run_on(text, waiting[0], begin) else []
        for match in _SIGN.finditer(text, begin, end):
            sign, at = match[0], match.start()
            if again and at == begin:
                continue
            if _opens(text, sign, at, begin, waiting):
                waiting.append(_Open(sign, at, number))
                del waiting[1:-_DEEPEST]
                continue
            if sign == "’" and not _closes(text, at):
                continue
            for place in range(len(waiting) - 1, -1, -1):
                opened = waiting[place]
                if sign in _OPENING.get(opened.sign, opened.sign) or (
                    opened.sign in '"”“' and sign in '"”“'
                ):
                    if opened.paragraph == number or place == 0:
                        del waiting[place:]
                        found.append((opened, at, number))
                    break
    outermost: list[tuple[_Open, int, int]] = []
    for opened, at, number in sorted(found, key=lambda one: (one[0].at, -one[1])):
        if outermost and outermost[-1][1] > opened.at:
            continue
        strays = opened.paragraph != number and not _is_whole(text, paragraphs, opened, at, number)
        if not strays:
            outermost.append((opened, at, number))
    return [
        Quotation(opened.at, at + 1, tuple(_parts(text, paragraphs, opened, at, number)))
        for opened, at, number in outermost
    ]


def _opens(text: str, sign: str, at: int, begin: int, waiting: list[_Open]) -> bool:
    if sign in "«„":
        return True
    if sign in "»’":
        return False
    if sign == "“" and any(opened.sign == "„" for opened in waiting):
        return False
    before = text[at - 1] if at > begin else " "
    after = text[at + 1 : at + 2]
    if sign == "‘" and after.isdigit():
        return False  # ‘90s
    return (before.isspace() or before in '([«„“"‘-–—:') and bool(after) and not after.isspace()


def _closes(text: str, at: int) -> bool:
    """Whether ’ is no apostrophe: not in a word, nor as in “the farmers’ land”."""
    before, after = text[at - 1], text[at + 1 : at + 3]
    if after[:1].isalnum():
        return False
    return not (before in "sz" and after[:1] == " " and after[1:].islower())


def _is_again(text: str, waiting: list[_Open], paragraphs: Sequence[Span], number: int) -> bool:
    """Whether a paragraph opens with the sign of a quotation that still runs."""
    if not waiting:
        return False
    sign, _, paragraph = waiting[0]
    return all(
        text[paragraphs[p][0]] == sign for p in range(max(paragraph + 1, number - 1), number + 1)
    )


def _may_run_on(text: str, opened: _Open, begin: int) -> bool:
    before = text[max(0, opened.at - 12) : opened.at].rstrip(" \u00a0")
    return opened.sign != '"' and (before[-1:] in ("", "\n", "\r", ":", "-", "–", "—"))


def _is_whole(text: str, paragraphs: Sequence[Span], opened: _Open, at: int, number: int) -> bool:
    """Whether a quotation over several paragraphs is one: each opens again, or it ends one."""
    between = range(opened.paragraph + 1, number + 1)
    if all(text[paragraphs[p][0]] == opened.sign for p in between):
        return True
    rest = text[at + 1 : paragraphs[number][1]]
    return not any(text[paragraphs[p][0]] == opened.sign for p in between) and (
        len(rest) < 3 or rest.lstrip(" .,")[:1] in "-–—"
    )


def _parts(
    text: str, paragraphs: Sequence[Span], opened: _Open, at: int, number: int
) -> list[Span]:
    parts = []
    for p in range(opened.paragraph, number + 1):
        begin, end = paragraphs[p]
        begin = opened.at if p == opened.paragraph else begin
        begin += text[begin] == opened.sign
        parts.append((begin, at if p == number else end))
    return parts
