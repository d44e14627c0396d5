"""A desk at which somebody signs and verifies by the command line, with a model on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiverify.signing.keys import PrivateKey
from tests.support.artifacts import MODEL, Files, write_tree
from tests.support.commands import Completed, call
from tests.support.signatures import key
from tests.support.sigstore.instance import LocalSigstore

PROFILE = "aiverify.dev/profile/v1"

NOW = datetime.now(UTC)

AMBIENT = (
    "SIGSTORE_ID_TOKEN",
    "SIGSTORE_IDENTITY_TOKEN",
    "GITHUB_ACTIONS",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "GITLAB_CI",
    "BUILDKITE",
    "CIRCLECI",
    "CIRCLE_OIDC_TOKEN_V2",
)
"""Variables by which an environment offers identity tokens."""


@dataclass(frozen=True)
class Judged:
    """A report, read."""

    exit_code: int
    report: Mapping[str, Any]

    @property
    def verdict(self) -> str:
        """The verdict."""
        return str(self.report["verdict"])

    @property
    def findings(self) -> list[dict[str, Any]]:
        """All findings of all steps."""
        return [item for step in self.report["steps"] for item in step["findings"]]

    @property
    def rules(self) -> list[str]:
        """The rules of all findings."""
        return [str(item["rule"]) for item in self.findings]

    @property
    def files(self) -> set[str]:
        """The files that findings are about."""
        return {str(item["file"]) for item in self.findings}

    @property
    def told(self) -> str:
        """The messages of all findings, a line each."""
        return "\n".join(str(item["message"]) for item in self.findings)

    @property
    def signatures(self) -> list[dict[str, Any]]:
        """The signatures that counted."""
        return [item for item in self.report["signatures"] if item["signer"]]

    @property
    def step(self) -> str:
        """The step at which it was refused, or nothing."""
        named = [step["name"] for step in self.report["steps"] if step["outcome"] == "deny"]
        return str(named[0]) if named else ""


@dataclass(frozen=True)
class Desk:
    """A directory in which commands run. What they keep for later, they keep in it."""

    place: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __truediv__(self, name: str) -> Path:
        return self.place / name

    def call(self, line: str, *words: str | Path, **env: str) -> Completed:
        """Run a command: a line that is split at its spaces, and words that are not."""
        at_hand = {"XDG_CACHE_HOME": str(self / "cache"), **self.environment, **env}
        return call(*line.split(), *words, cwd=self.place, env=at_hand)

    def do(self, line: str, *words: str | Path, **env: str) -> str:
        """Run a command that has to succeed, for what it prints."""
        done = self.call(line, *words, **env)
        assert done.exit_code == 0, done
        return done.out

    def judge(self, line: str, *words: str | Path, **env: str) -> Judged:
        """Run `verify`, which has to come to a verdict."""
        done = self.call(f"verify {line}", *words, "--format", "json", **env)
        assert done.out, done
        return Judged(done.exit_code, json.loads(done.out))

    def allows(self, line: str, *words: str | Path) -> Judged:
        """Run `verify`, which has to allow."""
        found = self.judge(line, *words)
        assert (found.exit_code, found.verdict) == (0, "allow"), found.told
        return found

    def denies(self, line: str, *words: str | Path) -> Judged:
        """Run `verify`, which has to deny."""
        found = self.judge(line, *words)
        assert (found.exit_code, found.verdict) == (10, "deny"), found.report
        return found

    def model(self, name: str = "model", files: Files = MODEL) -> Path:
        """A new directory with files."""
        return write_tree(self / name, files)

    def key(self, owner: str, curve: str = "p256") -> PrivateKey:
        """Somebody's key, both halves of which now lie there as `OWNER.key` and `OWNER.pub`."""
        found = key(curve, owner)
        (self / f"{owner}.key").write_bytes(found.to_pem(b""))
        (self / f"{owner}.pub").write_text(found.public.pem)
        return found

    def profile(
        self, trust: Mapping[str, Any], *, name: str = "aiverify.yaml", **more: Any
    ) -> Path:
        """Write a profile. JSON is YAML."""
        value = {"apiVersion": PROFILE, "trust": trust, **more}
        (self / name).write_text(json.dumps(value))
        return self / name

    def trust_config(self, services: LocalSigstore, name: str = "trust.json", **words: Any) -> Path:
        """Write the trust configuration of a Sigstore. `words` are its own."""
        return services.write_trust_config(self / name, **words)

    def read(self, name: str) -> dict[str, Any]:
        """A JSON document."""
        value: dict[str, Any] = json.loads((self / name).read_bytes())
        return value

    def change(self, name: str, edit: Callable[[dict[str, Any]], object]) -> None:
        """Alter a JSON document in its place."""
        value = self.read(name)
        edit(value)
        (self / name).write_text(json.dumps(value))
