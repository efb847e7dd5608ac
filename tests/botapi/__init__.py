"""A strict local Bot API server, over real HTTP, to test the Telegram bot against.

    with BotApi() as api:
        ann = api.person("Ann", language_code="az")
        …start the bot with api.token and api.url…
        answer = ann.asks("what was said about water")
        ann.presses(answer, "More")
        api.wait_for(lambda: len(ann.messages) == 2)

It rejects what Telegram rejects, in Telegram's words, and more: unknown parameters and fields,
unescaped characters, marks beyond the hundredth. It does not cache inline results, read Markdown,
fetch addresses, or know of topics, payments and business accounts.
"""

from .faults import Fault, Faults, Limits
from .markup import Malformed, parse_html, utf16
from .server import TOKEN, BotApi, Call
from .world import CallbackQuery, Chat, InlineQuery, Message, Person

__all__ = [
    "TOKEN",
    "BotApi",
    "Call",
    "CallbackQuery",
    "Chat",
    "Fault",
    "Faults",
    "InlineQuery",
    "Limits",
    "Malformed",
    "Message",
    "Person",
    "parse_html",
    "utf16",
]
