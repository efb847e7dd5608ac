"""What can go wrong with the bot itself."""

from retrieval.errors import RostrumError


class BotError(RostrumError):
    """The bot cannot run."""


class StateError(BotError):
    """What the bot remembers cannot be read or written."""
