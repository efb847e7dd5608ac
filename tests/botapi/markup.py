"""Telegram's HTML as its server reads it: source in, text and entities out.

After `do_parse_html` and `clean_input_string` of tdlib (td/telegram/MessageEntity.cpp). Where
Telegram quietly drops what it does not like, this reader complains: a bare `&` or `>`, an unknown
named entity, anything inside `code`, a link in a link, a block quote in a block quote.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

Entity = dict[str, Any]

TAGS = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "strike", "del"), "strikethrough"),
    **dict.fromkeys(("span", "tg-spoiler"), "spoiler"),
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
PLAIN = {"bold", "italic", "underline", "strikethrough", "spoiler"}  # may hold one another
TYPES = {*TAGS.values(), "expandable_blockquote", "text_mention"}
TYPES |= {"mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
ATTRIBUTE = re.compile(r"\s*([^\s=>/\"']+)\s*(=\s*(?:\"([^\"]*)\"|'([^']*)'|([\w.-]+)(?=[\s>])))?")
# what Telegram takes out of any text: bidirectional controls, and strokes that cover the lines
REMOVED = re.compile("[\r\u2028-\u202e\u030a\u0333\u033f]")
CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
FOUND = (  # what Telegram marks by itself in what people write
    ("bot_command", re.compile(r"(?<![\w/<>])/([a-zA-Z0-9_]{1,64})(@[A-Za-z]\w{2,31})?(?![\w/])")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z][A-Za-z0-9_]{2,31}(?!\w)")),
    ("url", re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)]")),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)


class Malformed(ValueError):
    """The text cannot be parsed; says what Telegram would say after "can't parse entities: "."""


class Span(NamedTuple):
    """An entity while offsets still count characters."""

    start: int
    end: int
    fields: Entity


def utf16(text: str) -> int:
    """Length in UTF-16 code units, in which Telegram counts."""
    return len(text) + sum(char > "\uffff" for char in text)


def is_empty(text: str) -> bool:
    """Nothing to be seen in it: spaces, control and format characters only."""
    return all(
        unicodedata.category(char) in {"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"} or char in "\u2800\u3164"
        for char in text
    )


def detect(text: str) -> list[Entity]:
    """Commands, mentions, addresses and hashtags in a text that a person wrote."""
    taken: list[Span] = []
    for kind, pattern in FOUND:
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(start < span.end and span.start < end for span in taken):
                taken.append(Span(start, end, {"type": kind}))
    return _counted(text, taken)


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """The text as it is shown, and its entities with offsets in UTF-16 units.

    Raises:
        Malformed: unknown, unclosed, mismatched or wrongly nested tags; unescaped characters.
    """
    chars: list[str] = []
    spans: list[Span] = []
    open_tags: list[tuple[str, Entity, int]] = []
    at = 0

    def where(position: int) -> str:
        return f"at byte offset {len(source[:position].encode())}"

    while at < len(source):
        char = source[at]
        if char == "&":
            decoded, at = _reference(source, at, where(at))
            chars.append(decoded)
        elif char == ">":
            raise Malformed(f"Character '>' must be escaped {where(at)}")
        elif char != "<":
            chars.append(char)
            at += 1
        elif source.startswith("</", at):
            if not open_tags:
                raise Malformed(f"Unexpected end tag {where(at)}")
            end = source.find(">", at)
            name, fields, start = open_tags.pop()
            found = source[at + 2 : end].rstrip().lower()
            if end < 0 or not re.fullmatch(r"[^\s<]*", found):
                raise Malformed(f"Unclosed end tag {where(at)}")
            if found and found != name:
                expected = f'expected "</{name}>", found "</{found}>"'
                raise Malformed(f"Unmatched end tag {where(at)}, {expected}")
            if name == "a" and not fields["url"]:
                fields["url"] = "".join(chars[start:])
            if len(chars) > start and (name != "a" or _is_address(fields["url"])):
                spans.append(Span(start, len(chars), fields))
            at = end + 1
        else:
            name, fields, end = _start_tag(source, at, where(at))
            _check_nesting(name, [tag for tag, _, _ in open_tags], where(at))
            open_tags.append((name, fields, len(chars)))
            at = end
    if open_tags:
        raise Malformed(f'Can\'t find end tag corresponding to start tag "{open_tags[-1][0]}"')
    return _finished("".join(chars), _joined_code(spans))


def from_entities(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """The same for a text whose entities were sent beside it.

    Raises:
        Malformed: of an unknown type, outside the text, or splitting a surrogate pair.
    """
    units = [0]
    for char in text:
        units.append(units[-1] + utf16(char))
    place = {unit: index for index, unit in enumerate(units)}
    spans = []
    for entity in entities:
        if not isinstance(entity, dict) or entity.get("type") not in TYPES:
            raise Malformed("Unsupported type specified")
        offset, length = entity.get("offset"), entity.get("length")
        if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length < 1:
            raise Malformed("Entity has wrong offset or length")
        if offset + length > units[-1]:
            raise Malformed("Entity is outside of the text")
        if offset not in place or offset + length not in place:
            raise Malformed("Entity begins in a middle of a UTF-16 symbol")
        fields = {key: value for key, value in entity.items() if key not in ("offset", "length")}
        spans.append(Span(place[offset], place[offset + length], fields))
    for one in spans:
        for other in spans:
            if one.start < other.start < one.end < other.end:
                raise Malformed("Entities overlap")
    return _finished(text, spans)


def _reference(source: str, at: int, where: str) -> tuple[str, int]:
    match = REFERENCE.match(source, at)
    if not match:
        raise Malformed(f"Character '&' must be escaped {where}")
    if match[3]:
        if match[3] not in NAMED:
            raise Malformed(f'Unsupported named entity "{match[3]}" {where}')
        return NAMED[match[3]], match.end()
    code = int(match[1], 16) if match[1] else int(match[2])
    if not 0 < code < 0x10FFFF or 0xD800 <= code < 0xE000:
        raise Malformed(f"Wrong numeric entity {where}")
    return chr(code), match.end()


def _start_tag(source: str, at: int, where: str) -> tuple[str, Entity, int]:
    match = re.compile(r"<([^\s>]*)").match(source, at)
    assert match
    name, position = match[1].lower(), match.end()
    if position == len(source):
        raise Malformed(f"Unclosed start tag {where}")
    if name not in TAGS:
        raise Malformed(f'Unsupported start tag "{name}" {where}')
    attributes: dict[str, str] = {}
    while True:
        space = re.compile(r"\s*").match(source, position)
        position = space.end() if space else position
        if position >= len(source):
            raise Malformed(f"Unclosed start tag {where}")
        if source[position] == ">":
            break
        found = ATTRIBUTE.match(source, position)
        if not found:
            raise Malformed(f'Empty attribute name in the tag "{name}" {where}')
        position = found.end()
        if not found[2] and source[position : position + 1] == "=":
            raise Malformed(f"Unclosed start tag {where}")
        value = next((group for group in found.group(3, 4, 5) if group is not None), "")
        attributes[found[1].lower()] = REFERENCE.sub(
            lambda reference: _reference(reference[0], 0, where)[0], value
        )
    fields: Entity = {"type": TAGS[name]}
    if name == "a":
        fields["url"] = attributes.get("href", "")
    elif name == "span" and attributes.get("class") != "tg-spoiler":
        raise Malformed(f'Tag "span" must have class "tg-spoiler" {where}')
    elif name == "code" and attributes.get("class", "").startswith("language-"):
        fields["language"] = attributes["class"].removeprefix("language-")
    elif name == "blockquote" and "expandable" in attributes:
        fields["type"] = "expandable_blockquote"
    elif name == "tg-emoji":
        if not attributes.get("emoji-id", "").isdecimal():
            raise Malformed(f"Invalid custom emoji identifier specified {where}")
        fields["custom_emoji_id"] = attributes["emoji-id"]
    return name, fields, position + 1


def _check_nesting(name: str, around: list[str], where: str) -> None:
    kind = TAGS[name]
    inside = {TAGS[tag] for tag in around}
    held = f'Tag "{name}" can\'t be inside of tag "{around[-1]}" {where}' if around else ""
    if inside & {"code", "pre"} and not (kind == "code" and around[-1] == "pre"):
        raise Malformed(held)
    if kind in {"code", "pre"} and inside - {"blockquote", "pre"}:
        raise Malformed(held)
    if kind not in PLAIN and kind in inside:  # a block quote in one, a link in a link
        raise Malformed(held)


def _joined_code(spans: list[Span]) -> list[Span]:
    """`<pre><code class="language-x">` is one entity, a pre with a language."""
    joined: list[Span] = []
    for span in spans:  # an inner one comes before the outer one
        if joined and span.fields["type"] == "pre" and joined[-1].fields["type"] == "code":
            inner = joined[-1]
            if (inner.start, inner.end) == (span.start, span.end):
                joined.pop()
                if "language" in inner.fields:
                    span.fields["language"] = inner.fields["language"]
        joined.append(span)
    for span in joined:
        if span.fields["type"] == "code":
            span.fields.pop("language", None)
    return joined


def _is_address(url: str) -> bool:
    """Others Telegram drops without a word, with their link."""
    return bool(re.fullmatch(r"(?i)(?:(?:https?|ton)://)?[^\s/?#.]+(?:\.|:)\S+|tg:\S+", url))


def _finished(text: str, spans: list[Span]) -> tuple[str, list[Entity]]:
    """Cleaned and trimmed as Telegram does it; entities follow, those of spaces only go."""
    kept = [index for index, char in enumerate(text) if not REMOVED.match(char)]
    clean = CONTROL.sub(" ", "".join(text[index] for index in kept))
    stripped = clean.lstrip()
    left = len(clean) - len(stripped)
    stripped = stripped.rstrip()
    moved, count, position = [0] * (len(text) + 1), 0, 0
    keep = set(kept)
    for position in range(len(text)):
        moved[position] = count
        count += position in keep
    moved[len(text)] = count
    result = []
    for start, end, fields in spans:
        first = min(max(moved[start] - left, 0), len(stripped))
        last = min(max(moved[end] - left, 0), len(stripped))
        if stripped[first:last].strip():
            result.append(Span(first, last, fields))
    return stripped, _counted(stripped, result)


def _counted(text: str, spans: list[Span]) -> list[Entity]:
    """Offsets of characters become offsets of UTF-16 units; outer before inner."""
    units = [0]
    for char in text:
        units.append(units[-1] + 1 + (char > "\uffff"))
    return [
        {
            "type": span.fields["type"],
            "offset": units[span.start],
            "length": units[span.end] - units[span.start],
            **{key: value for key, value in span.fields.items() if key != "type"},
        }
        for span in sorted(spans, key=lambda span: (span.start, -span.end))
    ]
