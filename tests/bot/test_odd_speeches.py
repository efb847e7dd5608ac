"""Speeches and questions of odd shapes, through the real command line. All words are invented."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from bot import jsonout

pytest_plugins = ["command_line"]

BRIDGE = "Сегодня мы открываем Ольховский мост через реку Светлую."
FILLER = [
    "дорога", "поле", "лес", "завод", "школа", "берег", "город", "село", "вода", "работа",
    "мы", "и", "на", "строим", "видим", "помним", "знаем", "большая", "новый", "наша",
]  # fmt: skip

Ask = Callable[..., dict]


@pytest.fixture
def collection(tmp_path: Path, rostrum: Callable[..., Result]) -> Callable[..., Ask]:
    """Indexes files, given by name and text, and gives what asks them; every quote is checked."""

    def run(*arguments: str) -> str:
        done = rostrum(*arguments)
        assert done.exit_code == 0, done.output
        return done.stdout

    def make(**texts: str) -> Ask:
        folder, index = tmp_path / "speeches", str(tmp_path / "index")
        folder.mkdir()
        for name, text in texts.items():
            (folder / f"{name}.txt").write_text(text, "utf-8")
        run("reindex", str(folder), "--index", index)

        def ask(question: str, *options: str) -> dict:
            answer = json.loads(run("ask", question, "--json", "--index", index, *options))
            for quote in answer["quotes"]:
                text = texts[quote["speech_id"]]
                assert quote["text"] == text[quote["start"] : quote["end"]]
                assert len(quote["text"]) <= 1500
            return answer

        return ask

    return make


def test_json_is_one_line_for_those_who_break_lines_at_more_signs():
    value = {"text": "мост\x85река\u2028вода\u2029\x0b\r\n"}
    line = jsonout.line(value)
    assert line.splitlines() == [line]
    assert "мост" in line
    assert json.loads(line) == value


def words(number: int) -> list[str]:
    chance = random.Random(number)
    return [chance.choice(FILLER) for _ in range(number)]


def test_a_collection_of_one_sentence(collection):
    ask = collection(one=BRIDGE)
    assert [q["text"] for q in ask("Что с Ольховским мостом?")["quotes"]] == [BRIDGE]
    assert not ask("цена на нефть в Норвегии")["found"]


@pytest.mark.parametrize("length", [5_000, 20_000])
@pytest.mark.parametrize("end", ["", "."])
def test_a_speech_without_punctuation(collection, length, end):
    """Automatic captions, and one sentence without an end."""
    said = words(length)
    said[length // 2 : length // 2] = BRIDGE.rstrip(".").lower().split()
    ask = collection(captions=" ".join(said) + end)
    answer = ask("Ольховский мост через Светлую")
    assert "ольховский мост" in answer["quotes"][0]["text"]


def test_capitals(collection):
    ask = collection(
        loud="ДОРОГИЕ ДРУЗЬЯ! СЕГОДНЯ МЫ ОТКРЫВАЕМ ОЛЬХОВСКИЙ МОСТ. ЗАВТРА НАЧНЁТСЯ РЕМОНТ ШКОЛЫ.",
        soft="Вода в реке чистая. Лес растёт у самого берега. Рыбаки довольны уловом.",
    )
    assert "ОЛЬХОВСКИЙ МОСТ" in ask("где Ольховский мост")["quotes"][0]["text"]
    assert ask("КОГДА РЕМОНТ ШКОЛЫ?")["quotes"][0]["speech_id"] == "loud"
    assert "Рыбаки" in ask("ЧЕМ ДОВОЛЬНЫ РЫБАКИ?")["quotes"][0]["text"]


def test_verse(collection):
    ask = collection(
        verse="Над тихой Светлой стелется туман,\nи мост Ольховский в нём едва заметен;\n"
        "по мосту едет старый шарабан,\nи в спину дует беспокойный ветер.\n\n"
        "А за рекой светает понемногу,\nи пастухи выходят на дорогу."
    )
    assert "мост Ольховский" in ask("Ольховский мост в тумане")["quotes"][0]["text"]
    assert "пастухи" in ask("куда выходят пастухи")["quotes"][0]["text"]


def test_lists_and_tables(collection):
    ask = collection(
        plan="План на год:\n\n1. Ремонт школы в Гнездове.\n2. Новый мост через Светлую.\n"
        "3. Две больницы.\n\nГород | Больницы | Школы\nГнездово | 2 | 14\nЛипки | 1 | 9\n\n"
        "- трамвай до вокзала;\n- парк у реки."
    )
    assert "Новый мост" in ask("новый мост через Светлую")["quotes"][0]["text"]
    assert "Липки | 1 | 9" in ask("школы и больницы в Липках")["quotes"][0]["text"]
    assert "трамвай" in ask("трамвай до вокзала")["quotes"][0]["text"]


def test_a_question_that_quotes_a_speech_is_answered_by_its_source(collection):
    said = "Мы откроем мост в мае, потому что весной вода стоит высоко и паром не ходит."
    ask = collection(
        source=f"Добрый день, друзья. {said} Спасибо за внимание.",
        other="Мост нужен городу. Весной вода стоит высоко. Паром не ходит. Откроем мост мы в мае.",
        third="Паром ходит летом. Мост в мае ремонтируют. Вода высоко не стоит.",
    )
    for question in (said, f"Кто сказал: «{said}»", f'"{said}"'):
        first = ask(question)["quotes"][0]
        assert first["speech_id"] == "source"
        assert said in first["text"]


def test_a_question_in_two_languages(collection):
    ask = collection(
        ru=f"Уважаемые друзья! {BRIDGE} Он стоил 40 миллионов.",
        en="Good morning. The price of water will fall next year. Thank you all.",
    )
    assert ask("What was said про Ольховский мост?")["quotes"][0]["speech_id"] == "ru"
    assert ask("Что сказали про price of water?")["quotes"][0]["speech_id"] == "en"
    both = ask("Ольховский мост and the price of water", "-n", "5", "--threshold", "0.05")
    assert {quote["speech_id"] for quote in both["quotes"]} == {"ru", "en"}


def test_the_same_speech_under_two_ids_is_shown_once(collection):
    text = f"Уважаемые друзья! {BRIDGE} Он стоил 40 миллионов и построен за два года."
    ask = collection(first=text, second=text)
    (quote,) = ask("Ольховский мост", "-n", "5")["quotes"]
    (other,) = quote["repeated"]
    assert {quote["speech_id"], other["speech_id"]} == {"first", "second"}
