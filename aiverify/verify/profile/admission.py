"""What a profile says of a cluster. What would let everybody in, or say nothing, is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from aiverify.core import reference
from aiverify.core.admission import Admission, CustomResource, Mode, ModeRule, OutOfReach
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError, UsageError
from aiverify.verify.profile import fields, model
from aiverify.verify.profile.exemptions import read_exemption
from aiverify.verify.profile.patterns import (
    check_kind,
    check_namespace,
    check_origin,
    check_path,
    check_rule,
    check_scheme,
)
from aiverify.verify.profile.shape import Several

T = TypeVar("T")
Word = TypeVar("Word", bound=StrEnum)

_LIMITS = {
    "keep_allowed": timedelta(days=1),
    "keep_denied": timedelta(hours=1),
    "last_verdict": timedelta(days=7),
}
"""How long verdicts may be kept: what was revoked elsewhere is not seen before."""


def read_admission(members: Mapping[str, Json], shown: str) -> Admission:
    """How a cluster admits; the safe choice wherever nothing is said.

    Raises:
        MalformedError: a member is unknown, empty or of the wrong type, contradicts another, or
            exempts everything.
    """
    if "admission" not in members:
        return Admission()
    where = f"{shown}: admission"
    found = fields.members(members["admission"], model.ADMISSION, where)
    silence = _word(found, "out_of_reach", OutOfReach, where) or OutOfReach.DENY
    admission = Admission(
        _modes(found, where),
        _each(found, "exemptions", read_exemption, where),
        _resources(found, where),
        _checked(found, "images", check_origin, where),
        _checked(found, "registries", check_origin, where),
        _summaries(found, members, where),
        silence,
        models_required=_checked(found, "models_required", check_namespace, where),
        **_ages(found, where),
    )
    _check_ages(admission, found, where)
    return admission


def _modes(found: Mapping[str, Json], where: str) -> tuple[ModeRule, ...]:
    modes = _each(found, "modes", _mode, where)
    for number, rule in enumerate(modes, start=1):
        for later, other in enumerate(modes[number:], start=number + 1):
            if other.includes(rule):
                raise MalformedError(
                    f"{where}.modes[{number}] never counts, as modes[{later}] is about the same",
                    hint="The last that fits decides: put what is about more first.",
                )
    return modes


def _mode(value: Json, where: str) -> ModeRule:
    found = fields.members(value, model.MODE, where)
    mode = _word(found, "mode", Mode, where)
    if mode is None:
        raise MalformedError(f"{where} has no mode", hint=f"Name one of {', '.join(Mode)}.")
    return ModeRule(
        mode,
        _checked(found, "namespaces", check_namespace, where),
        _checked(found, "rules", check_rule, where),
    )


def _resources(found: Mapping[str, Json], where: str) -> tuple[CustomResource, ...]:
    resources = _each(found, "resources", _resource, where)
    seen: set[tuple[str, str]] = set()
    for number, item in enumerate(resources, start=1):
        if (item.group, item.kind) in seen:
            raise MalformedError(
                f"{where}.resources[{number}] is the second for {item.kind} of {item.group}",
                hint="List all paths of a kind in one place.",
            )
        seen.add((item.group, item.kind))
    return resources


def _resource(value: Json, where: str) -> CustomResource:
    found = fields.members(value, model.RESOURCE, where)
    group, kind = (fields.text(found.get(key), f"{where}.{key}") for key in ("group", "kind"))
    check_kind(group, kind, where)
    paths = _checked(found, "paths", check_path, where)
    if not paths:
        raise MalformedError(f"{where} has no paths", hint="Say where the kind names its models.")
    scheme, revision = (
        fields.text(found[key], f"{where}.{key}") if key in found else ""
        for key in ("scheme", "revision")
    )
    if scheme:
        check_scheme(scheme, f"{where}.scheme")
    if revision:
        check_path(revision, f"{where}.revision")
    return CustomResource(group, kind, paths, scheme, revision)


def _summaries(
    found: Mapping[str, Json], members: Mapping[str, Json], where: str
) -> tuple[str, ...]:
    names = _checked(found, "summaries", _check_place, where)
    if names and "summaries" not in members:
        raise MalformedError(
            f"{where}.summaries names where summaries are, and nobody may make them",
            hint="Say who may, in the profile's own member summaries.",
        )
    return names


def _check_place(name: str, where: str) -> None:
    """A directory, or a repository. Nothing is believed for where it lies."""
    if not name.startswith(reference.SCHEME):
        if "://" in name:
            raise MalformedError(
                f"{where} names {printable(name[:200])}, which is no directory",
                hint="Name a directory, or a repository as oci://registry.example/acme/verdicts.",
            )
        return
    try:
        found = reference.parse(name)
    except UsageError as error:
        raise MalformedError(f"{where}: {error.message}", hint=error.hint) from error
    if name != f"{reference.SCHEME}{found.host}/{found.repository}":
        raise MalformedError(
            f"{where} names {printable(name)}, which is one artifact",
            hint="Name the repository, without a tag or digest.",
        )


def _ages(found: Mapping[str, Json], where: str) -> dict[str, timedelta]:
    ages = {key: fields.age(found, key, where) for key in _LIMITS}
    given = {key: age for key, age in ages.items() if age}
    for key, age in given.items():
        if age > _LIMITS[key]:
            raise MalformedError(
                f"{where}.{key} is {printable(str(found[key]))}, which is too long",
                hint=f"The limit is {_LIMITS[key] // timedelta(hours=1)}h.",
            )
    return given


def _check_ages(admission: Admission, found: Mapping[str, Json], where: str) -> None:
    relies = admission.out_of_reach is OutOfReach.LAST_VERDICT
    if "last_verdict" in found and not relies:
        raise MalformedError(
            f"{where}.last_verdict says how long one counts, and out_of_reach lets none count",
            hint=f"Write out_of_reach: {OutOfReach.LAST_VERDICT}, or remove last_verdict.",
        )
    if relies and admission.last_verdict < admission.keep_allowed:
        raise MalformedError(
            f"{where}.last_verdict is shorter than keep_allowed, which keeps verdicts anyway",
            hint="Make it longer, or shorten keep_allowed.",
        )


def _each(
    found: Mapping[str, Json], key: str, read: Callable[[Json, str], T], where: str
) -> tuple[T, ...]:
    """The items of a list, which says something if it is there, each by its number."""
    if key not in found:
        return ()
    listed = fields.sequence(found[key], f"{where}.{key}")
    shape = model.ADMISSION.members[key]
    assert isinstance(shape, Several)
    if not listed:
        raise MalformedError(
            f"{where}.{key} is an empty list", hint="Name one, or remove the field."
        )
    if len(listed) > shape.most:
        raise MalformedError(f"{where}.{key} has {len(listed)} entries; the limit is {shape.most}")
    return tuple(read(item, f"{where}.{key}[{at}]") for at, item in enumerate(listed, start=1))


def _checked(
    found: Mapping[str, Json], key: str, check: Callable[[str, str], None], where: str
) -> tuple[str, ...]:
    names = fields.some_texts(found, key, where)
    for name in names:
        check(name, f"{where}.{key}")
    return names


def _word(found: Mapping[str, Json], key: str, words: type[Word], where: str) -> Word | None:
    if key not in found:
        return None
    value = fields.text(found[key], f"{where}.{key}")
    if value not in set(words):
        raise MalformedError(
            f"{where}.{key} is {printable(value)}", hint=f"Name one of {', '.join(words)}."
        )
    return words(value)
