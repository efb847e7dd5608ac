"""All that the Telegram bot says, in Russian, Azerbaijani and English.

The name of a field tells what it becomes, and thereby what it may hold:

=====================  ============================================================
``button_*``           label of a button: plain, up to 24 characters
``inline_*``           label above inline results: plain, up to 64 characters
``notice_*``           answer to a pressed button: plain, up to 200 characters
``command_*``          description in the command menu: plain, up to 256 characters
``profile*``           description of the bot: plain, up to 512 characters, short: 120
all others             messages, or parts of them, in Telegram's HTML
=====================  ============================================================

Placeholders are those of ``str.format``; values stand in the nominative, so that no ending is ever
put to a name. In HTML they must be escaped: ``bot.telegram.messages.filled`` does it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from functools import cached_property

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal

from retrieval.records import Language

Plural = Mapping[str, str]
"""A noun with its number, by the plural categories of Unicode CLDR; "other" is always there."""

_COMMAND = "command_"

_CODE = re.compile("[A-Za-z]{2,3}")
_FORMER = frozenset(("DDR", "VDR", "YMD"))
"""Codes of states that CLDR takes for the one that they became a part of."""


@dataclass(frozen=True)
class Texts:
    """The phrases of one language."""

    language: Language
    locale_name: str
    name: str
    """The language's own name for itself."""

    # --- first words -----------------------------------------------------------------------------
    profile: str
    profile_short: str
    start: str
    examples: tuple[str, str, str]
    help: str
    group_hello: str
    hello: str
    welcome: str
    language_choose: str

    # --- the command menu ------------------------------------------------------------------------
    command_start: str
    command_help: str
    command_ask: str
    command_timeline: str
    command_speakers: str
    command_recent: str
    command_follow: str
    command_following: str
    command_language: str
    command_about: str
    command_feedback: str
    command_reindex: str
    command_status: str

    # --- buttons ---------------------------------------------------------------------------------
    button_more: str
    button_context: str
    button_context_of: str
    button_over_time: str
    button_only_speaker_named: str
    button_only_year: str
    button_no_filters: str
    button_follow: str
    button_stop: str
    button_good: str
    button_bad: str
    button_next: str
    button_previous: str

    # --- above inline results --------------------------------------------------------------------
    inline_type: str
    inline_nothing: str
    inline_unclear: str
    inline_failed: str

    # --- answers to pressed buttons --------------------------------------------------------------
    notice_stale: str
    notice_changed: str
    notice_no_more: str
    notice_no_context: str
    notice_foreign: str
    notice_unknown: str
    notice_thanks: str
    notice_sorry: str
    notice_withdrawn: str
    notice_following: str
    notice_stopped: str
    notice_already: str
    notice_not_followed: str
    notice_too_many: str
    notice_language: str

    # --- parts of an answer ----------------------------------------------------------------------
    speaker_unknown: str
    narration: str
    invented: str
    source: str
    said_again: str
    cut: str
    filters: str
    filter_between: str
    filter_since: str
    filter_until: str
    understood: str
    samples_note: str
    note_sense: str
    note_no_speaker: str
    note_no_speakers: str
    note_not_by: str
    note_not_then: str

    # --- nothing to show -------------------------------------------------------------------------
    nothing: str
    nothing_filtered: str
    nothing_exact: str
    nothing_topics: str
    nothing_try: str

    # --- questions that cannot be answered -------------------------------------------------------
    question_empty: str
    question_too_long: str
    question_no_word: str
    question_no_topic: str
    question_bad_date: str
    question_dates_exclude: str
    question_no_speaker: str
    only_text: str
    ask_usage: str
    timeline_usage: str
    follow_usage: str
    follow_begun: str
    follow_begun_speaker: str
    follow_usage_speaker: str
    feedback_usage: str
    feedback_thanks: str
    flood: str
    failed: str
    no_permission: str
    chat_not_allowed: str
    unavailable: str
    unknown_command: str

    # --- timeline --------------------------------------------------------------------------------
    timeline_years: str
    timeline_months: str
    timeline_peak: str
    timeline_undated: str
    timeline_nothing: str

    # --- lists -----------------------------------------------------------------------------------
    speakers: str
    speakers_none: str
    recent: str
    recent_none: str
    untitled: str
    and_more: str

    # --- following -------------------------------------------------------------------------------
    follow_new: str
    follow_new_speaker: str
    following: str
    following_none: str
    following_one: str
    following_one_speaker: str
    following_stop: str

    # --- about the collection --------------------------------------------------------------------
    about: str
    about_languages: str
    about_dates: str
    about_indexed: str
    about_privacy: str
    language_names: Mapping[Language, str]

    # --- to administrators -----------------------------------------------------------------------
    admin_no_index: str
    admin_then: str
    admin_samples: str
    reindex_started: str
    reindex_progress: str
    reindex_progress_open: str
    reindex_finished: str
    reindex_nothing_new: str
    reindex_skipped: str
    reindex_failed: str
    reindex_busy: str
    reindex_alone: str
    reindex_stages: Mapping[str, str]
    status: str
    status_skipped: str
    status_doubtful: str
    doubts: Mapping[str, str]
    status_bot: str
    status_times: str
    status_up: str

    # --- nouns with numbers ----------------------------------------------------------------------
    count_quotes: Plural
    count_speeches: Plural
    count_speakers: Plural
    count_passages: Plural

    @cached_property
    def locale(self) -> Locale:
        """The Unicode CLDR data of the language."""
        return Locale.parse(self.locale_name)

    def count(self, noun: Plural, number: int, behind: str = "") -> str:
        """A number with its noun: ``texts.count(texts.count_quotes, 5)``; 5+ with a plus behind."""
        form = self.locale.plural_form(number)
        return noun.get(form, noun["other"]).format(n=self.number(number) + behind)

    def number(self, number: int) -> str:
        """A number as the language writes it: ``1,000`` or ``1 000``."""
        return format_decimal(number, locale=self.locale)

    def date(self, given: str) -> str:
        """A date as precise as it is given: ``21 October 2025``, ``October 2025``, ``2025``.

        What is no date stays as it is.
        """
        form = {7: "LLLL y", 10: "long"}.get(len(given))
        if form is None:
            return given
        try:
            day = date.fromisoformat(given if form == "long" else f"{given}-01")
        except ValueError:
            return given
        # a narrow space that old phones draw as a box
        return format_date(day, form, self.locale).replace("\u202f", "\u00a0")

    def country(self, given: str) -> str:
        """A country by its ISO 3166 code, as the language calls it; all else stays as it is."""
        if not _CODE.fullmatch(given) or given.upper() in _FORMER:
            return given
        code = given.upper()
        successors = get_global("territory_aliases").get(code, (code,))
        return str(self.locale.territories.get(" ".join(successors), given))

    def moment(self, given: str) -> str:
        """A moment as ISO 8601 writes it, in words; what is none stays as it is."""
        try:
            moment = datetime.fromisoformat(given)
        except ValueError:
            return given
        day = format_date(moment, "long", self.locale).replace("\u202f", "\u00a0")
        zone = f" {moment.tzname()}" if moment.tzinfo else ""
        return f"{day}, {format_datetime(moment, 'HH:mm', locale=self.locale)}{zone}"

    def duration(self, seconds: float) -> str:
        """How long something took, in the largest fitting unit: ``2 minutes``."""
        whole = timedelta(seconds=max(1, round(seconds)))
        return format_timedelta(whole, granularity="second", threshold=2, locale=self.locale)

    def commands(self, *, admin: bool = False) -> list[tuple[str, str]]:
        """The command menu in its order, as names and descriptions."""
        return [
            (field.name.removeprefix(_COMMAND), getattr(self, field.name))
            for field in fields(self)
            if field.name.startswith(_COMMAND)
            and (admin or field.name not in ("command_reindex", "command_status"))
        ]


RUSSIAN = Texts(
    language="ru",
    locale_name="ru",
    name="Русский",
    profile=(
        "Спросите, что говорилось о том, что вам интересно, – и получите точные цитаты из "
        "выступлений: кто сказал, когда и где, со ссылкой на источник. Вопросы можно задавать "
        "по-русски, по-азербайджански и по-английски."
    ),
    profile_short="Что говорилось в выступлениях: только точные цитаты.",
    start=(
        "Задайте вопрос – и я найду, что об этом говорилось в выступлениях. Я ничего не сочиняю: "
        "показываю только точные цитаты и для каждой – кто это сказал, когда и где."
    ),
    examples=(
        "Зачем нужен Зангезурский коридор?",
        "Что говорилось об изменении климата?",
        "Что говорилось о железных дорогах?",
    ),
    help=(
        "<b>Как спрашивать</b>\n"
        "Напишите вопрос обычными словами по-русски, по-азербайджански или по-английски. Цитаты "
        "остаются на языке выступления.\n"
        "Дальше можно коротко: «а в 2024 году?». Исправите свой вопрос – исправится и ответ.\n\n"
        "<b>Как уточнить поиск</b>\n"
        '<code>"мирный договор"</code> – именно эти слова подряд\n'
        "<code>-нефть</code> – без этого слова\n"
        "<code>2024..2025</code> – только эти годы; можно и <code>2024-06..</code>\n\n"
        "<b>В группе</b>\n"
        "Упомяните @{bot}, ответьте на моё сообщение или напишите <code>/ask вопрос</code>.\n\n"
        "<b>В любом чате</b>\n"
        "Наберите <code>@{bot} зангезурский коридор</code> и выберите цитату.\n\n"
        "<b>Новое по теме</b>\n"
        "<code>/follow Зангезурский коридор</code> – буду присылать новые цитаты; одного оратора – "
        "<code>/follow Токаев: вода</code>.\n"
        "/following – темы, за которыми вы следите; там же можно отписаться.\n\n"
        "<b>Другие команды</b>\n"
        "/timeline – когда о чём говорили\n"
        "/speakers – ораторы\n"
        "/recent – последние выступления\n"
        "/language – язык бота\n"
        "/about – что собрано и что бот о вас хранит\n"
        "/feedback – написать отзыв"
    ),
    group_hello=(
        "Здравствуйте. Я нахожу точные цитаты из выступлений. Упомяните @{bot}, ответьте на моё "
        "сообщение или напишите <code>/ask вопрос</code>; остальные сообщения я пропускаю."
    ),
    hello=(
        "Здравствуйте! Спросите меня, что говорилось в выступлениях, – например, о воде или о "
        "дорогах. Всё, что я умею: /help"
    ),
    welcome="Пожалуйста. Спрашивайте ещё.",
    language_choose="На каком языке мне с вами говорить? Цитаты остаются на языке выступления.",
    command_start="Начать сначала",
    command_help="Как спрашивать",
    command_ask="Задать вопрос",
    command_timeline="Когда об этом говорили",
    command_speakers="Ораторы",
    command_recent="Последние выступления",
    command_follow="Следить за темой",
    command_following="Мои темы",
    command_language="Язык бота",
    command_about="Что собрано и что бот хранит",
    command_feedback="Написать отзыв",
    command_reindex="Обновить индекс",
    command_status="Состояние индекса",
    button_more="Ещё",
    button_context="Контекст",
    button_context_of="Контекст {n}",
    button_over_time="📊 По времени",
    button_only_speaker_named="Только: {speaker}",
    button_only_year="Только {year}",
    button_no_filters="Без фильтров",
    button_follow="🔔 Следить",
    button_stop="🔕 Не следить",
    button_good="👍",
    button_bad="👎",
    button_next="Дальше ›",
    button_previous="‹ Назад",
    inline_type="Введите вопрос",
    inline_nothing="Об этом не говорилось",
    inline_unclear="Уточните вопрос",
    inline_failed="Сейчас не получается, попробуйте чуть позже",
    notice_stale="Этого ответа я уже не помню. Задайте вопрос ещё раз, пожалуйста.",
    notice_changed=(
        "Это выступление с тех пор изменили или убрали. Задайте вопрос ещё раз, пожалуйста."
    ),
    notice_no_more="Больше об этом ничего не нашлось.",
    notice_no_context="Это всё: вокруг цитаты больше ничего нет.",
    notice_foreign="Эта кнопка относится к другому чату.",
    notice_unknown="Такой кнопки я не знаю: возможно, она от прежней версии бота.",
    notice_thanks="Спасибо за оценку!",
    notice_sorry="Спасибо, учтём. Подробнее можно написать через /feedback.",
    notice_withdrawn="Оценка снята.",
    notice_following="Слежу за этой темой: новые цитаты пришлю сюда. Все темы: /following",
    notice_stopped="Больше не слежу за этой темой.",
    notice_already="За этой темой я уже слежу.",
    notice_not_followed="За этой темой я и так не слежу.",
    notice_too_many="Больше тем взять не могу (предел – {n}). Уберите лишние: /following",
    notice_language="Готово, теперь говорю по-русски.",
    speaker_unknown="оратор неизвестен",
    narration="не речь: слова самого издания",
    invented="вымышленный пример",
    source="Источник",
    said_again="повторено: {dates}",
    cut="Цитата не поместилась целиком, остальное – по кнопке «Контекст».",
    filters="Только: {filters}",
    filter_between="{since} – {until}",
    filter_since="{date} и позже",
    filter_until="{date} и раньше",
    understood="Вопрос: {question}",
    samples_note=(
        "Это примеры: настоящих выступлений здесь пока нет, слова и люди в примерах вымышлены."
    ),
    note_sense="На языке фразы «{phrase}» выступлений нет, ищу её по смыслу.",
    note_no_speaker="Оратора с именем «{speaker}» я не знаю. Есть, например: {known}.",
    note_no_speakers="Оратора с именем «{speaker}» я не знаю.",
    note_not_by="У оратора «{speaker}» ответа не нашлось; вот что об этом ещё говорилось.",
    note_not_then="За это время ({date}) ответа не нашлось; вот что говорилось в другое.",
    nothing="Об этом в выступлениях не говорилось – или говорилось совсем другими словами.",
    nothing_filtered=(
        "При таких условиях об этом ничего не нашлось. Попробуйте без них: возможно, об этом "
        "говорили другие люди или в другое время."
    ),
    nothing_exact="Слова в кавычках я ищу буквально; без кавычек может найтись больше.",
    nothing_topics="Рядом есть такие темы: {topics}.",
    nothing_try="Попробуйте другие слова или спросите шире.",
    question_empty="В сообщении нет слов. Напишите, пожалуйста, о чём искать.",
    question_too_long=(
        "Вопрос слишком длинный: знаков {n}, а прочесть я могу {most}. Спросите об одном, "
        "одной-двумя фразами."
    ),
    question_no_word=(
        "Не вижу слова, по которому искать. Назовите тему, человека или место, пожалуйста."
    ),
    question_no_topic=(
        "Из слов «{words}» неясно, о чём искать. Добавьте тему, человека или место, пожалуйста."
    ),
    question_bad_date=(
        "Не понимаю дату «{date}». Пишите так: <code>2025</code>, <code>2025-10</code> или "
        "<code>2025-10-21</code>."
    ),
    question_dates_exclude=(
        "Начало срока ({since}) позже его конца ({until}). Поменяйте даты местами, пожалуйста."
    ),
    question_no_speaker="Назовите оратора, пожалуйста.",
    only_text="Такие сообщения я читать не умею. Напишите вопрос словами, пожалуйста.",
    ask_usage=(
        "Напишите вопрос сразу после команды или моего имени, например:\n"
        "<code>/ask Что говорилось о воде?</code>"
    ),
    timeline_usage=(
        "Покажу, когда о чём говорили. Напишите тему после команды, например:\n"
        "<code>/timeline Зангезурский коридор</code>"
    ),
    follow_begun="Слежу за темой «{question}»: новые цитаты пришлю сюда.",
    follow_begun_speaker=(
        "Слежу за темой «{question}», оратор: {speaker}. Новые цитаты пришлю сюда."
    ),
    follow_usage=(
        "Буду присылать новые цитаты по теме. Напишите её после команды, например:\n"
        "<code>/follow Зангезурский коридор</code>"
    ),
    follow_usage_speaker=(
        "Чтобы следить за одним оратором, назовите его перед двоеточием:\n"
        "<code>/follow Токаев: вода</code>"
    ),
    feedback_usage=(
        "Напишите отзыв сразу после команды, например:\n"
        "<code>/feedback Не хватает выступлений за 2019 год</code>"
    ),
    feedback_thanks="Спасибо! Отзыв сохранён, его прочтёт тот, кто ведёт этого бота.",
    flood="Не успеваю отвечать на столько вопросов сразу. Подождите минуту, пожалуйста.",
    failed="Простите, у меня что-то сломалось. Попробуйте ещё раз, пожалуйста.",
    no_permission="Эта команда – только для администраторов бота.",
    chat_not_allowed="В этом чате мне отвечать не разрешено. Обратитесь к тому, кто ведёт бота.",
    unavailable="Выступления сейчас недоступны. Попробуйте через несколько минут, пожалуйста.",
    unknown_command="Такой команды нет. Всё, что я умею, – здесь: /help",
    timeline_years="По годам: {passages}",
    timeline_months="По месяцам: {passages}",
    timeline_peak="Больше всего: {period} ({passages})",
    timeline_undated="Без даты: {passages}",
    timeline_nothing="Нет фрагментов, где об этом говорится прямо, поэтому показывать нечего.",
    speakers="<b>Кто выступает</b>: {speakers}\nРядом с именем – число фрагментов.",
    speakers_none="Имена ораторов в этих выступлениях не указаны.",
    recent="<b>Последние выступления</b>",
    recent_none="Выступлений пока нет.",
    untitled="без названия",
    and_more="и ещё {n}",
    follow_new="🔔 Новое по теме «{question}»",
    follow_new_speaker="🔔 Новое по теме «{question}», оратор: {speaker}",
    following="<b>Темы, за которыми вы следите</b>",
    following_none=(
        "Вы пока ни за чем не следите. Начать просто:\n<code>/follow Зангезурский коридор</code>"
    ),
    following_one="{question}",
    following_one_speaker="{question} – оратор: {speaker}",
    following_stop="Чтобы перестать следить, нажмите номер темы.",
    about="<b>Что здесь собрано</b>\n{speeches}, {speakers}",
    about_languages="Языки: {languages}",
    about_dates="Первое: {first}\nПоследнее: {last}",
    about_indexed="Обновлено: {moment}",
    about_privacy=(
        "<b>Что бот хранит о вас</b>\n"
        "Язык, темы, за которыми вы следите, оценки, отзывы и недавние вопросы – чтобы работали "
        "кнопки под ответами."
    ),
    language_names={"ru": "русский", "az": "азербайджанский", "en": "английский"},
    admin_no_index=(
        "Индекса ещё нет. Создайте его на сервере:\n"
        "<code>rostrum reindex ПАПКА --index {index}</code>"
    ),
    admin_then="Дальше хватит команды /reindex.",
    admin_samples="Пока я отвечаю по вымышленным примерам.",
    reindex_started="Обновляю индекс. На вопросы тем временем отвечаю как обычно.",
    reindex_progress="Обновляю индекс: {stage}, {done} из {total}",
    reindex_progress_open="Обновляю индекс: {stage}, {done}",
    reindex_finished=(
        "<b>Индекс обновлён</b>: {speeches}, {passages}\n"
        "Новых: {new}, изменённых: {changed}, убранных: {removed}\n"
        "Без изменений: {unchanged}, оставлено из прежнего: {kept}\n"
        "Заняло: {duration}"
    ),
    reindex_nothing_new="Ничего не изменилось.",
    reindex_skipped="Не удалось прочесть: {n}. Подробности: /status",
    reindex_failed="Обновить индекс не удалось, прежний остаётся в силе.\n<code>{line}</code>",
    reindex_busy="Индекс уже обновляется. Дождитесь окончания, пожалуйста.",
    reindex_alone=(
        "Индекс лежит в файле milvus-lite, а его может открыть только один процесс, и сейчас это "
        "я. Остановите бота, выполните на сервере эту команду и снова запустите бота:\n"
        "<code>rostrum reindex --index {index}</code>"
    ),
    reindex_stages={
        "fetching": "загрузка страниц",
        "reading": "чтение",
        "encoding passages": "векторы",
        "writing": "запись",
    },
    status=(
        "<b>Индекс</b>: {speeches}, {passages}, {speakers}\n"
        "Модель: {model}, векторы: {vectors}\n"
        "Поколение: {generation}\n"
        "Размер: {size} МБ"
    ),
    status_skipped="Не удалось прочесть: {n}",
    status_doubtful="Стоит проверить: {speeches} ({why})",
    doubts={
        "no speaker is known": "оратор неизвестен",
        "no date is known": "дата неизвестна",
    },
    status_bot=(
        "<b>Бот</b>: ответов – {answers}, ждут ответа – {pending}, подписок – {follows}; "
        "👍 {good}, 👎 {bad}"
    ),
    status_times="Своё время ответа: обычно {p50} мс, почти всегда до {p95} мс",
    status_up="Работает без остановки: {duration}",
    count_quotes={
        "one": "{n} цитата",
        "few": "{n} цитаты",
        "many": "{n} цитат",
        "other": "{n} цитаты",
    },
    count_speeches={
        "one": "{n} выступление",
        "few": "{n} выступления",
        "many": "{n} выступлений",
        "other": "{n} выступления",
    },
    count_speakers={
        "one": "{n} оратор",
        "few": "{n} оратора",
        "many": "{n} ораторов",
        "other": "{n} оратора",
    },
    count_passages={
        "one": "{n} фрагмент",
        "few": "{n} фрагмента",
        "many": "{n} фрагментов",
        "other": "{n} фрагмента",
    },
)

AZERBAIJANI = Texts(
    language="az",
    locale_name="az",
    name="Azərbaycanca",
    profile=(
        "Sizi maraqlandıran mövzuda nə deyildiyini soruşun, çıxışlardan dəqiq sitatlar alın: kim, "
        "nə vaxt və harada deyib, mənbəyə keçidlə birlikdə. Azərbaycan, rus və ingilis dillərində "
        "soruşmaq olar."
    ),
    profile_short="Çıxışlarda nə deyilib: yalnız dəqiq sitatlar.",
    start=(
        "Sualınızı yazın, çıxışlarda bu barədə nə deyildiyini tapım. Özümdən heç nə uydurmuram: "
        "yalnız dəqiq sitatlar göstərirəm və hər birini kimin, nə vaxt və harada dediyini yazıram."
    ),
    examples=(
        "Zəngəzur dəhlizi nə üçün lazımdır?",
        "İqlim dəyişikliyi haqqında nə deyilib?",
        "Yeni dəmir yolu nə vaxt açılacaq?",
    ),
    help=(
        "<b>Necə soruşmaq olar</b>\n"
        "Sualınızı adi sözlərlə, azərbaycan, rus və ya ingilis dilində yazın. Sitatlar çıxışın öz "
        "dilində qalır.\n"
        "Sonra qısa davam edə bilərsiniz: “bəs 2024-cü ildə?”. Sualınıza düzəliş etsəniz, cavab da "
        "yenilənəcək.\n\n"
        "<b>Axtarışı necə dəqiqləşdirmək olar</b>\n"
        '<code>"sülh sazişi"</code> – məhz bu sözlər, bu ardıcıllıqla\n'
        "<code>-neft</code> – bu söz olmadan\n"
        "<code>2024..2025</code> – yalnız bu illər; <code>2024-06..</code> da yazmaq olar\n\n"
        "<b>Qrupda</b>\n"
        "Mesajınızda @{bot} yazın, mənim mesajıma cavab verin və ya <code>/ask sual</code> "
        "göndərin.\n\n"
        "<b>İstənilən söhbətdə</b>\n"
        "<code>@{bot} zəngəzur dəhlizi</code> yazın və sitatı seçin.\n\n"
        "<b>Mövzu üzrə yeniliklər</b>\n"
        "<code>/follow Zəngəzur dəhlizi</code> – yeni sitatları sizə göndərəcəyəm; yalnız bir "
        "natiqi izləmək üçün: <code>/follow Tokayev: su</code>.\n"
        "/following – izlədiyiniz mövzular; onları orada dayandırmaq da olar.\n\n"
        "<b>Digər əmrlər</b>\n"
        "/timeline – mövzudan nə vaxt danışılıb\n"
        "/speakers – natiqlər\n"
        "/recent – son çıxışlar\n"
        "/language – botun dili\n"
        "/about – nə toplanıb və bot haqqınızda nə saxlayır\n"
        "/feedback – rəy yazmaq"
    ),
    group_hello=(
        "Salam. Mən çıxışlardan dəqiq sitatlar tapıram. Mesajınızda @{bot} yazın, mənim mesajıma "
        "cavab verin və ya <code>/ask sual</code> göndərin; digər mesajlara qarışmıram."
    ),
    hello=(
        "Salam! Çıxışlarda nə deyildiyini məndən soruşun – məsələn, su və ya yollar haqqında. "
        "Bacardıqlarımın hamısı: /help"
    ),
    welcome="Dəyməz. Yenə sual verə bilərsiniz.",
    language_choose="Sizinlə hansı dildə danışım? Sitatlar çıxışın öz dilində qalır.",
    command_start="Əvvəldən başlamaq",
    command_help="Necə soruşmaq olar",
    command_ask="Sual vermək",
    command_timeline="Mövzudan nə vaxt danışılıb",
    command_speakers="Natiqlər",
    command_recent="Son çıxışlar",
    command_follow="Mövzunu izləmək",
    command_following="Mövzularım",
    command_language="Botun dili",
    command_about="Nə toplanıb və bot nə saxlayır",
    command_feedback="Rəy yazmaq",
    command_reindex="İndeksi yeniləmək",
    command_status="İndeksin vəziyyəti",
    button_more="Daha çox",
    button_context="Kontekst",
    button_context_of="Kontekst {n}",
    button_over_time="📊 Zaman üzrə",
    button_only_speaker_named="Yalnız: {speaker}",
    button_only_year="Yalnız {year}",
    button_no_filters="Filtrsiz",
    button_follow="🔔 İzləmək",
    button_stop="🔕 Dayandırmaq",
    button_good="👍",
    button_bad="👎",
    button_next="Növbəti ›",
    button_previous="‹ Əvvəlki",
    inline_type="Sualınızı yazın",
    inline_nothing="Bu barədə danışılmayıb",
    inline_unclear="Sualı dəqiqləşdirin",
    inline_failed="Hazırda mümkün deyil, bir az sonra cəhd edin",
    notice_stale="Bu cavab artıq yadımda deyil. Zəhmət olmasa, sualı yenidən verin.",
    notice_changed=(
        "Bu çıxış o vaxtdan bəri dəyişdirilib, ya da silinib. Zəhmət olmasa, sualı yenidən verin."
    ),
    notice_no_more="Bu barədə başqa heç nə tapılmadı.",
    notice_no_context="Hamısı budur: sitatın ətrafında başqa mətn yoxdur.",
    notice_foreign="Bu düymə başqa söhbətə aiddir.",
    notice_unknown="Bu düyməni tanımıram: ola bilsin, botun əvvəlki versiyasından qalıb.",
    notice_thanks="Qiymətləndirdiyiniz üçün təşəkkür edirəm!",
    notice_sorry="Təşəkkür edirəm, nəzərə alınacaq. Ətraflı yazmaq istəsəniz: /feedback",
    notice_withdrawn="Qiymətləndirməniz geri götürüldü.",
    notice_following=(
        "Bu mövzunu izləyirəm: yeni sitatları bura göndərəcəyəm. Bütün mövzular: /following"
    ),
    notice_stopped="Bu mövzunu daha izləmirəm.",
    notice_already="Bu mövzunu artıq izləyirəm.",
    notice_not_followed="Bu mövzunu onsuz da izləmirəm.",
    notice_too_many="Daha çox mövzu izləyə bilmirəm (ən çoxu {n}). Birini dayandırın: /following",
    notice_language="Hazırdır, indi azərbaycanca danışıram.",
    speaker_unknown="natiq məlum deyil",
    narration="çıxış deyil: nəşrin öz sözləri",
    invented="uydurma nümunə",
    source="Mənbə",
    said_again="təkrar deyilib: {dates}",
    cut="Sitat bütövlükdə yerləşmədi; qalanını “Kontekst” düyməsi göstərir.",
    filters="Yalnız: {filters}",
    filter_between="{since} – {until}",
    filter_since="{date} və sonra",
    filter_until="{date} və əvvəl",
    understood="Sual: {question}",
    samples_note=(
        "Bunlar nümunədir: burada hələ həqiqi çıxışlar yoxdur, nümunələrdəki sözlər də, adamlar da "
        "uydurmadır."
    ),
    note_sense="“{phrase}” ifadəsinin dilində çıxış yoxdur, onu mənasına görə axtarıram.",
    note_no_speaker="“{speaker}” adlı natiq tanımıram. Məsələn, bunlar var: {known}.",
    note_no_speakers="“{speaker}” adlı natiq tanımıram.",
    note_not_by="“{speaker}” adlı natiqin sözlərində cavab yoxdur; bu barədə deyilən başqa sözlər:",
    note_not_then="Bu vaxtda ({date}) cavab yoxdur; başqa vaxt deyilənlər:",
    nothing="Çıxışlarda bu barədə danışılmayıb – ya da tamam başqa sözlərlə danışılıb.",
    nothing_filtered=(
        "Bu şərtlərlə heç nə tapılmadı. Onlarsız yoxlayın: ola bilsin, bu barədə başqaları və ya "
        "başqa vaxt danışıb."
    ),
    nothing_exact="Dırnaqdakı sözləri eynilə axtarıram; dırnaqsız daha çox nəticə tapıla bilər.",
    nothing_topics="Yaxın mövzular: {topics}.",
    nothing_try="Başqa sözlərlə və ya daha ümumi şəkildə soruşun.",
    question_empty="Mesajda söz yoxdur. Zəhmət olmasa, nə axtardığınızı yazın.",
    question_too_long=(
        "Sual çox uzundur: {n} simvol. Mən ən çoxu {most} simvol oxuya bilirəm. Bir mövzunu "
        "bir-iki cümlə ilə soruşun."
    ),
    question_no_word=(
        "Axtarış üçün söz görmürəm. Zəhmət olmasa, mövzunun, adamın və ya yerin adını yazın."
    ),
    question_no_topic=(
        "“{words}” sözlərindən nə axtardığınız aydın olmur. Zəhmət olmasa, mövzunun, adamın və ya "
        "yerin adını əlavə edin."
    ),
    question_bad_date=(
        "“{date}” tarixini başa düşmədim. Belə yazın: <code>2025</code>, <code>2025-10</code> "
        "və ya <code>2025-10-21</code>."
    ),
    question_dates_exclude=(
        "Müddətin başlanğıcı ({since}) sonundan ({until}) gecdir. Zəhmət olmasa, tarixlərin yerini "
        "dəyişin."
    ),
    question_no_speaker="Zəhmət olmasa, natiqin adını yazın.",
    only_text="Belə mesajları oxuya bilmirəm. Zəhmət olmasa, sualınızı sözlə yazın.",
    ask_usage=(
        "Sualı əmrdən və ya mənim adımdan sonra yazın, məsələn:\n"
        "<code>/ask Su barədə nə deyilib?</code>"
    ),
    timeline_usage=(
        "Mövzudan nə vaxt danışıldığını göstərirəm. Mövzunu əmrdən sonra yazın, məsələn:\n"
        "<code>/timeline Zəngəzur dəhlizi</code>"
    ),
    follow_begun="“{question}” mövzusunu izləyirəm: yeni sitatları bura göndərəcəyəm.",
    follow_begun_speaker=(
        "“{question}” mövzusunu izləyirəm, natiq: {speaker}. Yeni sitatları bura göndərəcəyəm."
    ),
    follow_usage=(
        "Mövzu üzrə yeni sitatları sizə göndərə bilərəm. Mövzunu əmrdən sonra yazın, məsələn:\n"
        "<code>/follow Zəngəzur dəhlizi</code>"
    ),
    follow_usage_speaker=(
        "Yalnız bir natiqi izləmək üçün adını iki nöqtədən əvvəl yazın:\n"
        "<code>/follow Tokayev: su</code>"
    ),
    feedback_usage=(
        "Rəyinizi əmrdən sonra yazın, məsələn:\n"
        "<code>/feedback 2019-cu ilin çıxışları çatışmır</code>"
    ),
    feedback_thanks="Təşəkkür edirəm! Rəyiniz saxlanıldı, onu bota cavabdeh olan şəxs oxuyacaq.",
    flood="Bu qədər suala birdən cavab verə bilmirəm. Zəhmət olmasa, bir dəqiqə gözləyin.",
    failed="Üzr istəyirəm, məndə xəta baş verdi. Zəhmət olmasa, yenidən cəhd edin.",
    no_permission="Bu əmr yalnız botun administratorları üçündür.",
    chat_not_allowed=(
        "Bu söhbətdə cavab vermək icazəm yoxdur. Bota cavabdeh olan şəxsə müraciət edin."
    ),
    unavailable=(
        "Çıxışlar hazırda əlçatan deyil. Zəhmət olmasa, bir neçə dəqiqədən sonra yenidən cəhd edin."
    ),
    unknown_command="Belə əmr yoxdur. Bacardıqlarımın hamısı buradadır: /help",
    timeline_years="İllər üzrə: {passages}",
    timeline_months="Aylar üzrə: {passages}",
    timeline_peak="Ən çox: {period} ({passages})",
    timeline_undated="Tarixsiz: {passages}",
    timeline_nothing="Bu barədə açıq danışılan fraqment yoxdur, göstərməyə bir şey tapılmadı.",
    speakers="<b>Kim çıxış edir</b>: {speakers}\nAdın yanında fraqmentlərin sayı göstərilir.",
    speakers_none="Bu çıxışlarda natiqlərin adı göstərilməyib.",
    recent="<b>Son çıxışlar</b>",
    recent_none="Hələ çıxış yoxdur.",
    untitled="adsız",
    and_more="və daha {n}",
    follow_new="🔔 Mövzu üzrə yenilik: “{question}”",
    follow_new_speaker="🔔 Mövzu üzrə yenilik: “{question}”, natiq: {speaker}",
    following="<b>İzlədiyiniz mövzular</b>",
    following_none=(
        "Hələ heç bir mövzunu izləmirsiniz. Başlamaq asandır:\n"
        "<code>/follow Zəngəzur dəhlizi</code>"
    ),
    following_one="{question}",
    following_one_speaker="{question} – natiq: {speaker}",
    following_stop="İzləməni dayandırmaq üçün mövzunun nömrəsini seçin.",
    about="<b>Burada nə toplanıb</b>\n{speeches}, {speakers}",
    about_languages="Dillər: {languages}",
    about_dates="İlk çıxış: {first}\nSon çıxış: {last}",
    about_indexed="Yenilənib: {moment}",
    about_privacy=(
        "<b>Bot haqqınızda nə saxlayır</b>\n"
        "Dilinizi, izlədiyiniz mövzuları, qiymətləndirmə və rəylərinizi, habelə son suallarınızı – "
        "cavabların altındakı düymələr işləsin deyə."
    ),
    language_names={"ru": "rus", "az": "azərbaycan", "en": "ingilis"},
    admin_no_index=(
        "Hələ indeks yoxdur. Onu serverdə yaradın:\n"
        "<code>rostrum reindex QOVLUQ --index {index}</code>"
    ),
    admin_then="Sonra /reindex əmri kifayətdir.",
    admin_samples="Hələlik uydurma nümunələr əsasında cavab verirəm.",
    reindex_started="İndeksi yeniləyirəm. Bu vaxt suallara əvvəlki indeks əsasında cavab verirəm.",
    reindex_progress="İndeks yenilənir: {stage}, {done} / {total}",
    reindex_progress_open="İndeks yenilənir: {stage}, {done}",
    reindex_finished=(
        "<b>İndeks yeniləndi</b>: {speeches}, {passages}\n"
        "Yeni: {new}, dəyişmiş: {changed}, silinmiş: {removed}\n"
        "Olduğu kimi qalan: {unchanged}, əvvəlkindən saxlanılan: {kept}\n"
        "Sərf olunan vaxt: {duration}"
    ),
    reindex_nothing_new="Heç nə dəyişməyib.",
    reindex_skipped="Oxuna bilmədi: {n}. Ətraflı: /status",
    reindex_failed="İndeksi yeniləmək mümkün olmadı, əvvəlki qüvvədə qalır.\n<code>{line}</code>",
    reindex_busy="İndeks artıq yenilənir. Zəhmət olmasa, başa çatmasını gözləyin.",
    reindex_alone=(
        "İndeks milvus-lite faylındadır; onu eyni vaxtda yalnız bir proses aça bilir, indi isə o "
        "mənəm. Botu dayandırın, serverdə bu əmri icra edin və botu yenidən işə salın:\n"
        "<code>rostrum reindex --index {index}</code>"
    ),
    reindex_stages={
        "fetching": "səhifələr yüklənir",
        "reading": "oxunuş",
        "encoding passages": "vektorlar",
        "writing": "yazılış",
    },
    status=(
        "<b>İndeks</b>: {speeches}, {passages}, {speakers}\n"
        "Model: {model}, vektorlar: {vectors}\n"
        "Nəsil: {generation}\n"
        "Həcmi: {size} MB"
    ),
    status_skipped="Oxuna bilmədi: {n}",
    status_doubtful="Yoxlamağa dəyər: {speeches} ({why})",
    doubts={
        "no speaker is known": "natiq məlum deyil",
        "no date is known": "tarix məlum deyil",
    },
    status_bot=(
        "<b>Bot</b>: cavab – {answers}, cavab gözləyən – {pending}, izlənən mövzu – {follows}; "
        "👍 {good}, 👎 {bad}"
    ),
    status_times="Cavaba öz sərf etdiyi vaxt: adətən {p50} ms, demək olar həmişə ən çoxu {p95} ms",
    status_up="Fasiləsiz işləyir: {duration}",
    # after a number the noun stays in the singular
    count_quotes={"other": "{n} sitat"},
    count_speeches={"other": "{n} çıxış"},
    count_speakers={"other": "{n} natiq"},
    count_passages={"other": "{n} fraqment"},
)

ENGLISH = Texts(
    language="en",
    locale_name="en_GB",
    name="English",
    profile=(
        "Ask what was said about anything that interests you, and get exact quotes from speeches: "
        "who said it, when and where, with a link to the source. Questions may be in English, "
        "Russian or Azerbaijani."
    ),
    profile_short="What was said in speeches: exact quotes, nothing else.",
    start=(
        "Ask a question, and I will find what was said about it in speeches. I make nothing up: "
        "you get exact quotes only, each with who said it, when and where."
    ),
    examples=(
        "Why is the Zangezur corridor needed?",
        "What was said about climate change?",
        "What was said about railways?",
    ),
    help=(
        "<b>How to ask</b>\n"
        "Write your question in plain words, in English, Russian or Azerbaijani. Quotes stay in "
        "the language of the speech.\n"
        "After that you can be brief: “and in 2024?”. If you edit your question, the answer "
        "changes with it.\n\n"
        "<b>How to narrow the search</b>\n"
        '<code>"peace agreement"</code> – these very words, in this order\n'
        "<code>-oil</code> – without this word\n"
        "<code>2024..2025</code> – only these years; <code>2024-06..</code> works too\n\n"
        "<b>In a group</b>\n"
        "Mention @{bot}, reply to one of my messages, or send <code>/ask question</code>.\n\n"
        "<b>In any chat</b>\n"
        "Type <code>@{bot} zangezur corridor</code> and choose a quote.\n\n"
        "<b>News on a topic</b>\n"
        "<code>/follow Zangezur corridor</code> – I will send you new quotes; of one speaker only: "
        "<code>/follow Tokayev: water</code>.\n"
        "/following – the topics you follow; you can stop them there.\n\n"
        "<b>Other commands</b>\n"
        "/timeline – when something was spoken of\n"
        "/speakers – who speaks\n"
        "/recent – the latest speeches\n"
        "/language – the language of the bot\n"
        "/about – what is collected, and what the bot keeps about you\n"
        "/feedback – tell us what you think"
    ),
    group_hello=(
        "Hello. I find exact quotes from speeches. Mention @{bot}, reply to one of my messages, or "
        "send <code>/ask question</code>; I leave all other messages alone."
    ),
    hello=(
        "Hello! Ask me what was said in the speeches – about water, say, or about roads. "
        "Everything I can do: /help"
    ),
    welcome="You are welcome. Ask me more whenever you like.",
    language_choose="Which language shall I speak? Quotes stay in the language of the speech.",
    command_start="Start from the beginning",
    command_help="How to ask",
    command_ask="Ask a question",
    command_timeline="When something was spoken of",
    command_speakers="Who speaks",
    command_recent="The latest speeches",
    command_follow="Follow a topic",
    command_following="Topics you follow",
    command_language="Language of the bot",
    command_about="What is collected, and what the bot keeps",
    command_feedback="Tell us what you think",
    command_reindex="Bring the index up to date",
    command_status="State of the index",
    button_more="More",
    button_context="Context",
    button_context_of="Context {n}",
    button_over_time="📊 Over time",
    button_only_speaker_named="Only: {speaker}",
    button_only_year="Only {year}",
    button_no_filters="No filters",
    button_follow="🔔 Follow",
    button_stop="🔕 Stop",
    button_good="👍",
    button_bad="👎",
    button_next="Next ›",
    button_previous="‹ Previous",
    inline_type="Type a question",
    inline_nothing="Nothing was said about this",
    inline_unclear="Be a little more specific",
    inline_failed="Not just now, please try again soon",
    notice_stale="I no longer remember that answer. Please ask again.",
    notice_changed="That speech has been changed or removed since. Please ask again.",
    notice_no_more="Nothing more was found.",
    notice_no_context="That is all: there is nothing more around this quote.",
    notice_foreign="This button belongs to another chat.",
    notice_unknown="I do not know this button: it may come from an earlier version of the bot.",
    notice_thanks="Thank you for the thumb!",
    notice_sorry="Thank you, noted. If you would like to say more: /feedback",
    notice_withdrawn="Your thumb is withdrawn.",
    notice_following="Following this topic: I will send new quotes here. All topics: /following",
    notice_stopped="No longer following this topic.",
    notice_already="I am following this topic already.",
    notice_not_followed="I was not following this topic.",
    notice_too_many="I cannot follow more topics (at most {n}). Stop one first: /following",
    notice_language="Done, I speak English now.",
    speaker_unknown="speaker not known",
    narration="not speech: the publisher’s own words",
    invented="invented sample",
    source="Source",
    said_again="said again: {dates}",
    cut="The quote is too long to be shown whole; the “Context” button has the rest.",
    filters="Only: {filters}",
    filter_between="{since} – {until}",
    filter_since="{date} and later",
    filter_until="{date} and earlier",
    understood="Question: {question}",
    samples_note=(
        "These are samples: there are no real speeches here yet, and the words and people in the "
        "samples are invented."
    ),
    note_sense="No speech is in the language of “{phrase}”, so I search for its sense.",
    note_no_speaker="I know no speaker called “{speaker}”. There are, for instance: {known}.",
    note_no_speakers="I know no speaker called “{speaker}”.",
    note_not_by="Nothing that “{speaker}” said answers; this is what else was said.",
    note_not_then="Nothing from {date} answers; this is from other times.",
    nothing="Nothing was said about this – or it was said in quite different words.",
    nothing_filtered=(
        "Nothing was found under these conditions. Try without them: others may have spoken of it, "
        "or at another time."
    ),
    nothing_exact="I take words in quotation marks literally; without the marks I may find more.",
    nothing_topics="Topics close by: {topics}.",
    nothing_try="Try other words, or ask more broadly.",
    question_empty="There are no words in this message. Please write what to look for.",
    question_too_long=(
        "The question is too long: {n} characters, and I can read {most}. Ask for one thing, in a "
        "sentence or two."
    ),
    question_no_word="I see no word to search for. Please name a topic, a person or a place.",
    question_no_topic=(
        "“{words}” does not tell me what to look for. Please add a topic, a person or a place."
    ),
    question_bad_date=(
        "I do not understand the date “{date}”. Write <code>2025</code>, <code>2025-10</code> or "
        "<code>2025-10-21</code>."
    ),
    question_dates_exclude=(
        "The dates start ({since}) after they end ({until}). Please swap them and ask again."
    ),
    question_no_speaker="Please name a speaker.",
    only_text="I cannot read messages of this kind. Please write your question in words.",
    ask_usage=(
        "Write the question after the command or my name, for instance:\n"
        "<code>/ask What was said about water?</code>"
    ),
    timeline_usage=(
        "I can show when something was spoken of. Write the topic after the command, for "
        "instance:\n<code>/timeline Zangezur corridor</code>"
    ),
    follow_begun="Following “{question}”: I will send new quotes here.",
    follow_begun_speaker=(
        "Following “{question}”, speaker: {speaker}. I will send new quotes here."
    ),
    follow_usage=(
        "I can send you new quotes on a topic. Write it after the command, for instance:\n"
        "<code>/follow Zangezur corridor</code>"
    ),
    follow_usage_speaker=(
        "To follow one speaker only, name them before a colon:\n<code>/follow Tokayev: water</code>"
    ),
    feedback_usage=(
        "Write what you think after the command, for instance:\n"
        "<code>/feedback Speeches of 2019 are missing</code>"
    ),
    feedback_thanks="Thank you! It is kept, and whoever runs this bot will read it.",
    flood="I cannot keep up with so many questions at once. Please wait a minute.",
    failed="Sorry, something broke on my side. Please try again.",
    no_permission="This command is for the administrators of the bot only.",
    chat_not_allowed="I am not allowed to answer in this chat. Please ask whoever runs the bot.",
    unavailable="The speeches cannot be reached just now. Please try again in a few minutes.",
    unknown_command="There is no such command. Everything I can do is here: /help",
    timeline_years="Year by year: {passages}",
    timeline_months="Month by month: {passages}",
    timeline_peak="Most: {period} ({passages})",
    timeline_undated="Without a date: {passages}",
    timeline_nothing="No passage speaks of this outright, so there is nothing to show.",
    speakers="<b>Who speaks</b>: {speakers}\nBeside each name, the number of passages.",
    speakers_none="These speeches do not name their speakers.",
    recent="<b>The latest speeches</b>",
    recent_none="There are no speeches yet.",
    untitled="untitled",
    and_more="and {n} more",
    follow_new="🔔 New on “{question}”",
    follow_new_speaker="🔔 New on “{question}”, speaker: {speaker}",
    following="<b>Topics you follow</b>",
    following_none=(
        "You do not follow anything yet. It is easy to begin:\n"
        "<code>/follow Zangezur corridor</code>"
    ),
    following_one="{question}",
    following_one_speaker="{question} – speaker: {speaker}",
    following_stop="To stop following a topic, press its number.",
    about="<b>What is collected here</b>\n{speeches}, {speakers}",
    about_languages="Languages: {languages}",
    about_dates="Earliest: {first}\nLatest: {last}",
    about_indexed="Brought up to date: {moment}",
    about_privacy=(
        "<b>What the bot keeps about you</b>\n"
        "Your language, the topics you follow, your thumbs and feedback, and your recent "
        "questions, so that the buttons under the answers work."
    ),
    language_names={"ru": "Russian", "az": "Azerbaijani", "en": "English"},
    admin_no_index=(
        "There is no index yet. Make one on the server:\n"
        "<code>rostrum reindex FOLDER --index {index}</code>"
    ),
    admin_then="From then on /reindex is enough.",
    admin_samples="Until then I answer from the invented samples.",
    reindex_started="Updating the index. Meanwhile I answer from the present one.",
    reindex_progress="Updating the index: {stage}, {done} of {total}",
    reindex_progress_open="Updating the index: {stage}, {done}",
    reindex_finished=(
        "<b>The index is up to date</b>: {speeches}, {passages}\n"
        "New: {new}, changed: {changed}, removed: {removed}\n"
        "Unchanged: {unchanged}, kept from before: {kept}\n"
        "Took {duration}"
    ),
    reindex_nothing_new="Nothing has changed.",
    reindex_skipped="Could not be read: {n}. More: /status",
    reindex_failed="The index could not be updated; the present one stays.\n<code>{line}</code>",
    reindex_busy="The index is being updated already; please wait until that is done.",
    reindex_alone=(
        "The index is in a file of milvus-lite, which one process at a time may open, and just "
        "now that is me. Stop the bot, run this on the server, and start the bot again:\n"
        "<code>rostrum reindex --index {index}</code>"
    ),
    reindex_stages={
        "fetching": "fetching pages",
        "reading": "reading",
        "encoding passages": "vectors",
        "writing": "writing",
    },
    status=(
        "<b>Index</b>: {speeches}, {passages}, {speakers}\n"
        "Model: {model}, vectors: {vectors}\n"
        "Generation: {generation}\n"
        "Size: {size} MB"
    ),
    status_skipped="Could not be read: {n}",
    status_doubtful="Should be looked at: {speeches} ({why})",
    doubts={
        "no speaker is known": "no speaker is known",
        "no date is known": "no date is known",
    },
    status_bot=(
        "<b>Bot</b>: answers: {answers}, waiting: {pending}, follows: {follows}; "
        "👍 {good}, 👎 {bad}"
    ),
    status_times="Its own time of an answer: mostly {p50} ms, nearly always within {p95} ms",
    status_up="Up for {duration}",
    count_quotes={"one": "{n} quote", "other": "{n} quotes"},
    count_speeches={"one": "{n} speech", "other": "{n} speeches"},
    count_speakers={"one": "{n} speaker", "other": "{n} speakers"},
    count_passages={"one": "{n} passage", "other": "{n} passages"},
)

TEXTS: Mapping[Language, Texts] = {"ru": RUSSIAN, "az": AZERBAIJANI, "en": ENGLISH}

_NEAREST: dict[str, Language] = {
    # Turkish and Azerbaijani are read by each other's speakers without a dictionary
    **dict.fromkeys(("az", "tr"), "az"),
    # Where Russian is still widely read: the languages of the former Soviet Union, those of Russia
    # among them. Not the Baltic ones and Romanian, whose readers rather know English.
    **dict.fromkeys(
        "ru uk be kk ky uz tg tk hy ka ab os tt ba cv ce av sah udm kv mhr myv".split(), "ru"
    ),
}

_COURTESIES = {
    "hello": (
        "hello|hi|hey|hi there|hello there|good morning|good afternoon|good evening|"
        "how are you|who are you|what can you do|"
        "привет|здравствуйте|здравствуй|добрый день|доброе утро|добрый вечер|салам|"
        "как дела|как вы|как ты|кто ты|кто вы|что ты умеешь|что вы умеете|"
        "salam|salam əleyküm|sabahınız xeyir|günortanız xeyir|axşamınız xeyir|hər vaxtınız xeyir|"
        "necəsən|necəsiniz|sən kimsən|siz kimsiniz|nə edə bilirsən|nə edə bilirsiniz"
    ),
    "welcome": (
        "thanks|thank you|thanks a lot|thank you very much|many thanks|"
        "спасибо|спасибо большое|большое спасибо|благодарю|спасибо вам|"
        "təşəkkür|təşəkkürlər|təşəkkür edirəm|çox sağ ol|çox sağ olun|sağ ol|sağ olun|çox təşəkkür"
    ),
}
_COURTESY_OF = {words: name for name, every in _COURTESIES.items() for words in every.split("|")}
_MORE = frozenset(
    "more|show more|more please|and more|any more|anything else|what else|next|"
    "ещё|еще|и ещё|и еще|а ещё|а еще|ещё что|что ещё|что еще|покажи ещё|покажи еще|дальше|"
    "daha|daha çox|yenə|daha nə|başqa|davam|növbəti".split("|")
)
_NO_LETTERS = re.compile(r"[^\w\"“”„«»]+")


def courtesy_in(text: str) -> str | None:
    """The name of the text that replies to a greeting or to thanks; None if it is a question.

    Nobody wants to read where somebody else was greeted. In quotation marks it is a phrase to
    search for.
    """
    return _COURTESY_OF.get(_bare(text))


def wants_more(text: str) -> bool:
    """Whether a text asks, after an answer, for further quotes; the button says the same."""
    return _bare(text) in _MORE


def _bare(text: str) -> str:
    """The words of a short text, in small letters; of a long one nothing."""
    if len(text) > 60:
        return ""
    return _NO_LETTERS.sub(" ", text.replace("İ", "i")).strip().lower()


def texts_for(language_code: str | None) -> Texts:
    """The texts nearest to the language that Telegram says a person uses; English if none is.

    ``language_code`` is an IETF tag such as ``ru`` or ``en-US``.
    """
    primary = (language_code or "").replace("_", "-").split("-")[0].lower()
    return TEXTS[_NEAREST.get(primary, "en")]
