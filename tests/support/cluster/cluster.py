"""A cluster that runs: who asks it, by kubectl or by its API, and what it says of itself."""

from __future__ import annotations

import http.client
import json
import os
import re
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.cluster.programs import program
from tests.support.commands import Completed

Document = Mapping[str, Any]

ADMIN = "admin"
DEVELOPER = "dana"
ANOTHER = "erin"

WAIT_SECONDS = 60
"""How long something is waited for before it is said not to happen."""


@dataclass(frozen=True)
class Answer:
    """What the API server answered: a status, and a document."""

    status: int
    document: dict[str, Any]
    warnings: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """What a refusal says."""
        return str(self.document.get("message", ""))


@dataclass(frozen=True)
class Cluster:
    """Where it is, by which root it is known, and the users' bearer tokens.

    `audit` is the API server's audit log; `client_ca`, `folder` and `port` are for webhooks: the
    root of the certificate by which the API server makes itself known to them.
    """

    folder: Path
    port: int
    ca: Path
    client_ca: Path
    tokens: Mapping[str, str]
    audit: Path

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        return f"https://127.0.0.1:{self.port}"

    def kubeconfig(self, user: str = ADMIN) -> Path:
        """A configuration for kubectl and other clients."""
        return self.folder / f"{user}.kubeconfig"

    def kubectl(
        self, line: str, *documents: Document, user: str = ADMIN, words: Sequence[str] = ()
    ) -> Completed:
        """Run kubectl as a user.

        Args:
            line: Its command line, which is split at its spaces.
            documents: What `-f -` reads.
            user: Who runs it.
            words: More of its command line, which is not split.
        """
        many = {"apiVersion": "v1", "kind": "List", "items": list(documents)}
        done = subprocess.run(
            [program("kubectl"), "--kubeconfig", self.kubeconfig(user), *line.split(), *words],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.folder)},
            input=json.dumps(documents[0] if len(documents) == 1 else many),
            capture_output=True,
            text=True,
            check=False,
        )
        return Completed(done.returncode, done.stdout, done.stderr)

    def do(self, line: str, *documents: Document, user: str = ADMIN) -> str:
        """Run kubectl, which has to succeed, for what it prints."""
        done = self.kubectl(line, *documents, user=user)
        assert done.exit_code == 0, f"kubectl {line}\n{done.out}{done.err}"
        return done.out

    @contextmanager
    def client(self, user: str = ADMIN) -> Iterator[Client]:
        """A connection to the API as a user."""
        context = ssl.create_default_context(cafile=self.ca)
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=WAIT_SECONDS, context=context
        )
        try:
            yield Client(connection, self.tokens[user])
        finally:
            connection.close()

    def ask(
        self,
        method: str,
        path: str,
        document: Document | None = None,
        *,
        user: str = ADMIN,
        content_type: str = "application/json",
    ) -> Answer:
        """Ask the API once."""
        with self.client(user) as client:
            return client.ask(method, path, document, content_type=content_type)

    def metrics(self) -> str:
        """The API server's own metrics, as text."""
        with self.client() as client:
            return client.text("/metrics")

    def audited(self, name: str) -> list[dict[str, Any]]:
        """The audit log's finished requests that were about an object, oldest first."""
        lines = self.audit.read_text(encoding="utf-8").splitlines()
        found = (json.loads(line) for line in lines if f'"name":"{name}"' in line)
        return [event for event in found if event["stage"] == "ResponseComplete"]

    def namespace(self, name: str, **labels: str) -> str:
        """Make a namespace."""
        metadata = {"name": name, "labels": labels}
        self.do("apply -f -", {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})
        return name


@dataclass(frozen=True)
class Client:
    """A connection that is kept open. It belongs to one thread."""

    connection: http.client.HTTPSConnection
    token: str

    def ask(
        self,
        method: str,
        path: str,
        document: Document | None = None,
        *,
        content_type: str = "application/json",
    ) -> Answer:
        """Ask, and read the answer."""
        body = None if document is None else json.dumps(document).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": content_type}
        self.connection.request(method, path, body, headers)
        with self.connection.getresponse() as found:
            data = found.read()
            warnings = tuple(warning(text) for text in found.headers.get_all("Warning") or ())
        try:
            value = json.loads(data)
        except ValueError:
            value = {"message": data.decode(errors="replace")}
        return Answer(found.status, value, warnings)

    def text(self, path: str) -> str:
        """What lies at a path and is no JSON."""
        self.connection.request("GET", path, headers={"Authorization": f"Bearer {self.token}"})
        with self.connection.getresponse() as found:
            text = found.read().decode()
        assert found.status == 200, text
        return text


def warning(header: str) -> str:
    """The text of a header such as `299 - "text"` (RFC 7234, section 5.5)."""
    found = re.fullmatch(r'\d+ \S+ "((?:[^"\\]|\\.)*)"', header)
    return re.sub(r"\\(.)", r"\1", found.group(1)) if found else header


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Ask again and again, until something holds.

    Raises:
        AssertionError: it did not in a minute.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.05)
