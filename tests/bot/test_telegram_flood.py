from __future__ import annotations

from bot.telegram.flood import Flood


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_one_friendly_word_then_silence():
    clock = Clock()
    flood = Flood(4, 60, clock)
    said = [flood.check(1) for _ in range(7)]
    assert said == ["fine"] * 4 + ["tell"] + ["ignore"] * 2
    assert flood.check(2) == "fine"  # nobody else is meant


def test_who_slows_down_is_heard_again_and_told_again():
    clock = Clock()
    flood = Flood(4, 60, clock)
    for _ in range(6):
        flood.check(1)
    clock.now = 61
    assert [flood.check(1) for _ in range(6)] == ["fine"] * 4 + ["tell", "ignore"]


def test_who_asks_steadily_too_much_is_told_once():
    clock = Clock()
    flood = Flood(4, 60, clock)
    said = []
    for _ in range(100):
        clock.now += 10
        said.append(flood.check(1))
    assert said.count("tell") == 1
    assert said.count("fine") >= 100 * 10 / 15 - 5


def test_it_remembers_a_bounded_number_of_people():
    clock = Clock()
    flood = Flood(4, 60, clock)
    for person in range(30_000):
        clock.now += 0.1
        flood.check(person)
    assert len(flood._people) < 11_000
