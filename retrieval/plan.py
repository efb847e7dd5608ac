"""What a reindex takes over from the generation before, whatever engine keeps it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from embeddings.analysis import ANALYSER_VERSION
from embeddings.encoder import Encoder, Vectors
from embeddings.static import StaticEncoder
from retrieval.engine import Old, reader_version
from retrieval.preparing import encode
from retrieval.records import Reading
from retrieval.workers import Workers

OldT = TypeVar("OldT", bound=Old)

_ALONE_PASSAGES = 2_000
"""Passages up to which starting processes costs more time than they save."""


class Clock:
    """Seconds that each stage took."""

    def __init__(self) -> None:
        self._started = self._last = time.perf_counter()
        self.stages: dict[str, float] = {}

    def done(self, stage: str) -> None:
        """Note that a stage has ended now."""
        now = time.perf_counter()
        self.stages[stage] = self.stages.get(stage, 0.0) + now - self._last
        self._last = now

    @property
    def seconds(self) -> float:
        """Seconds since the beginning."""
        return time.perf_counter() - self._started


@dataclass(frozen=True, slots=True)
class Plan(Generic[OldT]):
    """What can be taken over from the generation before, and why not more."""

    old: OldT | None
    encoder: Encoder
    sources: tuple[str, ...]
    reading: Reading
    base: OldT | None
    """What the new generation begins as a copy of."""
    vectors: OldT | None
    """Where vectors are taken from."""
    same_reader: bool
    """Whether this very program has read what is there."""
    reasons: tuple[str, ...]

    @classmethod
    def of(
        cls,
        old: OldT | None,
        encoder: Encoder,
        sources: tuple[str, ...],
        reading: Reading,
        full: bool,
        why: str | None,
    ) -> Plan[OldT]:
        """What an old generation is good for, ``why`` not if there is none."""
        reasons = [why] if why else []
        same_analyser = same_model = same_reader = False
        if old:
            m = old.manifest
            same_analyser = m.analyser_version == ANALYSER_VERSION
            same_model = m.model_fingerprint == encoder.fingerprint
            same_reader = m.reader == reader_version()
            if full:
                reasons.append("--full: everything is read and encoded anew")
            elif not same_analyser:
                reasons.append(
                    f"the analyser's version was {m.analyser_version} and is {ANALYSER_VERSION}: "
                    "everything is read anew"
                )
            elif not same_reader:
                reasons.append("the program has changed: everything is read anew")
            if not same_model and not full:
                reasons.append(
                    f"the model was {m.model} ({m.model_fingerprint}) and is {encoder.name} "
                    f"({encoder.fingerprint}): all vectors are made anew"
                )
        return cls(
            old,
            encoder,
            sources,
            reading,
            base=old if same_analyser and not full else None,
            vectors=old if same_model and not full else None,
            same_reader=same_reader,
            reasons=tuple(reasons),
        )

    def encoded(
        self, batches: Iterator[list[str]], workers: Workers, missing: int
    ) -> Iterator[Vectors]:
        """The vectors of batches of texts, of which there are ``missing`` in all."""
        if isinstance(self.encoder, StaticEncoder) and missing > _ALONE_PASSAGES:
            return workers.map(encode, batches)
        return map(self.encoder.encode_documents, batches)
