"""Where the program meets the shell: exit statuses, one-line messages, encodings.

=====  ==========================================================
0      done, also when nothing was found
1      it could not be done; the message says what to do
2      wrong usage, or a question that cannot be understood
130    interrupted
=====  ==========================================================
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, TextIO

import click

from retrieval.errors import QuestionError, RostrumError

# Escape sequences of a quote must not command the terminal, nor may an unclosed right-to-left
# override turn around what we say beside it. One character for one, so that offsets still hold.
_SHOWN = (
    {code: 0x2400 + code for code in range(0x20)}
    | {0x7F: 0x2421}
    | dict.fromkeys([*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)], 0xFFFD)
    | {ord("\n"): "\n", ord("\r"): " ", ord("\t"): " "}
)

_LONGEST = 500  # characters of a message of the library that reads the command line


def visible(text: str) -> str:
    """A text for the screen, as long as before: control characters become pictures of them."""
    return text.translate(_SHOWN)


def counted(number: int, noun: str) -> str:
    """``1 speech``, ``2 speeches``, ``1,000 passages``."""
    ending = "" if number == 1 else "es" if noun.endswith("ch") else "s"
    return f"{number:,} {noun}{ending}"


def say(message: str) -> None:
    """Tell the person at the terminal something that is not a result."""
    with suppress(OSError):  # a remark that cannot be told is no reason to fail
        click.echo(visible(message), err=True)


def complain(message: str) -> None:
    """Say in one line what went wrong."""
    say("rostrum: " + " ".join(message.split()))


class Edge(click.Group):
    """A group of commands that ends in an exit status and one line, never in a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Run the command line and exit."""
        _speak_utf8()
        kwargs["standalone_mode"] = False
        run = super().main
        sys.exit(_status(lambda: run(*args, **kwargs)))


def _speak_utf8() -> None:
    # Whatever the locale says, quotes must survive. What UTF-8 cannot hold (half a surrogate
    # pair) is written as the escape that JSON uses too.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _status(run: Callable[[], Any]) -> int:
    try:
        status: int | None = run()
        if sys.stdout is not None:
            sys.stdout.flush()
        return status or 0
    except (KeyboardInterrupt, click.Abort):
        return 130
    except click.ClickException as error:
        complain(_usage(error))
        return error.exit_code
    except RostrumError as error:
        complain(str(error))
        return 2 if isinstance(error, QuestionError) else 1
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            _unexpected(error, " ".join(filter(None, [error.strerror, error.filename])))
        _give_up_output()
        return 1
    except SystemExit:
        raise
    except BaseException as error:  # not Exception: a panic of the word index is none
        _unexpected(error, f"unexpected error: {type(error).__name__}: {error}")
        return 1


def _usage(error: click.ClickException) -> str:
    message = error.format_message()
    if len(message) > _LONGEST:  # it repeats what was typed, or pasted
        message = message[:_LONGEST] + "…"
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return message
    if isinstance(error, click.NoSuchOption) and context.info_name == "ask":
        message += " If it belongs to the question, put -- before the question."
    return f"{message} (more: {context.command_path} --help)"


def _unexpected(error: BaseException, message: str) -> None:
    if os.environ.get("ROSTRUM_DEBUG"):
        import traceback

        say("".join(traceback.format_exception(error)))
    complain(f"{message}; run again with ROSTRUM_DEBUG=1 for the traceback")


@contextmanager
def only_our_words() -> Iterator[None]:
    """Keep standard error free of what compiled libraries write there by themselves.

    The word index is read by Rust code, which of a damaged file tells at length where it panicked;
    what that means we say in a line of our own. ROSTRUM_DEBUG lets it through.
    """
    if os.environ.get("ROSTRUM_DEBUG") or not _is_standard_error(sys.stderr):
        yield
        return
    sys.stderr.flush()
    before, theirs = sys.stderr, os.dup(2)
    ours = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        sys.stderr = ours
        yield
    finally:
        sys.stderr = before
        with suppress(OSError):  # as for what `say` cannot tell
            ours.close()
        os.dup2(theirs, 2)
        os.close(theirs)
        os.close(nowhere)


def _is_standard_error(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.fileno() == 2
    except (OSError, ValueError):
        return False


def _give_up_output() -> None:
    # What is still buffered cannot be written either: let the interpreter's last flush go to
    # nowhere, or it would add a complaint of its own.
    with suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
