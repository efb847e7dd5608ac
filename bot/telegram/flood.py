"""A limit on how much one person may ask."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

MOST = 20
SECONDS = 60.0
_MANY_PEOPLE = 10_000


@dataclass(slots=True)
class _Person:
    times: deque[float] = field(default_factory=deque)
    told: bool = False


class Flood:
    """Lets each person ask so often in any minute; who asks more is told once, then not heard.

    Whoever has slowed down to half of it would be told again.
    """

    def __init__(
        self,
        most: int = MOST,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock  # one that does not jump
        self._people: dict[int, _Person] = {}

    def check(self, person: int) -> Literal["fine", "tell", "ignore"]:
        """Count a question of a person, and say what to do with it."""
        now = self._clock()
        if len(self._people) > _MANY_PEOPLE:
            self._people = {
                one: them
                for one, them in self._people.items()
                if them.times and them.times[-1] > now - self._seconds
            }
        them = self._people.setdefault(person, _Person())
        while them.times and them.times[0] <= now - self._seconds:
            them.times.popleft()
        if len(them.times) < self._most:
            them.times.append(now)
            them.told = them.told and len(them.times) > self._most / 2
            return "fine"
        if them.told:
            return "ignore"
        them.told = True
        return "tell"
