"""Names across scripts and endings: Zangezur, Зангезурского, Zəngəzurdan are one name."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import accumulate, product
from typing import NamedTuple

from embeddings.analysis import consonants, fold, sound_key, words

NEAR = 0.77
"""Least nearness at which two spellings count as one name (chosen on the project's samples)."""

_COST_OF_ENDING_LETTER = 0.02
_LEAST_BASE = 3

# Case and adjective endings of the three languages; compared as sound keys, like the names.
_ENDINGS = frozenset(
    sound_key(f"r{ending}")[1:]
    for ending in (
        "а я у ю ы и е ой ою ей ом ем ам ям ами ями ах ях ов ев ий ый ая яя ое его ого ому им ым "
        "их ых ими ыми ский ская ское ские ского скому ским ском ской скую ских скими "
        "ец цы цев цам цами ин ина ине ину иным ин ова ову овой ев ева еву евой "
        "s es an ian ians ese "
        "a ə ya yə ı i u ü nı ni nu nü yı yi si sı su sü ın in un ün nın nin nun nün da də dan "
        "dən ta tə tan tən nda ndə ndan ndən ına inə una ünə ında ində ından indən lar lər ları "
        "ləri lı li lu lü ça çə dır dir"
    ).split()
)
_LONGEST_ENDING = max(map(len, _ENDINGS))

# Sounds that one alphabet or ear takes for another, and what taking them costs.
_CONFUSED = {
    pair: cost
    for cost, pairs in ((0.4, "ai ao ei gh gk hk cj sz vf"), (0.6, "ou iu sc td bp vu kc zj"))
    for one in pairs.split()
    for pair in (one, one[::-1])
}
_LOST_VOWEL = 0.6
_MOST_LOST = 2
_SHORT = 6
"""Keys shorter than this may differ by confusable sounds and vowels lost, not by another sound."""


# What letters stand for in names that other languages spell as they hear them.
_HEARD = {
    "western": (
        ("u(?=[bdfgklmnpstvxz](?:[bcdfgjklmnpqstvwxz]|$))", "a"), ("c(?=[eiy])", "s"),
        ("(?<!s)c(?!h)", "k"), ("x", "ks"), ("ee", "i"), ("oo|ou", "u"), ("yo", "ye"),
        ("shch", "sh"), ("(?<=[aeo])h(?![aeiouyh])", ""), ("i(?=[bdgklmnprtv]e)", "ai"),
        ("ai(?=r)", "e"), ("(?<=[lnr])z$", "ts"), ("oe$", "o"), ("(?<=[a-z]{3}[kmnrstv])e$", ""),
    ),
    "azerbaijani": (("c(?!h)", "j"), ("q", "g")),
    "chinese": (
        ("(?<=[jqxy])u$", "ui"), ("x", "s"), ("q|c(?!h)", "ts"), ("zh|z", "j"), ("ong", "ung"),
        ("ng", "n"),
    ),
    "russian": (("цз|чж", "дж"),),
}  # fmt: skip
_HEARING = {
    language: [(re.compile(written), heard) for written, heard in rules]
    for language, rules in _HEARD.items()
}
_PINYIN = re.compile(
    "(?:(?:[jqx](?=[iu])|zh|ch|sh|[bpmfdtnlgkhrzcsyw]|(?<![a-z])(?=[aeo]))"
    "(?:[iu]?ang|i?ong|eng|ing|[iu]?an|en|in|un|i?ao|u?ai|u?ei|ou|i[aeu]|u[aieo]|er|[aeiou])){1,3}"
)
"""One to three syllables as Chinese names are spelled in Latin letters."""


@lru_cache(maxsize=1 << 14)
def sound_keys(word: str) -> tuple[str, ...]:
    """The sound keys of a name as it is spelled, and as those who hear it would spell it.

    Letters stand for other sounds in another language: Macron is Макрон, Cavid Джавид, Xi Си.
    Which language a name is of is not known, so that each way to read it counts.
    """
    folded = fold(word)
    ways = ["russian"]
    if folded.isascii():
        ways = ["western", "azerbaijani"] + ["chinese"] * bool(_PINYIN.fullmatch(folded))
    elif not re.search("[а-я]", folded):
        ways = ["azerbaijani"]
    heard = [folded]
    for way in ways:
        spelling = folded
        for written, sound in _HEARING[way]:
            spelling = written.sub(sound, spelling)
        heard.append(spelling)
    return tuple(dict.fromkeys(key for spelling in heard if (key := sound_key(spelling))))


def nearness(a: str, b: str) -> float:
    """How near two sound keys are, 0 to 1: sounds that differ, and a little per ending letter.

    Either may have an ending («-ского», "-dan"), one that names of our languages do take.
    """
    best = 0.0
    for x in bases(a):
        for y in bases(b):
            if abs(len(x) - len(y)) > _MOST_LOST:
                continue
            if min(len(x), len(y)) <= _LEAST_BASE and a not in (x, y) and b not in (x, y):
                continue
            cut = len(a) - len(x) + len(b) - len(y)
            best = max(best, alike(x, y) - _COST_OF_ENDING_LETTER * cut)
    return best


@lru_cache(maxsize=1 << 14)
def bases(key: str) -> tuple[str, ...]:
    """A sound key and what it is without the endings that it may have, longest first."""
    cuts = range(len(key) - 1, max(_LEAST_BASE, len(key) - _LONGEST_ENDING) - 1, -1)
    return (key, *(key[:cut] for cut in cuts if key[cut:] in _ENDINGS))


@lru_cache(maxsize=1 << 14)
def alike(a: str, b: str) -> float:
    """Likeness of two keys by edit distance, sounds that are easily confused costing less."""
    if a == b:
        return float(len(a) > 1)
    longest = max(len(a), len(b))
    # a substitution costs 0.4 or more, and mends two letters at most
    if min(len(a), len(b)) <= _LEAST_BASE or 0.2 * len({*a} ^ {*b}) > 0.3 * longest:
        return 0.0
    lost = [_cost_of_loss(y) for y in b]
    before = [0.0, *accumulate(lost)]
    for x in a:
        losing = _cost_of_loss(x)
        last = before[0] + losing
        now = [last]
        for y, cost, diagonal, above in zip(b, lost, before, before[1:], strict=False):
            swapped = diagonal if x == y else diagonal + _CONFUSED.get(x + y, 1.0)
            last = min(swapped, above + losing, last + cost)
            now.append(last)
        if min(now) > 0.3 * longest:
            return 0.0
        before = now
    if longest < _SHORT and before[-1] >= 1:  # Kursk is not Карск, nor курс
        return 0.0
    return 1 - before[-1] / longest


def _cost_of_loss(sound: str) -> float:
    return _LOST_VOWEL if sound in "aeiou" else 1.0


def consonant_prefixes(key: str) -> list[str]:
    """The consonant keys under which a name may be filed: whole, and without its endings.

    Names filed under longer keys begin with the last.
    """
    found = dict.fromkeys(consonants(base) for base in bases(key))
    return [full for full in found if len(full) > 1]


def same_person(asked: str, speaker: str, least: float = NEAR) -> bool:
    """Whether a name asked for ("Putin", «В.Путин») may mean a speaker («Владимир Путин»).

    Every word of the asked name must be near a word of its own in the speaker's (``least``, as
    :func:`nearness` has it); an initial, in either, may mean any word that begins so. «П.Путин» is
    not «Владимир Путин».
    """
    theirs, ours = _parts(speaker), _parts(asked)
    left = [part for part in theirs if not part.initial]
    initials = [part.keys[0] for part in theirs if part.initial]
    matched = False
    waiting = []
    for part in ours:
        near = [] if part.initial else [t for t in left if _near(part.keys, t.keys, least)]
        if near:
            left.remove(near[0])
            matched = True
        else:
            waiting.append(part)
    for part in waiting:  # initials take what the full words have left
        key = part.keys[0]
        if len(ours) > 2 and key.endswith(_PATRONYMIC):
            continue
        if part.initial and (full := [t for t in left if _begins(t.keys[0], key)]):
            left.remove(full[0])
        elif shortened := [initial for initial in initials if _begins(key, initial)]:
            initials.remove(shortened[0])
        else:
            return False
    return matched or bool(ours and all(part.initial for part in ours))


@lru_cache(maxsize=1 << 14)
def _near(ours: tuple[str, ...], theirs: tuple[str, ...], least: float) -> bool:
    return any(nearness(a, b) >= least for a, b in product(ours, theirs) if _begin_alike(a, b))


def _begin_alike(a: str, b: str) -> bool:
    """Whether two keys have one of their first two consonants in common, or few consonants.

    Of several hundred speakers, most are not called so: this tells them quickly.
    """
    one, other = _opening(a), _opening(b)
    return len(one) < 2 or len(other) < 2 or not one.isdisjoint(other)


@lru_cache(maxsize=1 << 14)
def _opening(key: str) -> frozenset[str]:
    return frozenset(consonants(key).translate(_ALIKE)[:2])


_ALIKE = str.maketrans("jsdbf", "kktpv")
"""Consonants that are confused, beside those that :func:`consonants` takes for one."""


_PATRONYMIC = ("ic", "vna", "icna")  # as sound keys


def same_word(one: str, other: str, least: float = NEAR) -> bool:
    """Whether two words may be one name, in any spelling and with any ending."""
    return _near(sound_keys(one), sound_keys(other), least)


class _Part(NamedTuple):
    keys: tuple[str, ...]
    initial: bool


@lru_cache(maxsize=1 << 13)
def _parts(name: str) -> tuple[_Part, ...]:
    """The words of a name as sound keys; «В.» and «Дж.» are initials."""
    return tuple(
        _Part(keys, end - start == 1 or (end - start == 2 and name[end : end + 1] == "."))
        for start, end, word in words(name)
        if (keys := sound_keys(word))
    )


def _begins(key: str, initial: str) -> bool:
    """Whether a name may be shortened to an initial: Ceyhun to «Дж.» too."""
    return key.startswith(initial) or _CONFUSED.get(key[:1] + initial, 1) <= 0.4
