"""Whether a sentence leans on the one before it: «Поэтому …», "He …", "Buna görə …".

Known by how it opens, after the conjunctions, particles and prepositions of its language: by a
connective that draws on what was said, or by a pronoun or demonstrative that points back to it.
Not those that point forward (those who, то, что; it is time to) or to now (this year, bu gün).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from functools import cache

from retrieval.records import Language


class Lean(IntEnum):
    """How much of a sentence is lost without the one before it."""

    NOT = 0
    JOINED = 1
    """A conjunction joins it: «Но …», "And …"."""
    LEANS = 2
    """It cannot be understood alone, or draws a conclusion: «Это …», "Therefore …"."""


_JOINING: Mapping[Language, str] = {
    "ru": "и а но или либо ну ведь же вот даже именно только лишь как_раз так",
    "en": "and but or nor yet so even just only",
    "az": "və amma lakin ancaq ya həm hətta da də axı",
}
_PREPOSITIONS: Mapping[Language, str] = {
    "ru": """в во на о об обо при для ради из из-за с со к ко по после до от без за над под про
        через у кроме вместо благодаря между среди перед против вокруг вслед_за вместе_с
        наряду_с в_связи_с несмотря_на исходя_из все всё всех всем всеми каждый_из один_из
        одна_из многие_из некоторые_из большинство_из""",
    "en": """in on at of to for from with without by about after before during under over through
        because_of despite besides beyond among between against like unlike as given all all_of
        both_of each_of many_of most_of some_of one_of none_of since due_to thanks_to according_to
        in_addition_to in_spite_of as_a_result_of""",
    "az": "",
}
_CONNECTIVES: Mapping[Language, str] = {
    "ru": """поэтому потому оттого отсюда следовательно соответственно значит стало_быть итак
        таким_образом таким_путём таким_путем тем_самым тем_более тем_не_менее однако зато всё_же
        все_же всё-таки все-таки впрочем напротив наоборот иначе также тоже притом причём причем
        к_тому_же более_того сверх_того помимо_прочего кроме_того помимо_того затем далее потом
        в_то_же_время вместе_с_тем в_свою_очередь в_частности например к_примеру то_есть
        иными_словами другими_словами в_противном_случае в_результате в_итоге во-вторых в-третьих
        в-четвёртых в-четвертых с_другой_стороны так_что вот_почему""",
    "en": """therefore thus hence consequently accordingly however nevertheless nonetheless
        moreover furthermore besides also too likewise similarly otherwise instead meanwhile
        then afterwards subsequently conversely namely secondly thirdly in_addition as_a_result
        for_example for_instance in_other_words on_the_other_hand in_contrast by_contrast
        at_the_same_time in_turn in_particular in_fact indeed as_such""",
    "az": """beləliklə deməli buna_görə ona_görə həmçinin habelə eyni_zamanda əksinə yoxsa sonra
        daha_sonra məsələn yəni nəticədə digər_tərəfdən bir_sözlə üstəlik bundan_başqa bununla_belə
        əlbəttə_ki ikincisi üçüncüsü""",
}
_POINTING: Mapping[Language, str] = {
    "ru": """он она оно они его её ее их ему ей им ими ним ней них него неё нее нём нем ними
        это этот эта эти этого этой этих этому этим этими эту этом такой такая такое такие такого
        таких таким такому такую таком такими тот та то те того той тех тому тем ту том теми
        там туда оттуда тогда тут последний последняя последние оба обе""",
    "en": """he she it they him her them his hers its their theirs this that these those such
        that's the_latter the_former both neither""",
    "az": """bu bunu bunun buna bunda bundan bunlar bunları bunların bunlara bununla o onu onun
        ona onda ondan onlar onları onların onlara onlardan onunla onlarla həmin belə oradan
        orada ora""",
}
# What follows a pointing word that points forward, to now, or to nothing.
_NOT_BACK: Mapping[Language, str] = {
    "ru": r"""\s*,\s*(?:что|кто|кого|кому|котор\w+|где|куда|как|чтобы|чья|чей|чьи|о\s+ч[её]м)\b
        |\s+(?:год\w*|месяц\w*|недел\w*|дня|день|дни|утр\w+|вечер\w*|минут\w*|час\w*|зале|раз)\b
        |\s+(?:же\s+)?(?:самое\s+)?время\b|\s+из\s+(?:вас|нас)\b""",
    "en": r"""\s+(?:who|which|whose|whom)\b
        |\s+(?:year|month|week|day|morning|evening|afternoon|moment|time|century|decade|hall|room
            |spring|summer|autumn|winter|season)\b
        |(?:\s+is|\s+was|'s|’s|\s+has\s+been|\s+will\s+be|\s+would\s+be|\s+seems|\s+remains)
            \s+(?:\w+\s+){1,3}(?:that|to|for)\b""",
    "az": r"""\s+(?:gün\w*|il|ildən|ilin|ildə|ay|ayın|həftə\w*|dəfə|axşam|səhər|əsr\w*|an|zalda)
        \b|\s+ki\b|\s+cümlədən\b""",
}


def _any_of(text: str) -> str:
    found = sorted(text.split(), key=len, reverse=True)
    return "|".join(re.escape(word).replace("_", r"\s+") for word in found) or "(?!)"


@cache
def _opening(language: Language) -> re.Pattern[str]:
    # made when first wanted: it takes several milliseconds, and most questions want one or none
    return re.compile(
        rf"""\W*+(?:
            (?P<joined>(?:{_any_of(_JOINING[language])})\b[\s,]*)*
            (?:(?P<connective>(?:{_any_of(_CONNECTIVES[language])})\b)
            |(?:(?:{_any_of(_PREPOSITIONS[language])})\s+)*
                (?P<pointing>(?:{_any_of(_POINTING[language])})\b(?!{_NOT_BACK[language]})))
            |(?P<only_joined>(?:{_any_of(_JOINING[language])})\b))""",
        re.VERBOSE,
    )


_LONGEST_OPENING = 100  # characters
_FIRST_WORD = re.compile(r"[\w'’-]+")
_FIRST_WORDS: Mapping[Language, frozenset[str]] = {
    language: frozenset(
        word.partition("_")[0]
        for some in (_JOINING, _PREPOSITIONS, _CONNECTIVES, _POINTING)
        for word in some[language].split()
    )
    for language in _JOINING
}


def lean(sentence: str, language: Language) -> Lean:
    """How far a sentence leans on the one before it, by how it opens."""
    opening = sentence[:_LONGEST_OPENING].replace("İ", "i").lower()
    first = _FIRST_WORD.search(opening)
    if first is None or first[0] not in _FIRST_WORDS[language]:
        return Lean.NOT
    match = _opening(language).match(opening)
    if match is None:
        return Lean.NOT
    return Lean.JOINED if match["only_joined"] else Lean.LEANS
