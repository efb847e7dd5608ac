"""The help is what the README shows: commands, options and examples that can be run."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from importlib.metadata import version

import click
import pytest
from click.testing import Result

from bot.cli import cli

pytest_plugins = ["command_line"]

OPTIONS = {
    "ask": {
        "-n",
        "--per-speech",
        "--since",
        "--until",
        "--speaker",
        "--threshold",
        "--own-language",
        "--sort",
        "--context",
        "--questions",
        "--md",
        "--html",
        "--json",
        "--index",
    },
    "reindex": {
        *("--index", "--model", "--full", "--column", "--since", "--allow-local"),
        *("--progress", "--json", "--dry-run", "--prune", "--watch"),
        *("--shard", "--finish", "--abandon"),
    },
    "rollback": {"--json", "--index"},
    "timeline": {
        *("--by", "--since", "--until", "--speaker", "--threshold", "--png", "--json", "--index")
    },
    "show": {"--json", "--index"},
    "status": {"--verify", "--json", "--index"},
}
"""The command line that others build on: a change here breaks somebody's script."""


def examples(help_text: str) -> list[list[str]]:
    """The example commands of a help text, as the shell would split them."""
    found = []
    for line in help_text.partition("Examples:")[2].splitlines():
        if line.strip().startswith("rostrum "):
            command = line.strip().split("   ")[0]  # what follows explains it
            words = shlex.split(command)
            ends = [words.index(sign) for sign in (">", "|") if sign in words]
            found.append(words[1 : min(ends, default=None)])
    return found


@pytest.mark.parametrize("command", OPTIONS)
def test_each_command_has_the_fixed_options(command: str) -> None:
    parameters = cli.commands[command].params
    options = {name for p in parameters if isinstance(p, click.Option) for name in p.opts}
    assert options == OPTIONS[command]


@pytest.mark.parametrize("command", ["", *OPTIONS])
def test_help_explains_every_option_and_its_examples_are_right(
    command: str, rostrum: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    result = rostrum(*filter(None, [command]), "--help")
    assert result.exit_code == 0
    for option in OPTIONS.get(command, OPTIONS):
        assert option in result.stdout
    shown = examples(result.stdout)
    assert shown
    for words in shown:
        words = ["/dev/null" if word == "questions.jsonl" else word for word in words]
        parser = cli.commands[words[0]]
        parser.make_context(words[0], words[1:])  # raises when the example cannot be parsed


def test_help_tells_how_to_complete(rostrum: Callable[..., Result]) -> None:
    assert 'eval "$(_ROSTRUM_COMPLETE=bash_source rostrum)"' in rostrum("-h").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str, process: Callable[..., object]) -> None:
    done = process(env={"_ROSTRUM_COMPLETE": f"{shell}_source"})
    assert done.returncode == 0
    assert "_ROSTRUM_COMPLETE" in done.stdout


def test_completion_of_a_command(process: Callable[..., object]) -> None:
    typed = {
        "_ROSTRUM_COMPLETE": "bash_complete",
        "COMP_WORDS": "rostrum re",
        "COMP_CWORD": "1",
    }
    assert process(env=typed).stdout.split() == ["plain,reindex"]


def test_version(rostrum: Callable[..., Result]) -> None:
    assert rostrum("--version").stdout.split()[-1] == version("rostrum")


def test_no_command_shows_the_help_and_is_wrong_usage(rostrum: Callable[..., Result]) -> None:
    result = rostrum()
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Commands:" in result.stderr


def test_help_loads_nothing_heavy(process: Callable[..., object]) -> None:
    imported = process("--help", python=["-X", "importtime"]).stderr
    assert "click" in imported
    for heavy in ("numpy", "faiss", "tantivy", "rich", "tokenizers", "yaml"):
        assert f" {heavy}\n" not in imported
