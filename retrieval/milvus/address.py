"""Addresses of Milvus: a server, or a file that milvus-lite keeps."""

from __future__ import annotations

import os
import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path

SCHEME = "milvus:"
TOKEN, DATABASE = "ROSTRUM_MILVUS_TOKEN", "ROSTRUM_MILVUS_DATABASE"

_SERVER = re.compile(r"https?://", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_EXAMPLES = "milvus:http://localhost:19530 or milvus:./speeches.db"


def is_milvus(text: str) -> bool:
    """Whether a text is meant as an address of Milvus."""
    return text[: len(SCHEME)].lower() == SCHEME


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """A Milvus server and a database of it, or a file of milvus-lite.

    As text it names no secret, and can be given to ``--index`` again.
    """

    uri: str
    """What pymilvus connects to: ``http://host:19530``, or the whole path of a file."""
    database: str = ""
    """The database of a server; empty for its default one."""
    token: str = field(default="", repr=False)
    """What the server asks for: an API key, or ``user:password``."""

    @classmethod
    def parse(cls, text: str) -> MilvusAddress:
        """Read an address; token and database come from the environment.

        Raises:
            ValueError: it names neither a server nor a file.
        """
        rest = text[len(SCHEME) :] if is_milvus(text) else text
        if not _SERVER.match(rest):
            rest = rest.rstrip("/")  # milvus-lite keeps a folder: shells complete it with a slash
            if "://" in rest:
                raise ValueError(f"only http and https are known; for instance {_EXAMPLES}")
            if not rest.endswith(".db") or rest.endswith(("/.db", "\\.db")) or rest == ".db":
                raise ValueError(f"a file of milvus-lite ends in .db; for instance {_EXAMPLES}")
            try:
                return cls(str(Path(rest).expanduser().absolute()))
            except RuntimeError:  # of a user who is not there
                raise ValueError(f"there is no home folder as in {rest}") from None
        from urllib.parse import unquote, urlsplit  # late: who asks a folder needs none of this

        try:
            parts = urlsplit(rest)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port = None, None
            parts = urlsplit("")
        strange = parts.path.strip("/") or parts.query or parts.fragment
        if not host or port == 0 or strange or any(map(str.isspace, host)):
            raise ValueError(
                "the address of a server is a scheme, a host and a port; for instance " + _EXAMPLES
            )
        token = os.environ.get(TOKEN, "").strip()
        if parts.username:
            token = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        database = os.environ.get(DATABASE, "").strip()
        if database and not _NAME.fullmatch(database):
            raise ValueError(f"{DATABASE} is no name of a database: letters, digits and _")
        named = f"[{host}]" if ":" in host else host
        default = 443 if parts.scheme.lower() == "https" else 19530
        return cls(f"{parts.scheme.lower()}://{named}:{port or default}", database, token)

    @property
    def is_file(self) -> bool:
        """Whether milvus-lite keeps it, in this very process."""
        return not _SERVER.match(self.uri)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that a child process needs beside the address."""
        secrets = {TOKEN: self.token, DATABASE: self.database}
        return {name: value for name, value in secrets.items() if value}

    @property
    def quoted(self) -> str:
        """The address as a shell takes it: for lines that say what to run."""
        return shlex.quote(str(self))

    def __str__(self) -> str:
        return SCHEME + self.uri
