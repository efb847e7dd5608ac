"""A reader of Telegram's HTML that takes nothing amiss, and the limits of a message."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

_TEXT = re.compile("[^<>&]+")
_TOKEN = re.compile(r"</([a-z-]+)>|<([a-z-]+)((?: [^<>]*)?)>|&(amp|lt|gt|quot|#\d+|#x[\da-f]+);")
_ATTRIBUTES = {
    "a": re.compile(r' href="https?://[^"\s<>]+"'),
    "blockquote": re.compile("( expandable)?"),
}
_ALLOWED = {"b", "i", "a", "code", "pre", "blockquote"}


@dataclass
class Parsed:
    """The text as shown, and what is in each element, by tag, in the order they end."""

    text: str = ""
    elements: list[tuple[str, str]] = field(default_factory=list)

    def inside(self, tag: str) -> list[str]:
        return [content for name, content in self.elements if name == tag]

    @property
    def units(self) -> int:
        return len(self.text.encode("utf-16-le")) // 2


def parse(source: str, *, units: int = 4096) -> Parsed:
    """A message as Telegram shows it; fails where Telegram would refuse it."""
    parsed = Parsed()
    stack: list[tuple[str, int]] = []
    at = 0
    while at < len(source):
        if text := _TEXT.match(source, at):
            parsed.text += text[0]
            at = text.end()
            continue
        token = _TOKEN.match(source, at)
        assert token, f"not escaped: {source[at : at + 30]!r}"
        closing, opening, attributes, entity = token.groups()
        if entity:
            parsed.text += html.unescape(token[0])
        elif closing:
            name, start = stack.pop()
            assert name == closing, f"</{closing}> where </{name}> was due"
            parsed.elements.append((name, parsed.text[start:]))
        else:
            outer = {name for name, _ in stack}
            assert opening in _ALLOWED, opening
            assert not outer & {"code", "pre"}, "code holds nothing else"
            assert opening not in outer, f"{opening} in {opening}"
            assert _ATTRIBUTES.get(opening, re.compile("")).fullmatch(attributes), token[0]
            stack.append((opening, len(parsed.text)))
        at = token.end()
    assert not stack, f"never closed: {stack}"
    assert parsed.text.strip(), "message text is empty"
    assert parsed.units <= units, f"{parsed.units} code units"
    assert len(parsed.elements) <= 100, f"{len(parsed.elements)} entities"
    assert len(source) <= 12_000, f"{len(source)} characters of HTML"
    return parsed
