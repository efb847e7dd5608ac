"""What goes wrong on purpose, and the limits on how fast a bot may write."""

from __future__ import annotations

import math
import random
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "429", "500", "502", "401", "403", "409", "hang", "drop", "lost", "garbage", "slow"
]  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """One failure of one call.

    `drop` closes the connection before the call is processed, `lost` after it was; `garbage` is
    processed and answered with half a JSON object; `slow` is processed after `seconds`; `hang`
    is not processed and never answered (until the client gives up or the server closes).
    `seconds` of a 429 is its retry_after; with the scope "chat" or "all" every call to that chat,
    or every call but getUpdates, is answered 429 until that time has passed.
    """

    kind: Kind
    seconds: float = 1
    scope: Literal["call", "chat", "all"] = "call"


class Faults:
    """Failures by list (`next`) or by chance (`chance`); `injected` counts them by kind."""

    def __init__(self, seed: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self.random = random.Random(seed)
        self.clock = clock
        self.injected: Counter[str] = Counter()
        self.duplicate_updates = 0.0  # the chance that a delivered update is delivered again
        self.shuffle_updates = 0.0  # the chance that a batch of updates comes in any order
        self._listed: dict[str, deque[Fault | None]] = defaultdict(deque)
        self._chances: list[tuple[float, tuple[Fault, ...], frozenset[str] | None]] = []
        self._until: dict[object, float] = {}

    def next(self, method: str, *faults: Fault | Kind | None) -> None:
        """The next calls of the method fail so, one by one; None lets one pass."""
        self._listed[method.lower()].extend(_fault(fault) for fault in faults)

    def chance(
        self, share: float, *faults: Fault | Kind, methods: Iterable[str] | None = None
    ) -> None:
        """This share of calls fails, each by one of the faults; of all methods but getUpdates."""
        named = None if methods is None else frozenset(method.lower() for method in methods)
        made = tuple(fault for fault in map(_fault, faults) if fault)
        self._chances.append((share, made, named))

    def clear(self) -> None:
        """Nothing fails from now on."""
        self._listed.clear()
        self._chances.clear()
        self._until.clear()
        self.duplicate_updates = self.shuffle_updates = 0.0

    def pick(self, method: str, chat_id: object) -> Fault | None:
        """What this call shall suffer."""
        fault = self._picked(method.lower(), chat_id)
        if fault:
            self.injected[fault.kind] += 1
        return fault

    def _picked(self, method: str, chat_id: object) -> Fault | None:
        if method != "getupdates":
            now = self.clock()
            for key in ("all", chat_id):
                left = self._until.get(key, now) - now
                if key is not None and left > 0:
                    return Fault("429", math.ceil(left))
        fault: Fault | None = None
        if self._listed.get(method):
            fault = self._listed[method].popleft()
        else:
            for share, faults, named in self._chances:
                meant = method in named if named is not None else method != "getupdates"
                if meant and self.random.random() < share:
                    fault = self.random.choice(faults)
                    break
        if fault and fault.kind == "429" and fault.scope != "call":
            key = "all" if fault.scope == "all" else chat_id
            self._until[key] = self.clock() + fault.seconds
        return fault


def _fault(fault: Fault | Kind | None) -> Fault | None:
    return Fault(fault) if isinstance(fault, str) else fault


@dataclass
class Limits:
    """The limits Telegram states, as leaky buckets: (calls, seconds, burst).

    "Avoid more than one message per second in a chat, short bursts are fine; 20 a minute in a
    group; about 30 a second over all." What a burst may be is not said. Ours: 5 in a private
    chat, 20 in a group, 60 over all: a client that keeps to 30 a second with a bucket of 30 may
    send 60 within its first second. Counted: messages sent, and edits. Going over is always kept
    in `violations`, and answered 429 with `enforce`.
    """

    enforce: bool = False
    overall: tuple[float, float, float] = (30, 1, 60)
    group: tuple[float, float, float] = (20, 60, 20)
    private: tuple[float, float, float] = (1, 1, 5)
    clock: Callable[[], float] = time.monotonic
    violations: list[tuple[str, int]] = field(default_factory=list)
    _levels: dict[object, tuple[float, float]] = field(default_factory=dict)

    def check(self, method: str, chat_id: int, private: bool) -> int:
        """Counts the call. Seconds to wait where it goes over and that is enforced, else 0."""
        now = self.clock()
        buckets = [("all", self.overall), (chat_id, self.private if private else self.group)]
        levels, wait = {}, 0.0
        for key, (calls, seconds, burst) in buckets:
            level, at = self._levels.get(key, (0.0, now))
            level = max(0.0, level - (now - at) * calls / seconds) + 1
            levels[key] = (level, now)
            wait = max(wait, (level - burst) * seconds / calls)
        if wait > 1e-9:
            self.violations.append((method, chat_id))
            if self.enforce:
                return math.ceil(wait)
        self._levels.update(levels)
        return 0
