"""Names across scripts and endings: Zangezur, Зангезурского, Zəngəzurdan are one name."""

from __future__ import annotations

from embeddings.analysis import consonants, sound_key, words

NEAR = 0.77
"""Least nearness at which two spellings count as one name (chosen on the project's samples)."""

_LONGEST_ENDING = 6
_COST_OF_ENDING_LETTER = 0.03


def nearness(a: str, b: str) -> float:
    """How near two sound keys are, 0 to 1: letters that differ, and a little per ending letter.

    The longer key may go on for an ending («-ского», "-dan"); its beginning is compared with the
    shorter key by edit distance.
    """
    # imported here for start-up time: most questions need no nearness
    from rapidfuzz.distance import Levenshtein

    short, long = sorted((a, b), key=len)
    ending = len(long) - len(short)
    if ending > _LONGEST_ENDING or len(short) < 2:
        return 0.0
    if len(short) < 4 and (ending > 1 or long[: len(short)] != short):
        return 0.0
    alike = Levenshtein.normalized_similarity(short, long[: len(short)])
    return max(alike - _COST_OF_ENDING_LETTER * ending, Levenshtein.normalized_similarity(a, b))


def consonant_prefixes(key: str) -> list[str]:
    """The consonant keys under which shorter forms of a name may be filed, longest first."""
    full = consonants(key)
    return [full[:length] for length in range(len(full), max(1, len(full) - 4), -1)]


def same_person(asked: str, speaker: str) -> bool:
    """Whether a name asked for ("Putin", «В.Путин») may mean a speaker («Владимир Путин»).

    Every word of the asked name must be near some word of the speaker's; a single letter is an
    initial.
    """
    theirs = [key for _, _, word in words(speaker) if (key := sound_key(word))]
    ours = [key for _, _, word in words(asked) if (key := sound_key(word))]
    return bool(ours) and all(
        any(t[:1] == o[:1] if 1 in (len(o), len(t)) else nearness(o, t) >= NEAR for t in theirs)
        for o in ours
    )
