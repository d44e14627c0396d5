"""Names and patterns of a cluster's things: each fits something, and no more than it says."""

from __future__ import annotations

import re

from aiverify.core.admission import MAX_PATH, is_path
from aiverify.core.identity import fits
from aiverify.core.names import printable
from aiverify.core.rules import RULES
from aiverify.core.waiver import OWN
from aiverify.errors import MalformedError

_NAMESPACE = re.compile("[a-z0-9*](?:[-a-z0-9*]{0,61}[a-z0-9*])?")
_HOST = re.compile(r"(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]{1,5})?")
_REPOSITORY = re.compile(r"[a-z0-9*._/-]{1,255}")
_GROUP = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)+")
_KIND = re.compile("[A-Z][A-Za-z0-9]{0,62}")
_SCHEME = re.compile("[a-z][a-z0-9+.-]{0,31}")
_OBJECT = re.compile(r"(?:\*|[A-Z][A-Za-z0-9]{0,62})/[A-Za-z0-9*._:-]{1,253}")
_RULE = re.compile(r"[A-Za-z_*][^\s]{0,255}")


def check_namespace(name: str, where: str) -> None:
    """Names of namespaces, with `*` for any part of one.

    Raises:
        MalformedError: no namespace could be called so.
    """
    if not _NAMESPACE.fullmatch(name) or "**" in name:
        raise MalformedError(
            f"{where} names {printable(name[:100])}, which no namespace is called",
            hint="They have lower-case letters, digits and hyphens; * stands for any part.",
        )


def check_rule(name: str, where: str) -> None:
    """Ids of rules, with `*` for any part of one. Those of aiverify's own must be there.

    Raises:
        MalformedError: no rule could be called so.
    """
    if not _RULE.fullmatch(name) or "**" in name or name == "*":
        raise MalformedError(
            f"{where} names {printable(name[:100])}, which is no rule",
            hint="Name one by its id, with * for any part; leave rules out for all of them.",
        )
    if name.startswith(OWN) and not any(fits(name, rule.id) for rule in RULES):
        raise MalformedError(
            f"{where} names {printable(name)}, and there is no such rule",
            hint="docs/rules lists them.",
        )


def check_origin(name: str, where: str) -> None:
    """Where images and artifacts lie: `host/repository`, or `**` for everything.

    A wildcard never stands where a host's owner does: `ghcr.io**` would be of anybody who can
    have a host that begins so.

    Raises:
        MalformedError: it is not written so.
    """
    host, slash, repository = name.partition("/")
    if name == "**":
        return
    if not slash or not _HOST.fullmatch(host) or not _REPOSITORY.fullmatch(repository):
        raise MalformedError(
            f"{where} names {printable(name[:200])}, which is no host and repository",
            hint="Write ghcr.io/acme/*, or ghcr.io/** for all of a registry.",
        )
    if not any(mark in host for mark in ".:") and host != "localhost":
        raise MalformedError(
            f"{where} names {printable(name)} without a registry's host",
            hint=f"What has none is in docker.io: docker.io/{printable(name)}.",
        )
    if host.startswith("*.") and host.count(".") < 2:
        raise MalformedError(
            f"{where} names {printable(name)}, which is of everybody under {host[2:]}",
            hint="Write out the domain.",
        )


def check_kind(group: str, kind: str, where: str) -> None:
    """A kind of object and its API group.

    Raises:
        MalformedError: there can be none.
    """
    if not _GROUP.fullmatch(group) or len(group) > 253:
        raise MalformedError(
            f"{where}.group is {printable(group[:300])}, which is no API group",
            hint="Write it without a version, as serving.acme.example.",
        )
    if not _KIND.fullmatch(kind):
        raise MalformedError(
            f"{where}.kind is {printable(kind[:100])}, which is no kind", hint="Write it as Model."
        )


def check_path(path: str, where: str) -> None:
    """A path into an object.

    Raises:
        MalformedError: it is none, or too long.
    """
    if not is_path(path):
        raise MalformedError(
            f"{where} has {printable(path[:200])}, which is no path",
            hint='Write it as .spec.rules[*].model_id, or ["a.b/c"] for a key with other '
            f"characters, in at most {MAX_PATH}.",
        )


def check_scheme(scheme: str, where: str) -> None:
    """A scheme without what follows it.

    Raises:
        MalformedError: it is none.
    """
    if not _SCHEME.fullmatch(scheme):
        raise MalformedError(
            f"{where} is {printable(scheme[:100])}, which is no scheme",
            hint="Write it without ://, as hf.",
        )


def check_object(name: str, where: str) -> None:
    """An object as `Kind/name`, with `*` for any part of the name, or as the kind.

    Raises:
        MalformedError: it is not written so, or is any object.
    """
    if not _OBJECT.fullmatch(name) or "**" in name:
        raise MalformedError(
            f"{where} names {printable(name[:200])}, which is no object",
            hint="Write it as Kind/name, such as Deployment/registry-*.",
        )
    if name == "*/*":
        raise MalformedError(
            f"{where} names {name}, which is every object",
            hint="Leave objects out for all of a namespace, or name a kind.",
        )
