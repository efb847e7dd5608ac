"""``rostrum telegram`` and ``rostrum feedback``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot import jsonout
from bot.edge import say, visible
from bot.settings import INDEX_HELP, PlaceType, default_index
from bot.telegram.errors import BotError
from retrieval.place import Place

# The rest is imported inside the commands: asking at a terminal needs no telegram.
if TYPE_CHECKING:
    from bot.telegram.state import Feedback

_TOKEN = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{20,100}")

state_option = click.option(
    "--state",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="ROSTRUM_STATE",
    metavar="DIR",
    help="Where the bot remembers follows, languages and feedback.  "
    "[default: $ROSTRUM_STATE, then your data folder]",
)


@click.command(
    epilog="""\b
Examples:
  TELEGRAM_BOT_TOKEN=123456789:AAF… rostrum telegram
  rostrum telegram --token-file /run/secrets/token --admin 4242 --index /srv/speeches
  rostrum telegram --webhook https://bot.example.org/hook --listen 127.0.0.1:8443

\b
Settings may be variables too: ROSTRUM_ADMINS and ROSTRUM_CHATS hold ids with spaces between.
"""
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="TELEGRAM_BOT_TOKEN_FILE",
    metavar="FILE",
    help="A file that holds the token.  [default: $TELEGRAM_BOT_TOKEN is the token]",
)
@click.option(
    "--admin",
    "admins",
    type=int,
    multiple=True,
    envvar="ROSTRUM_ADMINS",
    metavar="ID",
    help="Somebody who may give /reindex and /status; may be repeated.",
)
@click.option(
    "--chat",
    "chats",
    type=int,
    multiple=True,
    envvar="ROSTRUM_CHATS",
    metavar="ID",
    help="A chat or person that the bot serves; may be repeated.  [default: everybody]",
)
@click.option("--api-url", metavar="URL", help="The root of another Bot API server.")
@click.option(
    "--webhook",
    metavar="URL",
    help="Let Telegram send updates to this https address instead of asking for them.",
)
@click.option(
    "--listen",
    default="127.0.0.1:8443",
    show_default=True,
    metavar="HOST:PORT",
    help="Where the webhook's updates come in, behind your web server.",
)
@state_option
@click.option(
    "--index",
    type=PlaceType(),
    envvar="ROSTRUM_INDEX",
    metavar="DIR",
    help=INDEX_HELP,
)
def telegram(
    token_file: Path | None,
    admins: tuple[int, ...],
    chats: tuple[int, ...],
    api_url: str | None,
    webhook: str | None,
    listen: str,
    folder: Path | None,
    index: Place | None,
) -> None:
    """Answer questions in Telegram, until stopped.

    A new generation of the index is taken up as soon as a reindex has made it.
    """
    address = re.fullmatch(r"(.*):(\d{1,5})", listen)
    if not address or int(address[2]) > 65535:
        raise click.BadParameter(
            f"'{listen}' must look like 127.0.0.1:8443.", param_hint="'--listen'"
        )
    for name, url in (("--api-url", api_url), ("--webhook", webhook)):
        if url is not None and not re.match(r"https?://[^/\s]+", url):
            raise click.BadParameter(f"'{url}' is no http address.", param_hint=f"'{name}'")
    token = check_token(_token(token_file))
    # telegram takes a second to import: what is wrong with the options is said before
    from bot.telegram.app import run
    from bot.telegram.desk import Settings
    from bot.telegram.logs import secret

    with secret(token):
        run(
            Settings(
                token=token,
                folder=index or default_index(),
                state=state_folder(folder) / f"telegram-{token.partition(':')[0]}.sqlite",
                api_url=api_url,
                admins=frozenset(admins),
                chats=frozenset(chats),
                webhook=webhook,
                listen=(address[1], int(address[2])),
            )
        )


def check_token(token: str | None) -> str:
    """The token, if it can be one.

    Raises:
        BotError: there is none, or it is malformed.
    """
    if not token or not token.strip():
        raise BotError(
            "There is no token: set TELEGRAM_BOT_TOKEN or name a --token-file; "
            "@BotFather gives one."
        )
    if not _TOKEN.fullmatch(token.strip()):
        raise BotError("The token is malformed; it looks like 123456789:AAF… (from @BotFather).")
    return token.strip()


def _token(file: Path | None) -> str | None:
    if file is None:
        return os.environ.get("TELEGRAM_BOT_TOKEN")
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise BotError(f"The token file {file} cannot be read ({reason}).") from None


def state_folder(named: Path | None) -> Path:
    """Where bots remember things."""
    if named is not None:
        return named
    from platformdirs import user_data_path

    return user_data_path("rostrum", appauthor=False)


@click.command(
    epilog="""\b
Examples:
  rostrum feedback
  rostrum feedback --json | jq 'select(.verdict == "bad").question'
"""
)
@click.option("--json", "as_json", is_flag=True, help="JSON for programs, one object a line.")
@state_option
def feedback(as_json: bool, folder: Path | None) -> None:
    """Show what people thought of the bot's answers, and wrote with /feedback."""
    every = list(_all_feedback(state_folder(folder)))
    for one in every:
        if as_json:
            print(jsonout.line(jsonout.feedback(one)))
            continue
        thumb = {"good": "+", "bad": "-", None: " "}[one.verdict]
        said = one.text if one.text is not None else one.question
        print(f"{one.at[:10]}  {thumb}  {visible(' '.join((said or '').split()))}")
    if not every:
        say("There is no feedback yet: it comes from the bot's users.")


def _all_feedback(folder: Path) -> Iterator[Feedback]:
    from bot.telegram.state import State

    for file in sorted(folder.glob("telegram-*.sqlite")):
        with State(file) as state:
            yield from state.feedback()
