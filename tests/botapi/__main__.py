"""`PYTHONPATH=tests python -m botapi [LANGUAGE] [PORT]`: a conversation with a bot, by hand.

Start the bot with the address and token that are printed. Each line typed is said by one person in
private; `>LABEL` presses a button of the bot's last message, `@QUERY` asks inline.
"""

from __future__ import annotations

import sys
import threading
from functools import partial

from . import BotApi, Message


def show(message: Message) -> str:
    """A message as text, its buttons below."""
    buttons = " ".join(f"[{button['text']}]" for button in message.buttons)
    return f"--- {message.message_id}\n{message.text}\n{buttons}".rstrip()


def main(language: str = "en", port: str = "0") -> None:
    """Reads lines until the input ends."""
    with BotApi(port=int(port), keep=1000) as api:
        person = api.person("Ann", language)
        print(f"--api-url {api.url}  TELEGRAM_BOT_TOKEN={api.token}", flush=True)
        seen: dict[int, int] = {}

        def watch() -> None:
            while True:
                with api.lock:
                    for message in person.messages:
                        if seen.get(message.message_id) != len(message.versions):
                            seen[message.message_id] = len(message.versions)
                            print(show(message), flush=True)
                    api.lock.wait()

        threading.Thread(target=watch, daemon=True).start()
        for line in map(str.strip, sys.stdin):
            if line.startswith(">") and person.messages:
                query = person.presses(person.messages[-1], line[1:].strip())
                print(api.wait_for(partial(getattr, query, "answers"), 30))
            elif line.startswith("@"):
                typed = person.types_inline(line[1:].strip())
                api.wait_for(partial(getattr, typed, "answers"), 30)
                for result in typed.results:
                    print(f"* {result.get('title')}: {result.get('description')}")
            else:
                person.says(line)


if __name__ == "__main__":
    main(*sys.argv[1:])
