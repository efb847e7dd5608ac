"""A timeline as a picture that can be read on a phone, by matplotlib."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from textwrap import shorten, wrap

import matplotlib
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from bot.edge import visible
from bot.wording import credit, in_short, without_periods
from retrieval.errors import PictureError
from retrieval.records import Period, Quote, Timeline

# A letter that the font lacks is drawn as a box, which says enough.
warnings.filterwarnings("ignore", r"Glyph .* missing from font", UserWarning)

# Inches; at this many dots an inch 960 wide and at most 1200 high: upright, like the screen.
_WIDTH, _HIGHEST = 6.4, 8.0
_DOTS = 150
_MARGIN, _GAP, _FOOT = 0.38, 0.3, 0.32
_TITLE_LINE, _LINE = 0.32, 0.25
_HIGHEST_ROW = 0.42  # or a single bar would fill the page
_LABELS = 1.2  # from the left edge to where bars begin
_LONGEST_BAR = 4.5
_PAPER, _INK, _FAINT, _BAR, _PEAK = "#f6f3ec", "#26231e", "#8a8375", "#3d7a8c", "#c8553d"
_MOST_BARS, _MOST_LABELS = 40, 28
_LONGEST_QUOTE = 260
_TITLE_LETTERS, _QUOTE_LETTERS = 34, 46  # of Cyrillic, the widest


def draw_timeline(record: Timeline, path: Path, credited: Callable[[Quote], str] = credit) -> None:
    """Draw bars by period, the highest with its strongest quote, into a PNG file.

    Ink on paper of its own colour, so that it reads alike in light and dark surroundings; as high
    as what it shows. Of more periods than have room, the earlier ones are one number; where there
    are none, it says so. ``credited`` is what stands below the quote.

    Raises:
        PictureError: the file cannot be written.
    """
    rows = _rows(record.periods)
    drawn = record.periods[-_MOST_BARS:]
    peak = max(drawn, key=lambda period: period.passages, default=None)
    quote = peak.quote if peak else None
    title = wrap(_plain(shorten(record.question, 120, placeholder=" …")), _TITLE_LETTERS)
    said: list[str] = []
    if quote:
        said = wrap(_plain(in_short(quote, _LONGEST_QUOTE)), _QUOTE_LETTERS)
    empty = "" if rows else without_periods(record)
    above = _MARGIN + _TITLE_LINE * len(title) + _GAP + (_LINE if empty else 0.0)
    below = _FOOT + (_GAP + _LINE * (len(said) + 1.4) if quote else 0.0)
    row = min(_HIGHEST_ROW, (_HIGHEST - above - below) / max(1, len(rows)))
    height = above + row * len(rows) + below
    with matplotlib.rc_context({"font.family": "DejaVu Sans", "font.size": 13}):
        figure = Figure((_WIDTH, height), _DOTS, facecolor=_PAPER)
        left = _MARGIN / _WIDTH

        def from_top(inches: float) -> float:
            return 1 - inches / height

        figure.text(
            left,
            from_top(_MARGIN),
            "\n".join(title),
            size=19,
            weight="bold",
            color=_INK,
            va="top",
        )
        if empty:
            figure.text(left, from_top(above - _LINE), empty, size=13, color=_INK, va="top")
        if rows:
            box = (
                _LABELS / _WIDTH,
                below / height,
                _LONGEST_BAR / _WIDTH,
                row * len(rows) / height,
            )
            axes = figure.add_axes(box)
            axes.set_facecolor(_PAPER)
            axes.set_ylim(len(rows) - 0.5, -0.5)
            axes.set_xlim(0, max((period.passages for period in drawn), default=0) or 1)
            places = range(len(rows) - len(drawn), len(rows))
            colours = [_PEAK if period is peak else _BAR for period in drawn]
            axes.barh(places, [period.passages for period in drawn], color=colours, height=0.72)
            every = len(rows) // _MOST_LABELS + 1  # or they would overlap
            size = 13 if len(rows) <= _MOST_LABELS / 2 else 10
            axes.set_yticks(
                range(0, len(rows), every), [name for name, _, _ in rows[::every]], fontsize=size
            )
            for place, (_, passages, length) in enumerate(rows):
                if every > 1 and length is not None:
                    continue
                axes.annotate(
                    f"{passages:,}" if passages else "",
                    (length or 0, place),
                    (4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=size,
                    color=_FAINT if length is None else _INK,
                    annotation_clip=False,
                )
            axes.set_xticks([])
            axes.tick_params(colors=_INK, length=0)
            axes.spines[:].set_visible(False)
        if quote:
            # a line beside it, not quotation marks: those in the quote would double them
            begin = below - _GAP
            figure.add_artist(
                Line2D(
                    [left, left],
                    [begin / height, (begin - _LINE * len(said)) / height],
                    color=_PEAK,
                    linewidth=2.5,
                )
            )
            figure.text(
                left + 0.02,
                begin / height,
                "\n".join(said),
                size=13,
                color=_INK,
                va="top",
                linespacing=1.35,
            )
            at = begin - _LINE * (len(said) + 0.4)
            figure.text(
                left + 0.02,
                at / height,
                _plain(shorten(credited(quote), 2 * _QUOTE_LETTERS, placeholder=" …")),
                size=12,
                color=_PEAK,
                weight="bold",
                va="top",
            )
        figure.text(0.94, 0.12 / height, "Rostrum", size=9, color=_FAINT, ha="right")
        try:
            figure.savefig(path, format="png", facecolor=_PAPER)
        except OSError as error:
            reason = error.strerror or str(error)
            raise PictureError(
                f"The picture could not be written to {path} ({reason}); name another --png FILE."
            ) from None


def _rows(periods: Sequence[Period]) -> list[tuple[str, int, int | None]]:
    """Name, passages and the bar's length of each row; None: no bar, those before the first one."""
    rows: list[tuple[str, int, int | None]] = [
        (period.name, period.passages, period.passages) for period in periods[-_MOST_BARS:]
    ]
    if earlier := periods[:-_MOST_BARS]:
        rows.insert(0, (f"≤ {earlier[-1].name}", sum(p.passages for p in earlier), None))
    return rows


def _plain(text: str) -> str:
    """A text on one line that matplotlib takes as it is: a dollar sign opens no formula."""
    return " ".join(visible(text).split()).replace("$", r"\$")
