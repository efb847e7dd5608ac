"""Whose words a question asks for, and of when: «Что Путин говорил о газе в 2019 году?».

Such a name and such a year are no subject: nobody repeats them while speaking of gas. They become
filters, as if ``--speaker`` and ``--since`` had been typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal, NamedTuple

from embeddings.analysis import Language, detect_language, sound_key, words
from retrieval.names import bases
from retrieval.question import DATE_RANGE, FRAME_WORDS, PHRASE
from retrieval.records import Options, Span


def _folded(text: str) -> frozenset[str]:
    """Words as those of a question are compared: "danışıb" is there with a dotted i."""
    return frozenset(word for _, _, word in words(text))


_SAYING = _folded(
    """говорил говорила говорили говорит говорят сказал сказала сказали скажет заявил заявила
    заявляет заявлял ответил ответила отвечал думает думал думала считает считал считала упомянул
    упомянула упоминал упоминает высказывался высказался высказалась высказывается рассказал
    рассказала рассказывал рассказывает объяснил объяснила объяснял отзывался отозвался
    комментировал прокомментировал сообщил сообщал сообщает относится относился оценил оценила
    оценивал оценивает описывал описывает пояснил подчеркнул подчёркивал отметил отмечал отмечает
    утверждал утверждает
    say says said saying tell tells told talk talks talked speak speaks spoke spoken mention
    mentions mentioned think thinks thought stated comment commented explain explained explains
    answer answered reply replied describe describes described
    deyib dedi deyir deyirdi danışıb danışdı danışır söyləyib söylədi bildirib bildirdi
    düşünür"""
)
"""Verbs that say of their object no more than that it was spoken of."""
_ASKED_TO_SAY = _SAYING | _folded(
    """обещал обещает пообещал обещала пообещала предложил предлагал предлагает предложила призвал
    призывал призывает призвала называл назвал называет назвала критиковал критикует раскритиковал
    предупредил предупреждал предупреждает признал признавал признаёт докладывал доложил
    announce announced promise promised promises warn warned warns propose proposed proposes
    suggest suggested criticise criticised criticises criticize criticized criticizes praise
    praised argue argued argues claim claimed claims
    vəd"""
)
_SAID = _ASKED_TO_SAY | _folded(
    """говорилось говорится сказано заявлено упоминалось упоминали
    deyilib deyilir deyildi danışılıb söylənilib"""
)
_WORDS_OF = _folded(
    """слова словам мнение мнению мнения позиция позиции позицию цитата цитаты высказывание
    высказывания заявление заявления отношение взгляд взгляды
    точка точки точку зрения речь выступление
    обращение послание интервью
    point view views position opinion opinions words remarks statement statements comment comments
    stance attitude quote quotes speech speeches address interview
    fikri fikirləri fikrincə mövqeyi sözləri sözlərinə münasibəti sitatları çıxışı nitqi"""
)
_ABOUT = frozenset(
    """о об обо про насчет касательно с со к ко на у от для против по при за из в во перед
    about on regarding concerning with to against for from at in""".split()
)
"""Behind these a name is no subject of its sentence; in Azerbaijani they follow it."""
_ABOUT_BEHIND = _folded("haqqında haqda barədə barede barəsində ilə üçün")
_ON = frozenset("о об обо про насчет about on".split())
_OF_WORDS = _ON | frozenset("к на после to after".split())
"""Behind these it is words themselves that are spoken of, by others."""
_CLAUSE = frozenset("что чтобы как когда если that how if when".split())
"""Behind a verb of saying these begin what was said, and who is named there does not say it."""
_PASSIVE = frozenset("was were is are been be being".split())
_EVERY_FRAME = frozenset().union(*FRAME_WORDS.values())
_FRAME_OR_NOUN = _EVERY_FRAME | _WORDS_OF
_LEAST_LETTERS = 3
_ASKING = _folded(
    """что кто кого кому чего чем чём как какой какая какие какое какую каков какова сколько когда
    где почему зачем ли what who whom whose which when where why how did does do has have is are
    was were nə kim kimi necə neçə niyə hansı harada"""
)
_FIRST, _SHORT, _MOST_WORDS = 4, 8, 60
"""Words among which one asks, in a text of more than so many words, and of at most so many: what a
newspaper says («Путин сказал, что газ …») is looked for as it stands."""


class Reading(NamedTuple):
    """A question, with options that say what was taken out of it."""

    question: str
    options: Options


class _Token(NamedTuple):
    start: int
    end: int
    folded: str
    typed: str


def readings(
    question: str, options: Options, speakers: Callable[[], Iterable[str]]
) -> Iterator[Reading]:
    """What a question may mean, narrowest first: the next one counts where one has no answer.

    Among them is the question as it stands: the name and the year may be its subject after all.

    Args:
        question: as typed.
        options: as given; a speaker or dates in them are not replaced.
        speakers: brings the names of all speakers.
    """
    # offsets stay: what is quoted, left out or a range of dates is no part of the sentence
    bare = DATE_RANGE.sub(_blank, PHRASE.sub(_blank, question))
    day = None if options.since or options.until else _day(bare)
    if day:  # «Путин в 2019 году о газе» is «Путин о газе»
        start, end = day[2]
        bare = bare[:start] + " " * (end - start) + bare[end:]
    tokens = [
        _Token(a, b, _unless_initial(bare, a, b, word), bare[a:b]) for a, b, word in words(bare)
    ]
    asks = not _ASKING.isdisjoint(token.folded for token in tokens[:_FIRST])
    if len(tokens) > (_MOST_WORDS if asks else _SHORT):
        yield Reading(question, options)
        return
    name, cuts = _speaker(tokens, detect_language(bare), speakers)
    if not name and not any(token.folded in _SAID for token in tokens):
        day = None
    undated = _without(question, [day[2]]) if day else ""
    if name and _has_subject(unnamed := _without(question, cuts)):
        named = replace(options, speaker=options.speaker or name)
        if day and _has_subject(neither := _without(question, [*cuts, day[2]])):
            yield Reading(neither, replace(named, since=day[0], until=day[1]))
            yield Reading(unnamed, named)
            yield Reading(neither, named)
        else:
            yield Reading(unnamed, named)
    elif day and _has_subject(undated):
        yield Reading(undated, replace(options, since=day[0], until=day[1]))
    yield Reading(question, options)
    if day and _has_subject(undated):
        yield Reading(undated, options)


def _day(text: str) -> tuple[str, str, Span] | None:
    if not re.search(r"(?:19|20)\d\d", text):
        return None
    # imported here for start-up time: few questions name a year
    from retrieval.followup import spoken_in

    return spoken_in(text)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _without(text: str, spans: Iterable[Span]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]} {text[end:]}"
    return " ".join(text.split())


def _has_subject(text: str) -> bool:
    return any(word not in _EVERY_FRAME for _, _, word in words(text))


def _speaker(
    tokens: Sequence[_Token], language: Language, speakers: Callable[[], Iterable[str]]
) -> tuple[str, list[Span]]:
    """The one speaker whose words are asked for, and where that is said; "" and [] for none."""
    folded = [token.folded for token in tokens]
    roles = {at: role for at in range(len(tokens)) if (role := _role(folded, at, language))}
    called: dict[int, list[str]] = {}
    for at, role in roles.items():
        typed, key = tokens[at].typed, sound_key(_bare(folded[at]))
        keys = bases(key) if role == "owner" else (key,)
        found = [
            speaker
            for speaker in speakers()
            if (
                (surname := _surname(speaker)) in keys
                or (role == "owner" and surname.endswith("a") and surname[:-1] in keys)
            )
            and (typed != typed.lower() or _is_spelled(speaker, _bare(folded[at]), role))
        ]
        if found:
            called[at] = found
    last = max(called, default=0)
    others = [at for at in called if at != last - 1 or {*called[at]}.isdisjoint(called[last])]
    if others != [last]:  # of several, none is meant alone
        return "", []
    first, name = _whole_name(tokens, last, called[last])
    if roles[last] == "subject":
        verbs = (token for token in tokens if token.folded in _SAYING - _EVERY_FRAME)
        return name, [(tokens[first].start, tokens[last].end), *((t.start, t.end) for t in verbs)]
    nouns = [at for at in range(len(tokens)) if folded[at] in _WORDS_OF]
    # «позиция президента России Путина» goes as a whole
    first = max((at for at in nouns if at < first), default=first)
    before = folded[max(0, first - 2) : first]
    if before and before[-1] in _OF_WORDS and before != _ACCORDING_TO and folded[first] != "взгляд":
        return "", []  # "the reaction to Putin's speech", but not «на взгляд Путина»
    around = {*nouns, *(at for at in range(len(tokens)) if folded[at] == _ACCORDING_TO_AZ)}
    return name, [
        (tokens[first].start, tokens[last].end),
        *((tokens[at].start, tokens[at].end) for at in around if not first <= at <= last),
    ]


def _whole_name(tokens: Sequence[_Token], last: int, speakers: Iterable[str]) -> tuple[int, str]:
    """Where a name begins that ends in a surname, and the name without the office in it."""
    # imported here for start-up time: few questions name who speaks
    from retrieval.people import OFFICE

    given = {
        base
        for speaker in speakers
        for _, _, word in words(speaker)
        for base in bases(sound_key(word))
    }
    first, name = last, [_bare(tokens[last].typed)]
    while first:
        folded, typed = tokens[first - 1].folded, tokens[first - 1].typed
        if folded == _INITIAL or not given.isdisjoint(bases(sound_key(folded))):
            name.insert(0, f"{typed}." if folded == _INITIAL else typed)
        elif not (OFFICE.fullmatch(folded) or folded == "prime" or _PATRONYMIC.search(folded)):
            break
        first -= 1
    return first, " ".join(name)


def _role(folded: Sequence[str], at: int, language: Language) -> Literal["subject", "owner"] | None:
    """What a name would be there: the subject of a verb of saying, or the owner of words.

    A subject stands as it is; an owner may have an ending.
    """
    word, following = folded[at], folded[at + 1 : at + 2]
    if word in _EVERY_FRAME or word in _WORDS_OF or len(word) < _LEAST_LETTERS:
        return None
    if not _ABOUT_BEHIND.isdisjoint(following):
        return None
    # a first name and an office may stand to the left; what governs them stands before
    left = next((n for n in range(at - 1, -1, -1) if folded[n] in _FRAME_OR_NOUN), -1)
    before = folded[left] if left >= 0 else ""
    verbs = [n for n, verb in enumerate(folded) if verb in _ASKED_TO_SAY]
    nouns = [n for n, noun in enumerate(folded) if noun in _WORDS_OF]
    if (
        (left in nouns and language != "en")  # in English, "of" or "by" stands between
        or (
            before == "of"
            and left - 1 in nouns
            and not any(_bare(owner) != owner for owner in folded[: left - 1][-1:])
        )
        or (before == "by" and (verbs or nouns))
        or folded[max(0, left - 1) : left + 1] == _ACCORDING_TO
        or at + 1 in nouns  # "Putin's views", and in haste "Putins views"
        or following == [_ACCORDING_TO_AZ]
        or (language == "az" and any(n > at for n in nouns))
    ):
        return "owner"
    heading = not _ON.isdisjoint(following) or folded[-1] in _ABOUT_BEHIND
    if heading and left < 0 and len(folded) > at + 2:  # «Путин о газе»
        return "subject"
    if before in _CLAUSE and any(n < left for n in verbs):
        return None
    nominative = (
        language == "ru" and word[-1] not in _VOWELS and folded[max(at - 1, 0)] not in _ABOUT
    )
    if before in _ABOUT and not nominative:
        return None
    if language == "ru" and verbs:
        return "subject"
    asked = (
        n
        for n in verbs
        if n > at
        and folded[n - 1] not in _PASSIVE
        and not (before in _PASSIVE and not folded[n].endswith("ing"))  # "was Putin told"
    )
    return "subject" if any(asked) else None


_INITIAL = "."
_PATRONYMIC = re.compile(r"(?:ович|евич|ич|овн|евн|ичн|ovich|evich|ich|ovna|evna|ichna)\w{0,2}$")
_VOWELS = "аеиоуыэюя"
_ACCORDING_TO = ["according", "to"]
_ACCORDING_TO_AZ = "görə"


def _bare(word: str) -> str:
    """A word without what follows an apostrophe: "Putin's", "Əliyev’in"."""
    return re.split("['’]", word, maxsplit=1)[0]


def _unless_initial(text: str, start: int, end: int, folded: str) -> str:
    """A folded word, but of «В.» no letter: it is no preposition."""
    initial = end - start == 1 and text[start].isupper() and text[end : end + 1] == "."
    return _INITIAL if initial else folded


def _is_spelled(speaker: str, word: str, role: str) -> bool:
    """Whether a name in small letters is spelled as its owner's: «газ» only sounds like one.

    Of a longer word the sound is enough where the name is known in other letters only.
    """
    _, *given, surname = ["", *re.split(r"[\s.]", speaker.lower())]
    if not given:  # “Comment”, «Вопрос» are no surnames
        return False
    if _letters(surname) != _letters(word):
        return len(word) >= _LONG
    return surname == word or (role == "owner" and word.startswith(surname))


_LONG = 5


def _letters(word: str) -> str:
    """What a word is written in: Cyrillic, Azerbaijani letters, or Latin ones without marks."""
    if re.search("[а-яё]", word):
        return "cyrillic"
    return "latin" if word.isascii() else "marked"


@lru_cache(maxsize=1 << 12)
def _surname(speaker: str) -> str:
    """The last word of a name, as a sound key."""
    return sound_key([*words(speaker)][-1][2]) if any(words(speaker)) else ""
