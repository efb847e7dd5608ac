"""A site's lines, all invented."""

from __future__ import annotations

import pytest

from retrieval.furniture import furniture
from retrieval.records import Speech
from retrieval.structure import segments


def left(text: str) -> list[str]:
    """The words of a speech that stands alone, without the lines of the site."""
    speech = Speech(id="x", text=text, language="ru", speaker="Ada Renfield")
    return [text[s.start : s.end].strip() for s in segments(speech)]


@pytest.mark.parametrize(
    "line",
    [
        "Подробнее на сайте",
        "Смотреть видео",
        "Реклама. ООО «Ромашка»",
        "Маяк Ньюс, Фото Саввы Ветрова",
        "1 из 12",
        "Пользовательское соглашение",
        "Читать далее",
        "Cookie",
        "Читайте по теме: Порт в цифрах",
        "ФОТО",
        "Видео дня",
        "Share on Facebook Photo: Jan Dael Read also: Ten quays",
        "Читайте также\nПоездка на Маяк\n10 мая 2025 года, 15:00",
        "See also\nThe port of Arn has been opened to\nships March 3, 2021\nNews of the Council",
    ],
)
def test_a_sites_lines_are_in_no_speech(line: str):
    text = f"Мы построили порт.\n{line}\nМы построим ещё один."
    assert left(text) == ["Мы построили порт.", "Мы построим ещё один."]


@pytest.mark.parametrize(
    "line",
    [
        "Смотрите также на цены.",
        "9 мая 1945 года\nзакончилась война.",
        "This is a video by Ada Renfield.",
        "We wish to\nsubscribe to the treaty.",
        "Actions of two\ncategories: permanent and others.",
    ],
)
def test_a_sentence_is_no_line_of_a_site(line: str):
    assert "".join(left(f"Мы строим.\n{line}\nСпасибо.")).count(line) == 1


def test_a_list_of_links_ends_where_its_days_end():
    text = "See also\nVisit to Arn March 3, 2021\nThis is a great\nday for the port."
    lines = [(0, 8), (9, 35), (36, 51), (52, 69)]
    assert furniture(text, lines) == lines[:2]
