"""What a profile says of a cluster: where it enforces, whom it exempts, where models are named."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from aiverify.core.identity import fits

_NAMED = r'(?:\.{1,2}[A-Za-z0-9_-]+|\["[^"\\\x00-\x1f]+"\])'
_PATH = re.compile(rf"{_NAMED}(?:{_NAMED}|\[\*\]|\.\*)*", re.ASCII)
_HUB = "docker.io"

MAX_PATH = 512
"""Characters that a path into a custom resource may have."""

MAX_NAME = 1024
"""Characters of the longest name that is held against a pattern. No pattern fits a longer one."""


class Mode(StrEnum):
    """What a denial comes to."""

    ENFORCE = "enforce"
    """The object is refused."""
    WARN = "warn"
    """It is admitted, and whoever asks is warned."""
    AUDIT = "audit"
    """It is admitted, and only the audit log says so."""


class OutOfReach(StrEnum):
    """What happens where a registry or a log does not answer."""

    DENY = "deny"
    LAST_VERDICT = "last-verdict"
    """The last verdict on that digest counts, within its lifetime."""


@dataclass(frozen=True, slots=True)
class ModeRule:
    """A mode for some namespaces and some rules. Patterns have `*`; empty means all."""

    mode: Mode
    namespaces: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()

    def covers(self, namespace: str, rule: str) -> bool:
        """Whether it is about a rule in a namespace, which is empty for what lies in none."""
        return _any_part(self.namespaces, namespace) and _any_part(self.rules, rule)

    def includes(self, other: ModeRule) -> bool:
        """Whether it is about all that another is about."""
        return _include(self.namespaces, other.namespaces) and _include(self.rules, other.rules)


@dataclass(frozen=True, slots=True)
class Exemption:
    """Objects that are not judged. Each list that is given must match; at least one must be given.

    `users` are names of users, `groups` of their groups, `namespaces` patterns, `objects`
    `Kind/name` with patterns. It ends at `expires`, and then it is reported. `by` is who made it.

    Whoever makes an object chooses its name. A profile therefore never has `objects` alone.
    """

    reason: str
    expires: datetime
    namespaces: tuple[str, ...] = ()
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    by: str = ""

    def covers(
        self, namespace: str, kind: str, name: str, user: str, groups: Iterable[str] = ()
    ) -> bool:
        """Whether it is made for an object that somebody asks about, whenever that is.

        `name` is empty where the API server has yet to make one, and then no pattern for a
        part of names fits it.
        """
        if not (self.namespaces or self.users or self.groups or self.objects):
            return False
        return (
            _any_part(self.namespaces, namespace)
            and _any(self.objects, f"{kind}/{name}")
            and (not self.users or user in self.users)
            and (not self.groups or not set(self.groups).isdisjoint(groups))
        )

    def holds(self, now: datetime) -> bool:
        """Whether it has not expired."""
        return now < self.expires


@dataclass(frozen=True, slots=True)
class CustomResource:
    """Where a custom resource names its models.

    `paths` are like `.spec.model.uri` or `.spec.rules[*].model_id`, with `["a.b/c"]` for a key
    that is no plain word, `.*` for every member and `..name` for a member at any depth; `scheme`
    is put before a value that has none, such as `hf`; `revision` is the path of the revision
    beside it. Every version of the kind is meant.
    """

    group: str
    kind: str
    paths: tuple[str, ...]
    scheme: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Admission:
    """How a webhook admits.

    `modes` are tried from the last to the first, and without a match it is enforced. `images`
    are patterns of container images that must verify as well. `summaries` are directories,
    relative to the profile's, and `oci://` repositories with signed summaries of verdicts.
    `registries` are patterns of those that artifacts may come from, as `host/repository`; empty
    means any. `models_required` are patterns of namespaces in which a workload that names no
    model is refused: what it loads by itself, nobody sees. Everywhere else it is admitted.
    """

    modes: tuple[ModeRule, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    resources: tuple[CustomResource, ...] = ()
    images: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()
    out_of_reach: OutOfReach = OutOfReach.DENY
    keep_allowed: timedelta = field(default_factory=lambda: timedelta(minutes=10))
    keep_denied: timedelta = field(default_factory=lambda: timedelta(seconds=30))
    last_verdict: timedelta = field(default_factory=lambda: timedelta(hours=1))
    models_required: tuple[str, ...] = ()

    def mode(self, namespace: str, rule: str) -> Mode:
        """What a denial by a rule comes to in a namespace."""
        covering = (item.mode for item in reversed(self.modes) if item.covers(namespace, rule))
        return next(covering, Mode.ENFORCE)

    def judges_image(self, image: str) -> bool:
        """Whether a container image must verify; it is as a pod spells it."""
        if not self.images:
            return False
        return len(image) > MAX_NAME or _any(self.images, repository_of(image))

    def allows_origin(self, reference: str) -> bool:
        """Whether an artifact may come from where an `oci://` reference says."""
        return _any(self.registries, repository_of(reference))

    def requires_model(self, namespace: str) -> bool:
        """Whether a workload in a namespace has to name a model."""
        return bool(self.models_required) and _any_part(self.models_required, namespace)


def repository_of(reference: str) -> str:
    """`host/repository` of an image, without tag and digest, as a container runtime reads it.

    What names no host is in `docker.io`, under `library` if it is a single word. Hosts are the
    same in any case, and with the port that they have anyway.
    """
    name = reference.strip().removeprefix("oci://").partition("@")[0]
    parts, between, last = name.rpartition("/")
    name = f"{parts}{between}{last.partition(':')[0]}"
    host, slash, path = name.partition("/")
    if not slash or not _is_host(host):
        return f"{_HUB}/{name if slash else f'library/{name}'}"
    host = host.lower().removesuffix(":443")
    if host in ("index.docker.io", "registry-1.docker.io"):
        host = _HUB
    if host == _HUB and "/" not in path:
        path = f"library/{path}"
    return f"{host}/{path}"


def is_path(text: str) -> bool:
    """Whether a text is a path into an object, like `.spec.rules[*].model_id`."""
    return len(text) <= MAX_PATH and _PATH.fullmatch(text) is not None


def _is_host(text: str) -> bool:
    return any(mark in text for mark in ".:") or text == "localhost" or text != text.lower()


def _any(patterns: tuple[str, ...], text: str) -> bool:
    if not patterns:
        return True
    return len(text) <= MAX_NAME and any(fits(pattern, text) for pattern in patterns)


def _any_part(patterns: tuple[str, ...], text: str) -> bool:
    """The same where `*` is any part at all: the code of a rule may have a slash."""
    return _any(tuple(pattern.replace("*", "**") for pattern in patterns), text)


def _include(patterns: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether some patterns fit all that others fit; where there are none, they fit all."""
    if not patterns:
        return True
    return bool(others) and all(_any_part(patterns, other) for other in others)
