"""Telegram's HTML: what is read, counted and refused."""

from __future__ import annotations

import pytest

from botapi.markup import Malformed, detect, from_entities, is_empty, parse_html, utf16


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>a</b> <STRONG>b</STRONG>", "a b", ["bold 0 1", "bold 2 1"]),
        ("<i>a</i><em>b</em><u>c</u><ins>d</ins>", "abcd", "italic italic underline underline"),
        ("<s>a</s><strike>b</strike><del>c</del>", "abc", "strikethrough " * 3),
        ('<span class="tg-spoiler">a</span><tg-spoiler>b</tg-spoiler>', "ab", "spoiler spoiler"),
        ("<b>😀</b><i>é</i>", "😀é", ["bold 0 2", "italic 2 1"]),
        ("<blockquote expandable>a<b>b</b></blockquote>", "ab", "expandable_blockquote bold"),
        ("<blockquote>a<code>b</code></blockquote>", "ab", "blockquote code"),
        ('<pre><code class="language-py">x</code></pre>', "x", ["pre 0 1"]),
        ("<a href='https://example.org/?a=1&amp;b'>x</a>", "x", ["text_link 0 1"]),
        ("<a>example.org</a>", "example.org", ["text_link 0 11"]),
        ('<a href="nowhere">x</a>', "x", []),  # Telegram drops the link
        ('<tg-emoji emoji-id="5368">👍</tg-emoji>', "👍", ["custom_emoji 0 2"]),
        ("&lt;&gt;&amp;&quot;&#39;&#x1F600;", "<>&\"'😀", []),
        ("  \n<b>  a  </b>  \n", "a", ["bold 0 1"]),
        ("<b> </b>a", "a", []),
        ("a\u202eb\r\tc", "ab c", []),  # controls of direction go, tabs become spaces
        ("<b></b>a", "a", []),
        ("<b>a</>", "a", ["bold 0 1"]),  # an end tag may leave its name out
    ],
)
def test_is_read(source: str, text: str, entities: list[str] | str) -> None:
    shown, found = parse_html(source)
    assert shown == text
    if isinstance(entities, str):
        assert [entity["type"] for entity in found] == entities.split()
    else:
        assert [f"{one['type']} {one['offset']} {one['length']}" for one in found] == entities


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("é</b>", "Unexpected end tag at byte offset 2"),
        ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
        ("<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("a<br>b", 'Unsupported start tag "br" at byte offset 1'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a</b", "Unclosed end tag at byte offset 4"),
        ('<a href="x>a</a>', "Unclosed start tag at byte offset 0"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        ("<tg-emoji>a</tg-emoji>", "Invalid custom emoji identifier specified at byte offset 0"),
        ("a & b", "Character '&' must be escaped at byte offset 2"),
        ("a > b", "Character '>' must be escaped at byte offset 2"),
        ("&nbsp;", 'Unsupported named entity "nbsp" at byte offset 0'),
        ("&#0;", "Wrong numeric entity at byte offset 0"),
        ("<code><b>a</b></code>", 'Tag "b" can\'t be inside of tag "code" at byte offset 6'),
        ("<b><code>a</code></b>", 'Tag "code" can\'t be inside of tag "b" at byte offset 3'),
        ("<pre>a<a href='https://b.c'>b</a></pre>", 'Tag "a" can\'t be inside of tag "pre"'),
        (
            "<blockquote>a<blockquote>b</blockquote></blockquote>",
            'Tag "blockquote" can\'t be inside of tag "blockquote" at byte offset 13',
        ),
        ("<a href='//b.c'><a href='//d.e'>x</a></a>", 'Tag "a" can\'t be inside of tag "a"'),
    ],
)
def test_is_refused(source: str, words: str) -> None:
    with pytest.raises(Malformed) as refused:
        parse_html(source)
    assert str(refused.value).startswith(words)


def test_entities_sent_beside_the_text() -> None:
    assert from_entities(" 😀a", [{"type": "bold", "offset": 1, "length": 2}]) == (
        "😀a",
        [{"type": "bold", "offset": 0, "length": 2}],
    )
    for offset, length, kind in [(0, 9, "bold"), (0, 1, "bold"), (-1, 1, "bold"), (2, 1, "loud")]:
        with pytest.raises(Malformed):
            from_entities("😀a", [{"type": kind, "offset": offset, "length": length}])


def test_what_people_write() -> None:
    text = "/ask@rostrum_bot 😀 @someone https://example.org/a. #tag a/b 2/3"
    found = [(one["type"], one["offset"], one["length"]) for one in detect(text)]
    expected = [("bot_command", 0, 16), ("mention", 20, 8), ("url", 29, 21), ("hashtag", 52, 4)]
    assert found == expected


def test_lengths_and_emptiness() -> None:
    assert utf16("a😀") == 3
    assert is_empty(" \n\u200b\u200f\u2060")
    assert not is_empty("\u200b.")
