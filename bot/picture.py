"""A timeline as a picture that can be read on a phone, by matplotlib."""

from __future__ import annotations

import warnings
from pathlib import Path
from textwrap import shorten, wrap

import matplotlib
from matplotlib.figure import Figure

from bot.edge import visible
from retrieval.errors import PictureError
from retrieval.records import Timeline

# A letter that the font lacks is drawn as a box, which says enough.
warnings.filterwarnings("ignore", r"Glyph .* missing from font", UserWarning)

_INCHES = (6.4, 8.0)  # upright, like the screen; at this many dots an inch, 960 x 1200
_DOTS = 150
_PAPER, _INK, _FAINT, _BAR, _PEAK = "#f6f3ec", "#26231e", "#8a8375", "#3d7a8c", "#c8553d"
_MOST_BARS, _MOST_LABELS = 40, 28
_LONGEST_QUOTE = 260
_TITLE_LETTERS = 34  # of Cyrillic, the widest
_FEWEST_ROWS = 6  # or a single bar would fill the page


def draw_timeline(record: Timeline, path: Path) -> None:
    """Draw bars by period, the highest with its strongest quote, into a PNG file.

    Ink on paper of its own colour, so that it reads alike in light and dark surroundings.

    Raises:
        PictureError: the file cannot be written.
    """
    periods = record.periods[-_MOST_BARS:]
    peak = max(periods, key=lambda period: period.passages, default=None)
    with matplotlib.rc_context({"font.family": "DejaVu Sans", "font.size": 13}):
        figure = Figure(_INCHES, _DOTS, facecolor=_PAPER)
        title = "\n".join(
            wrap(_plain(shorten(record.question, 120, placeholder=" …")), _TITLE_LETTERS)
        )
        figure.text(0.06, 0.96, title, size=19, weight="bold", color=_INK, va="top")
        bottom = 0.36 if peak and peak.quote else 0.08
        axes = figure.add_axes((0.17, bottom, 0.73, 0.88 - bottom))
        axes.set_facecolor(_PAPER)
        places = range(len(periods))
        colours = [_PEAK if period is peak else _BAR for period in periods]
        axes.barh(places, [period.passages for period in periods], color=colours, height=0.72)
        rows = max(len(periods), _FEWEST_ROWS)
        axes.set_ylim(1.02 * rows - 0.5, -0.05 * rows - 0.5)
        every = len(periods) // _MOST_LABELS + 1  # or they would overlap
        size = 13 if len(periods) <= _MOST_LABELS / 2 else 10
        names = [period.name for period in periods]
        axes.set_yticks(places[::every], names[::every], fontsize=size)
        if every == 1:
            for place, period in zip(places, periods, strict=True):
                axes.annotate(
                    str(period.passages or ""),
                    (period.passages, place),
                    (4, 0),
                    textcoords="offset points",
                    va="center",
                    fontsize=size,
                    color=_INK,
                )
        axes.set_xticks([])
        axes.tick_params(colors=_INK, length=0)
        axes.spines[:].set_visible(False)
        if peak and peak.quote:
            said = shorten(_plain(peak.quote.text), _LONGEST_QUOTE, placeholder=" …")
            lines = "\n".join(wrap(f"«{said}»", 46))
            who = " · ".join(filter(None, (peak.quote.speaker, peak.quote.date)))
            figure.text(0.06, 0.31, lines, size=13, color=_INK, va="top", linespacing=1.35)
            figure.text(0.06, 0.045, _plain(who), size=12, color=_PEAK, weight="bold")
        figure.text(0.94, 0.015, "Rostrum", size=9, color=_FAINT, ha="right")
        try:
            figure.savefig(path, format="png", facecolor=_PAPER)
        except OSError as error:
            reason = error.strerror or str(error)
            raise PictureError(
                f"The picture could not be written to {path} ({reason}); name another --png FILE."
            ) from None


def _plain(text: str) -> str:
    """A text on one line that matplotlib takes as it is: a dollar sign opens no formula."""
    return " ".join(visible(text).split()).replace("$", r"\$")
