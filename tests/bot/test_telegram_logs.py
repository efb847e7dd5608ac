from __future__ import annotations

import io
import json
import logging
import subprocess
import sys

import pytest

from bot.telegram.logs import JsonLines, secret

TOKEN = "123456789:AAF-invented_token_of_nobody_0123456"


def test_nothing_printed_holds_the_token(capfd):
    with secret(TOKEN):
        print(f"https://example.org/bot{TOKEN}/getMe")
        print("123456789%3AAAF-invented_token_of_nobody_0123456", file=sys.stderr)
        print(TOKEN.partition(":")[2], flush=True)
        sys.stderr.write(TOKEN)
    output = "".join(capfd.readouterr())
    assert "AAF-invented" not in output
    assert output.count("<token>") == 4


def test_a_record_is_a_line_of_json():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    log = logging.Logger("one")
    log.addHandler(handler)
    log.info("answered\n%s", "да", extra={"fields": {"quotes": 3}})
    try:
        raise ValueError(TOKEN)
    except ValueError:
        log.exception("failed")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert first["message"] == "answered\nда"
    assert (first["quotes"], first["level"], first["logger"]) == (3, "info", "one")
    assert "ValueError" in second["error"]


@pytest.mark.parametrize(
    "deed",
    [
        "raise RuntimeError(TOKEN)",
        "t = threading.Thread(target=[].index, args=[TOKEN]); t.start(); t.join()",
        "logging.getLogger('httpx').warning('POST /bot%s/getMe', TOKEN)",
        "warnings.warn(TOKEN)",
        "asyncio.run(asyncio.wait_for(asyncio.open_connection(TOKEN, 1), 1))",
    ],
)
def test_uncaught_errors_do_not_tell_it_either(deed):
    code = (
        "import asyncio, logging, sys, threading, warnings\n"
        "from bot.telegram.logs import log_to, secret\n"
        f"TOKEN = {TOKEN!r}\n"
        "with secret(TOKEN):\n"
        "    log_to(sys.stderr)\n"
        "    try:\n"
        f"        {deed}\n"
        "    except Exception:\n"
        "        sys.excepthook(*sys.exc_info())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    assert "AAF-invented" not in output
    assert all(json.loads(line) for line in done.stderr.splitlines())
    assert done.stderr
