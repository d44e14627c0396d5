"""Exemptions: who and what is not judged, for a reason and until a day, and never everybody."""

from __future__ import annotations

from collections.abc import Mapping

from aiverify.core.admission import Exemption
from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.errors import MalformedError
from aiverify.verify.profile import fields, model
from aiverify.verify.profile.patterns import check_namespace, check_object

_HINTS = {
    "reason": "Say why these objects are not judged.",
    "expires": "Say when it ends, as 2025-01-31.",
}
_SCOPES = ("namespaces", "users", "groups", "objects")
_ADMINS = "system:masters"


def read_exemption(value: Json, where: str) -> Exemption:
    """One exemption.

    Raises:
        MalformedError: it lacks its reason or end, is for everything, or is for what any author
            of an object can choose.
    """
    found = fields.members(value, model.EXEMPTION, where)
    for name in ("reason", "expires"):
        if name not in found:
            raise MalformedError(f"{where} has no {name}", hint=_HINTS[name])
    expires = fields.moment(found, "expires", where)
    assert expires
    exemption = Exemption(
        _said(found, "reason", where),
        expires,
        **{name: fields.some_texts(found, name, where) for name in _SCOPES},
        by=_said(found, "by", where) if "by" in found else "",
    )
    _check_names(exemption, where)
    _check_reach(exemption, where)
    return exemption


def _said(found: Mapping[str, Json], key: str, where: str) -> str:
    text = fields.text(found[key], f"{where}.{key}")
    if not text.strip():
        raise MalformedError(f"{where} has no {key}", hint=_HINTS.get(key, "Name them."))
    if len(text) > model.MAX_REASON:
        raise MalformedError(
            f"{where}.{key} has {len(text)} characters; the limit is {model.MAX_REASON}"
        )
    return text


def _check_names(exemption: Exemption, where: str) -> None:
    for name in exemption.namespaces:
        _check_own(name, f"{where}.namespaces")
    for key, names in (("users", exemption.users), ("groups", exemption.groups)):
        for name in names:
            if "*" in name:
                raise MalformedError(
                    f"{where}.{key} names {printable(name[:200])}, and * stands for nobody here",
                    hint="Write names out; the service accounts of a namespace are the group "
                    "system:serviceaccounts:NAMESPACE.",
                )
    for name in exemption.objects:
        check_object(name, f"{where}.objects")


def _check_own(name: str, where: str) -> None:
    """A namespace, or the beginning of some: anybody's may end so or have it inside."""
    check_namespace(name, where)
    if "*" in name.removesuffix("*") or name == "*":
        raise MalformedError(
            f"{where} names {name}, and * stands at the end of an exemption's namespaces alone",
            hint="Write them out, or their beginning as team-*.",
        )


def _check_reach(exemption: Exemption, where: str) -> None:
    if exemption.namespaces:
        return
    if not (exemption.users or exemption.groups):
        if exemption.objects:
            raise MalformedError(
                f"{where} is for objects of a name, which whoever makes them chooses",
                hint="Add the namespaces, users or groups that it is for.",
            )
        raise MalformedError(
            f"{where} is for everything",
            hint="Name namespaces, users or groups, and objects of theirs.",
        )
    names = exemption.users or exemption.groups
    for name in names:
        if name.startswith("system:") and name != _ADMINS:
            raise MalformedError(
                f"{where} is for {printable(name)}, which acts for others, in every namespace",
                hint="Name the namespaces that it is for.",
            )
