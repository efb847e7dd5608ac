"""A question as typed: its language, its words, and the few signs that mean something.

``"exact phrase"`` must stand in a quote word for word, ``-word`` and ``-"phrase"`` must not stand
in its passage, ``2024..2025`` (also ``2024..``, ``..2025-06``) limits the dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from embeddings.analysis import Language, detect_language, words
from retrieval.dates import first_day, last_day, parse_date
from retrieval.errors import QuestionError
from retrieval.records import Options

MAX_CHARACTERS = 2_000

PHRASE = re.compile(r"""((?<!\S)[-−‐‑])?(?:"([^"]*)"|“([^”]*)”|„([^“”]*)[“”])""")
DATE_RANGE = re.compile(
    r"(?<![^\s(«])(\d{4}(?:-\d\d?){0,2})?\.\.(\d{4}(?:-\d\d?){0,2})?(?=[?!,;:)»]*(?:\s|$)|\.(?:\s|$))"
)
_EXCLUDED = re.compile(r"(?<!\S)[-−‐‑](?=\w)(\S+)")

# Words that frame a question and say nothing of its subject.
_FRAME: dict[Language, str] = {
    "en": """a about all also am an and any anyone anything are as at be been being but by can could
        did do does doing for from had has have having he her him his how i if in into is it its
        me mention mentioned more most much many my of on or our out over said say saying says
        she should so some someone something speak speaker speakers speech speeches spoke talk
        talked tell than that the their them then there these they this those to told up us was
        we were what when where which while who whom whose why will with word words would you
        your please quote quotes statement statements regarding concerning according""",
    "ru": """а без бы был была были было быть в вам вас во вот все всё вы где говорил говорила
        говорили говорилось говорит говорится говорят да для до его ее её ей если есть еще ещё же
        за зачем и из или им их к как какая какие каким каких какое какой каком какую ко когда кого
        который которая которое которые кто кому куда ли либо между меня мне мы на над нам нас не
        него нее неё ней нет ни них но ну о об обо один он она они оно от отношении по под после
        почему при про с сказал сказала сказали сказано сказать слова словам слово со сколько о речи
        речь так также там то того тоже том ту ты у упоминал упомянул упоминали упоминалось уже
        чего чей чем что чтобы чьи это этого этой этом эту я расскажи скажи высказывался
        высказывались высказывания цитаты цитата насчет насчёт касательно относительно каков
        какова каковы""",
    "az": """bu bir da de də deyib deyilib deyildi deyilir deyir dedi dedilər deyilmişdi haqda
        haqqında haqqinda hansı hansi harada hara haradan ilə ile kim kimdir kimi kimə kimin
        mi mı mu mü nə ne nədir nece necə neçə niyə niye nəyə nəyi nələr o olub oldu olan olacaq
        olduğu olar olunur üçün ucun üzrə və ve var ya ki daha barədə barede barəsində bağlı
        danışıb danışdı danışılıb söylədi söyləyib söylənilib qeyd edib etdi edilib fikir sitat
        sözlər""",
}
FRAME_WORDS: dict[Language, frozenset[str]] = {
    language: frozenset(folded for _, _, folded in words(text)) for language, text in _FRAME.items()
}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question: as typed, and folded."""

    typed: str
    folded: str


@dataclass(frozen=True, slots=True)
class Question:
    """A parsed question. ``words`` are those that carry its subject, in order, once each."""

    text: str
    plain: str
    """The text without its signs: what the vector search reads."""
    language: Language
    words: tuple[Word, ...]
    phrases: tuple[tuple[str, ...], ...]
    """Each exact phrase as its folded words."""
    excluded: tuple[Word, ...]
    excluded_phrases: tuple[tuple[str, ...], ...]
    since: str | None
    until: str | None


def parse_question(text: str, options: Options) -> Question:
    """Read a question; dates in it narrow those of the options.

    Half a surrogate pair in it, which is no character and which no tokenizer takes, becomes the
    replacement character.

    Raises:
        QuestionError: it is empty, too long, has no word to search for, or a date is wrong.
    """
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if not text.strip():
        raise QuestionError(
            'The question is empty; ask for instance: rostrum ask "water prices".', "empty"
        )
    if len(text) > MAX_CHARACTERS:
        raise QuestionError(
            f"The question has {len(text):,} characters; {MAX_CHARACTERS:,} are the most. "
            "Ask for one thing in a sentence or two.",
            "too_long",
            n=len(text),
            most=MAX_CHARACTERS,
        )
    since, until = _checked(options.since, "--since"), _checked(options.until, "--until")
    plain = text
    for match in DATE_RANGE.finditer(plain):
        since = _later(since, _checked(match[1], match[0]))
        until = _earlier(until, _checked(match[2], match[0]))
    plain = DATE_RANGE.sub(" ", plain)
    if since and until and first_day(since) > last_day(until):
        raise QuestionError(
            f"The dates exclude everything: since {since} is after until {until}.",
            "dates_exclude",
            since=since,
            until=until,
        )

    phrases: list[tuple[str, ...]] = []
    excluded_phrases: list[tuple[str, ...]] = []
    for match in PHRASE.finditer(plain):
        if folded := tuple(w for _, _, w in words("".join(filter(None, match.groups()[1:])))):
            (excluded_phrases if match[1] else phrases).append(folded)
    excluded = tuple(
        word for match in _EXCLUDED.finditer(PHRASE.sub(" ", plain)) for word in _words(match[1])
    )
    plain = PHRASE.sub(lambda match: " " if match[1] else match[0], plain)
    plain = " ".join(_EXCLUDED.sub(" ", plain).split())
    language = detect_language(plain)
    every = _words(plain)
    # in an exact phrase even a word like "what" was meant
    frame = FRAME_WORDS[language] - {word for phrase in phrases for word in phrase}
    subject = tuple(dict.fromkeys(word for word in every if word.folded not in frame))
    if not subject:
        if excluded or excluded_phrases or not every:
            raise QuestionError(
                "The question has no word to search for; name a topic, a person or a place.",
                "no_word",
            )
        raise QuestionError(
            f"“{plain[:80]}” names no topic; add a word for what it is about.",
            "no_topic",
            words=plain[:80],
        )
    return Question(
        text=text,
        plain=plain,
        language=language,
        words=subject,
        phrases=tuple(phrases),
        excluded=excluded,
        excluded_phrases=tuple(excluded_phrases),
        since=since,
        until=until,
    )


def _words(text: str) -> tuple[Word, ...]:
    return tuple(Word(text[start:end], folded) for start, end, folded in words(text))


def _checked(date: str | None, where: str) -> str | None:
    if not date:
        return None
    try:
        return parse_date(date)
    except ValueError as error:
        raise QuestionError(f"{where}: {error}", "bad_date", date=date) from None


def _later(a: str | None, b: str | None) -> str | None:
    return max((d for d in (a, b) if d), key=first_day, default=None)


def _earlier(a: str | None, b: str | None) -> str | None:
    return min((d for d in (a, b) if d), key=last_day, default=None)
