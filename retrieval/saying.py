"""Whose words a question asks for, and of when: «Что Путин говорил о газе в 2019 году?».

Such a name and such a year are no subject: nobody repeats them while speaking of gas. They become
filters, as if ``--speaker`` and ``--since`` had been typed.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from embeddings.analysis import Language, consonants, detect_language, words
from retrieval.dates import first_day, last_day
from retrieval.names import alike, bases, sound_keys
from retrieval.question import DATE_RANGE, FRAME_WORDS, PHRASE
from retrieval.records import Options, Span

if TYPE_CHECKING:
    from retrieval.times import Time


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
_AND = frozenset("и and və ve".split())
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
_PLAN = re.compile(
    "план|стратеги|програм|прогноз|концепци|цел[ьие]|доктрин|повестк|бюджет|"
    "plans?$|plani|strateg|program|goals?|target|forecast|agenda|outlook|roadmap|budget|"
    "məqsəd|hədəf|proqnoz|proqram"
)
"""What has an end in its name: a plan until 2030 is no plan of which somebody spoke until then."""


class Reading(NamedTuple):
    """A question, with options that say what was taken out of it."""

    question: str
    options: Options
    others_than: str | None = None
    """Whose own words are no answer: it is this person who is spoken of."""


class _Token(NamedTuple):
    start: int
    end: int
    folded: str
    typed: str


def readings(
    question: str,
    options: Options,
    speakers: Callable[[], Iterable[str]],
    dates: Callable[[], Iterable[str]] = tuple,
) -> Iterator[Reading]:
    """What a question may mean, narrowest first: the next one counts where one has no answer.

    Among them is the question as it stands: the name and the time may be its subject after all.

    Args:
        question: as typed.
        options: as given; a speaker or dates in them are not replaced.
        speakers: brings the names of all speakers.
        dates: brings the dates of all speeches, if they are known.
    """
    # offsets stay: what is quoted, left out or a range of dates is no part of the sentence
    bare = DATE_RANGE.sub(_blank, PHRASE.sub(_blank, question))
    tokens = _tokens(bare)
    if _is_statement(tokens):
        yield Reading(question, options)
        return
    time = None
    if not (options.since or options.until or DATE_RANGE.search(question)):
        time = _time(bare)
    if time:  # «Путин в 2019 году о газе» is «Путин о газе»
        start, end = time.span
        tokens = [token for token in tokens if token.end <= start or token.start >= end]
    name, cuts = _speakers(tokens, detect_language(bare), speakers)
    told = bool(name) or any(token.folded in _SAID for token in tokens)
    if time and not _is_of_speech(time, tokens, told, dates):
        time = None
    meant: list[tuple[Options, list[Span], str | None]] = [(options, [], None)]
    if name and _has_subject(_without(question, cuts)):
        meant.insert(0, (replace(options, speaker=options.speaker or name), cuts, None))
    elif not name:
        whom, cuts = _spoken_of_whom(tokens, speakers)
        meant[:0] = [(options, cuts, whom)] if whom else []
    for asked, without, others_than in meant:
        kept = _without(question, without) if without else question
        undated = _without(question, [*without, time.span]) if time else ""
        dated = time if _has_subject(undated) else None
        if dated:
            then = replace(asked, since=dated.since, until=dated.until)
            yield Reading(undated, then, others_than)
        yield Reading(kept, asked, others_than)
        if dated and told:
            yield Reading(undated, asked, others_than)


def _is_statement(tokens: Sequence[_Token]) -> bool:
    asks = not _ASKING.isdisjoint(token.folded for token in tokens[:_FIRST])
    return len(tokens) > (_MOST_WORDS if asks else _SHORT)


def _tokens(text: str) -> list[_Token]:
    return [
        _Token(start, end, _unless_initial(text, start, end, word), text[start:end])
        for start, end, word in words(text)
    ]


def _time(text: str) -> Time | None:
    """The time in which something is said to be spoken; none for one that is only named."""
    if not re.search(r"(?:19|20)\d\d", text):
        return None
    # imported here for start-up time: few questions name a year
    from retrieval.times import time_in

    time = time_in(text)
    return time if time and time.how else None


def _is_of_speech(
    time: Time, tokens: Sequence[_Token], told: bool, dates: Callable[[], Iterable[str]]
) -> bool:
    """Whether a time is that of the speeches rather than of what they speak of.

    «Что говорилось о воде в 2019 году» says so, and «вода в 2019 году» asks for nothing else,
    whereas «сколько воды было в 2019 году» asks what was then.
    """
    if time.how == "until" and any(_PLAN.match(token.folded) for token in tokens):
        return False
    if told and time.how == "in":
        return True
    return (told or not _asks_what_was(tokens)) and _limits(time, dates())


def _asks_what_was(tokens: Sequence[_Token]) -> bool:
    """Whether something is asked of what was, unlike in "what about water"."""
    folded = [token.folded for token in tokens]
    return any(
        word in _ASKING and _ON.isdisjoint(folded[at + 1 : at + 2])
        for at, word in enumerate(folded)
    )


def _limits(time: Time, dates: Iterable[str]) -> bool:
    """Whether a time leaves out any of the dates: a plan until 2030 does not end in the past."""
    since, until = time.since and first_day(time.since), time.until and last_day(time.until)
    every = [*dates]
    return not every or any(
        (since and last_day(date) < since) or (until and first_day(date) > until) for date in every
    )


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _without(text: str, spans: Iterable[Span]) -> str:
    kept = list(text)
    for start, end in spans:  # which may overlap
        kept[start:end] = " " * (end - start)
    return " ".join("".join(kept).split())


def _has_subject(text: str) -> bool:
    return any(word not in _EVERY_FRAME for _, _, word in words(text))


def _speakers(
    tokens: Sequence[_Token], language: Language, speakers: Callable[[], Iterable[str]]
) -> tuple[str, list[Span]]:
    """The one or two speakers whose words are asked for, and where that is said; "" and [] if none.

    «Путин и Макрон о газе» asks both «Путин о газе» and «Макрон о газе».
    """
    for at in range(1, len(tokens) - 1):
        if tokens[at].folded not in _AND:
            continue
        first, last = at - 1, at + 1
        while first and _is_named(tokens[first - 1]):
            first -= 1
        while last + 1 < len(tokens) and _is_named(tokens[last + 1]):
            last += 1
        one, its = _speaker([*tokens[:at], *tokens[last + 1 :]], language, speakers)
        other, others = _speaker([*tokens[:first], *tokens[at + 1 :]], language, speakers)
        if one and other and one != other:
            return f"{one}, {other}", [*its, *others, (tokens[at].start, tokens[at].end)]
    return _speaker(tokens, language, speakers)


def _spoken_of_whom(
    tokens: Sequence[_Token], speakers: Callable[[], Iterable[str]]
) -> tuple[str, list[Span]]:
    """The speaker of whom, and of nothing else, something was said: «что говорили о Путине».

    And where the name has more than a surname; "" and [] for nobody.
    """
    folded = [token.folded for token in tokens]
    subject = [n for n, word in enumerate(folded) if word not in _EVERY_FRAME | _SAID]
    if not subject or subject[-1] - subject[0] != len(subject) - 1:
        return "", []
    first, last = subject[0], subject[-1]
    about = {*folded[first - 1 : first]} & _ON or {*folded[last + 1 : last + 2]} & _ABOUT_BEHIND
    if not about or not (called := _called(tokens[last], "owner", speakers())):
        return "", []
    begins, name = _whole_name(tokens, last, called)
    spans = [(token.start, token.end) for token in tokens[first:last]]
    return (name, spans) if begins == first else ("", [])


def stranger(question: str) -> str:
    """A person whose words a question surely asks for, as named there; "" if that is not sure.

    A country has a position too: only what has the form of a surname, or an office before it, is
    taken for a person.
    """
    bare = PHRASE.sub(_blank, question)
    tokens = _tokens(bare)
    if _is_statement(tokens):
        return ""
    language, folded = detect_language(bare), [token.folded for token in tokens]
    found = []
    for at, token in enumerate(tokens):
        name = _bare(token.folded)
        if not token.typed[:1].isupper() or not _role(folded, at, language):
            continue
        named = (
            _SURNAME.search(name)
            or (at and language != "az" and _SHORT_SURNAME.search(name))
            or (at and language == "en" and _is_office(folded[at - 1]))
        )
        # «Европейского союза» goes on, and «Мюнхенская речь» is nobody's
        after = folded[at + 1] if at + 1 < len(tokens) else ""
        ends = not after or language == "az" or bare[token.end : token.end + 1] == ","
        if after in _WORDS_OF:
            ends = language == "en"
        elif after in _EVERY_FRAME | _ABOUT | _ASKED_TO_SAY:
            ends = True
        if named and ends and not _NO_SURNAME.match(name):
            found.append(_bare(token.typed))
    return found[0] if len(found) == 1 else ""


_SURNAME = re.compile(
    "..(?:[ое]в(?:а|ой)?|ск(?:ий|ая|ого|ой)|енко|яна?|швили|дзе|оглу|"
    "(?:[oe]va?|sk(?:y|iy|i|aya)|enko|yan|shvili|dze|oglu|oğlu)(?:n?[iu]n|[aə])?)$"
)
_SHORT_SURNAME = re.compile("..(?:ина?|(?<![aeiou])in)$")
"""How surnames of many languages end, in the cases that they stand in; and some other words do."""
_NO_SURNAME = re.compile(
    "(?:киев|харьков|кишинев|берлин|пекин|дублин|бенин|украин|аргентин|палестин|штат|эмират|"
    "нидерланд|"
    "kiev|kharkov|berlin|dublin|benin|kremlin|pekin)"
)
"""Places whose names end so, and which are said to hold a position."""


def _is_office(folded: str) -> bool:
    # imported here for start-up time
    from retrieval.people import OFFICE

    return OFFICE.fullmatch(folded) is not None


def _is_named(token: _Token) -> bool:
    """Whether a word may go on a name: a first name, or an office."""
    if token.folded in _FRAME_OR_NOUN or token.folded in _ASKED_TO_SAY:
        return False
    return token.typed[:1].isupper() or _is_office(token.folded)


def _speaker(
    tokens: Sequence[_Token], language: Language, speakers: Callable[[], Iterable[str]]
) -> tuple[str, list[Span]]:
    """The one speaker whose words are asked for, and where that is said; "" and [] for none."""
    folded = [token.folded for token in tokens]
    roles = {at: role for at in range(len(tokens)) if (role := _role(folded, at, language))}
    called = {
        at: found for at, role in roles.items() if (found := _called(tokens[at], role, speakers()))
    }
    last = max(called, default=0)
    others = [at for at in called if at != last - 1 or {*called[at]}.isdisjoint(called[last])]
    if others != [last]:  # of several, none is meant alone
        return "", []
    first, name = _whole_name(tokens, last, called[last])
    if roles[last] == "subject" and first and folded[first - 1] in _ABOUT:
        return "", []  # «про Анну Корвен»
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
    given = frozenset[str]().union(
        *(_stems(word) for speaker in speakers for _, _, word in words(speaker))
    )
    first, name = last, [_bare(tokens[last].typed)]
    while first:
        folded, typed = tokens[first - 1].folded, tokens[first - 1].typed
        if folded == _INITIAL or not given.isdisjoint(_stems(folded)):
            name.insert(0, f"{typed}." if folded == _INITIAL else typed)
        elif not (_is_office(folded) or folded == "prime" or _PATRONYMIC.search(folded)):
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


def _called(token: _Token, role: str, speakers: Iterable[str]) -> list[str]:
    """The speakers that a word means: those with that surname, or else one that sounds nearly so.

    A subject stands as it is; an owner may have an ending.
    """
    word = _bare(token.folded)
    keys = _bases(word) if role == "owner" else frozenset(sound_keys(word))
    if role == "owner":  # «Куртовой»: Куртова
        keys |= {f"{key}a" for key in keys}
    by_surname, by_sound = _surnames(tuple(speakers))
    written = token.typed != token.typed.lower()
    found = dict.fromkeys(
        speaker
        for key in keys
        for speaker in by_surname.get(key, ())
        if written or _is_spelled(speaker, word, role)
    )
    if not found and written and len(word) > _LONG:
        near = {
            surname
            for key in keys
            for surname in by_sound.get(consonants(key)[:_SOUNDS], ())
            if alike(key, surname) >= _SURE
        }
        found = dict.fromkeys(speaker for surname in near for speaker in by_surname[surname])
    return [*found]


@lru_cache(maxsize=4)
def _surnames(
    speakers: tuple[str, ...],
) -> tuple[Mapping[str, Sequence[str]], Mapping[str, Collection[str]]]:
    """The speakers by each sound key of their surnames, and these keys by how they begin."""
    by_surname: defaultdict[str, list[str]] = defaultdict(list)
    by_sound: defaultdict[str, set[str]] = defaultdict(set)
    for speaker in speakers:
        *_, surname = ["", *(word for _, _, word in words(speaker))]
        for key in sound_keys(surname):
            by_surname[key].append(speaker)
            by_sound[consonants(key)[:_SOUNDS]].add(key)
    return by_surname, by_sound


_SOUNDS = 2
"""Consonants in which names that sound nearly alike begin alike."""
_SURE = 0.93
"""Likeness from which a name in capital letters is a speaker's: Turkey is not Turki."""


def _bases(word: str) -> frozenset[str]:
    return frozenset(base for key in sound_keys(word) for base in bases(key))


def _stems(word: str) -> frozenset[str]:
    """The bases of a first name without their last vowels: «Анну» is Анна."""
    return frozenset(base.rstrip("aeiou") for base in _bases(word))
