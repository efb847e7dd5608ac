"""Words and shapes for the README's pictures: wrapped, in several styles, smooth at the edges.

Lengths are pixels. The first of the named fonts that is installed is taken; the last of each list
comes with matplotlib, so that a picture can be drawn anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from matplotlib.font_manager import FontProperties, findfont
from PIL import Image, ImageDraw, ImageFont

SANS, MONO = ("Inter", "DejaVu Sans"), ("JetBrains Mono", "DejaVu Sans Mono")
_FINER = 4  # shapes are drawn so many times larger, then reduced
_WORD = re.compile(r"\s*\S+|\s+")

Box = tuple[float, float, float, float]
Shape = tuple[str, str, Sequence[float]]
"""A kind, a colour, and points in a square of 24 by 24."""


class Style(NamedTuple):
    """How a character looks."""

    colour: str
    size: float
    bold: bool = False
    italic: bool = False
    underline: bool = False
    fonts: tuple[str, ...] = SANS


Letters = list[tuple[str, Style]]
"""A text as its characters, each with its style."""


@cache
def font(style: Style) -> ImageFont.FreeTypeFont:
    named = FontProperties(
        family=list(style.fonts),
        weight=("bold" if style.fonts == MONO else "semibold") if style.bold else "normal",
        style="italic" if style.italic else "normal",
    )
    return ImageFont.truetype(findfont(named), style.size)


def letters(text: str, style: Style) -> Letters:
    return [(char, style) for char in text]


def _runs(line: Sequence[tuple[str, Style]]) -> Iterable[tuple[str, Style]]:
    for style, run in groupby(line, key=lambda letter: letter[1]):
        yield "".join(char for char, _ in run), style


def width(line: Sequence[tuple[str, Style]]) -> float:
    return sum(font(style).getlength(text) for text, style in _runs(line))


def wrap(text: Letters, room: float) -> list[Letters]:
    """Lines that are no wider than the room, broken at spaces; a line break in the text stays."""
    lines: list[Letters] = [[]]
    for word in _WORD.finditer("".join(char for char, _ in text)):
        piece = text[word.start() : word.end()]
        while "\n" in (chars := [char for char, _ in piece]):
            lines.append([])
            piece = piece[chars.index("\n") + 1 :]
        if lines[-1] and width([*lines[-1], *piece]) > room:
            lines.append([])
            piece = [letter for letter in piece if not letter[0].isspace()]
        lines[-1] += piece
    return lines


def shortened(text: Letters, room: float) -> Letters:
    """The text on one line, its end left out where there is no room for it."""
    if width(text) <= room:
        return text
    while text and width([*text, ("…", text[0][1])]) > room:
        text = text[:-1]
    return [*text, ("…", text[0][1])] if text else []


class Canvas:
    """A picture that is being drawn."""

    def __init__(self, width: int, height: int, colour: str) -> None:
        self.image = Image.new("RGB", (width, height), colour)

    def words(self, x: float, baseline: float, line: Sequence[tuple[str, Style]]) -> None:
        pen = ImageDraw.Draw(self.image)
        for text, style in _runs(line):
            pen.text((x, baseline), text, style.colour, font(style), anchor="ls")
            end = x + font(style).getlength(text)
            if style.underline:
                pen.line((x, baseline + 4, end - 1, baseline + 4), style.colour, 2)
            x = end

    def panel(self, box: Box, colour: str, radius: float, corners: str = "1111") -> None:
        """A rectangle; "1" for each corner that is round, clockwise from the top left."""
        far = ((box[2] - box[0]) * _FINER - 1, (box[3] - box[1]) * _FINER - 1)
        first, second, third, fourth = (corner == "1" for corner in corners)
        self._shape(
            box,
            colour,
            lambda pen: pen.rounded_rectangle(
                (0, 0, *far), radius * _FINER, "white", corners=(first, second, third, fourth)
            ),
        )

    def _shape(self, box: Box, colour: str, draw: Callable[[ImageDraw.ImageDraw], None]) -> None:
        left, top, right, bottom = (round(edge) for edge in box)
        size = (right - left, bottom - top)
        mask = Image.new("L", (size[0] * _FINER, size[1] * _FINER))
        draw(ImageDraw.Draw(mask))
        mask = mask.resize(size, Image.Resampling.LANCZOS)
        self.image.paste(Image.new("RGB", size, colour), (left, top), mask)

    def icon(self, x: float, y: float, size: float, shapes: Sequence[Shape]) -> None:
        """Shapes one upon the other, in a square of this size."""
        k = size * _FINER / 24
        for kind, colour, points in shapes:
            at = [point * k for point in points]
            self._shape((x, y, x + size, y + size), colour, partial(_draw, kind, at, k))

    def photo(self, x: float, y: float, photo: Image.Image, radius: float = 0) -> None:
        """Another picture upon this one, its corners round."""
        mask = Canvas(*photo.size, "black")
        mask.panel((0, 0, *photo.size), "white", radius)
        self.image.paste(photo, (round(x), round(y)), mask.image.convert("L"))

    def save(self, path: Path) -> None:
        """Write a PNG with a palette, which is a third of the size and looks the same."""
        few = self.image.quantize(256, Image.Quantize.MEDIANCUT, 3, dither=Image.Dither.NONE)
        few.save(path, optimize=True)


def _draw(kind: str, at: list[float], k: float, pen: ImageDraw.ImageDraw) -> None:
    match kind:
        case "box":
            pen.rounded_rectangle(at, k, "white")
        case "ellipse":
            pen.ellipse(at, "white")
        case "line":
            pen.line(at, "white", round(2 * k), joint="curve")
        case _:
            pen.polygon(at, "white")
