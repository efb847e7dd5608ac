"""The root of all errors, and the one that models raise; the tree is in retrieval/errors.py."""

from __future__ import annotations


class RostrumError(Exception):
    """Anything Rostrum can explain. The message is one line: what happened, and what to do."""


class ModelError(RostrumError):
    """An encoder or the lexicon is missing, damaged, or cannot be loaded."""
