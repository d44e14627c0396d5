"""The profile: `aiverify.yaml`, one file for the command line, CI and the cluster."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiverify.core.digest import Digest
from aiverify.core.finding import Severity
from aiverify.core.globals import Allowlist
from aiverify.core.jsonvalue import Json, kind
from aiverify.core.names import printable
from aiverify.core.trust import Signer, Trust
from aiverify.errors import MalformedError, UsageError
from aiverify.files.extent import Extent
from aiverify.signing import keys

API_VERSION = "aiverify.dev/profile/v1"
_MAX_SIZE = 1 << 20

DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\.(\*|[^\W\d]\w*)")
"""A global with its module, or a module and all in it."""


@dataclass(frozen=True)
class Profile:
    """What is trusted, what is required, and which policies judge.

    `policies` are paths, or `aiverify:NAME` for a shipped rule; `config` is what policies
    see as `data.config`; `globals` are what pickles may import beyond what is known to be
    harmless; `digest` is the file's own, `sha256:<hex>`.
    """

    trust: Trust
    policies: tuple[str, ...]
    digest: str
    directory: Path
    unread: Severity = Severity.ERROR
    globals: Allowlist = field(default_factory=Allowlist)
    require_sbom: bool = False
    config: Mapping[str, Json] = field(default_factory=dict)


def read_profile(path: Path) -> Profile:
    """Read a profile. Paths in it are relative to the directory it lies in.

    Raises:
        InputError: it, or a key that it names, cannot be read.
        MalformedError: it is not YAML, a field is unknown or of the wrong type, or its
            trust cannot be met or trusts nobody.
    """
    data = Extent.of_named(path).read(_MAX_SIZE)
    shown = printable(str(path))
    fields = _fields(
        _parse(data, shown),
        {"apiVersion", "trust", "require", "contents", "policies", "config"},
        shown,
    )
    if fields.get("apiVersion") != API_VERSION:
        raise MalformedError(f"{shown}: apiVersion must be {API_VERSION}")
    require = _fields(fields.get("require", {}), {"sbom"}, f"{shown}: require")
    contents = _fields(fields.get("contents", {}), {"unread", "globals"}, f"{shown}: contents")
    return Profile(
        trust=_trust(fields.get("trust"), path.parent, shown),
        policies=_policies(fields, shown),
        digest=str(Digest.of(data)),
        directory=path.parent,
        unread=_choice(contents, "unread", shown),
        globals=_globals(contents, f"{shown}: contents.globals"),
        require_sbom=_flag(require, "sbom", shown),
        config=_object(fields.get("config", {}), f"{shown}: config"),
    )


def _parse(data: bytes, shown: str) -> Json:
    from aiverify.core import yamlvalue

    try:
        return yamlvalue.parse(data.decode("utf-8-sig"), "the profile")
    except UnicodeError as error:
        raise MalformedError(f"{shown} is not valid UTF-8") from error
    except MalformedError as error:
        raise MalformedError(f"{shown}, {error.message}") from error


def _trust(value: Json, directory: Path, shown: str) -> Trust:
    where = f"{shown}: trust"
    fields = _fields(value, {"threshold", "signers"}, where)
    signers = _list(fields.get("signers", []), f"{where}.signers")
    threshold = fields.get("threshold", 1)
    if not isinstance(threshold, int) or isinstance(threshold, bool):
        raise MalformedError(f"{where}.threshold must be a whole number, not {kind(threshold)}")
    named = tuple(_signer(item, directory, where) for item in signers)
    try:
        return Trust(named, threshold)
    except UsageError as error:
        raise MalformedError(f"{shown}: {error.message}", hint=error.hint) from error


def _signer(value: Json, directory: Path, where: str) -> Signer:
    fields = _fields(value, {"name", "keys"}, f"{where}.signers")
    name = _text(fields.get("name"), f"{where}.signers.name")
    paths = _list(fields.get("keys", []), f"{where}.signers.keys")
    pems = (
        keys.read_public(directory / _text(path, f"{where}.signers.keys")).pem for path in paths
    )
    return Signer(name, tuple(pems))


def _policies(fields: Mapping[str, Json], shown: str) -> tuple[str, ...]:
    if "policies" not in fields:
        return ()
    found = _list(fields["policies"], f"{shown}: policies")
    if not found:
        raise MalformedError(
            f"{shown}: policies is an empty list", hint="Name a policy, or remove the field."
        )
    return tuple(_text(item, f"{shown}: policies") for item in found)


def _globals(fields: Mapping[str, Json], where: str) -> Allowlist:
    names = [_text(item, where) for item in _list(fields.get("globals", []), where)]
    for name in names:
        if not DOTTED.fullmatch(name):
            raise MalformedError(
                f"{where} names {printable(name)}, which is no global",
                hint="Name one as module.name, or a whole module as module.*.",
            )
    return Allowlist.of(names)


def _choice(fields: Mapping[str, Json], key: str, shown: str) -> Severity:
    value = fields.get(key, "deny")
    if value not in ("deny", "warn"):
        raise MalformedError(f"{shown}: {key} must be deny or warn")
    return Severity.ERROR if value == "deny" else Severity.WARNING


def _flag(fields: Mapping[str, Json], key: str, shown: str) -> bool:
    value = fields.get(key, False)
    if not isinstance(value, bool):
        raise MalformedError(f"{shown}: {key} must be true or false, not {kind(value)}")
    return value


def _fields(value: Json, known: set[str], where: str) -> Mapping[str, Json]:
    fields = _object(value, where)
    unknown = sorted(printable(str(key)) for key in fields if key not in known)
    if unknown:
        raise MalformedError(
            f"{where} has the unknown field {unknown[0]}",
            hint=f"Known here: {', '.join(sorted(known))}.",
        )
    return fields


def _object(value: Json, where: str) -> Mapping[str, Json]:
    if not isinstance(value, Mapping):
        raise MalformedError(f"{where} must be a mapping, not {kind(value)}")
    return value


def _list(value: Json, where: str) -> Sequence[Json]:
    if not isinstance(value, list):
        raise MalformedError(f"{where} must be a list, not {kind(value)}")
    return value


def _text(value: Json, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise MalformedError(f"{where} must be a text, not {kind(value)}")
    return value
