"""What a profile says of its policies: which rules count, and which exceptions there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.core.reference import SCHEME
from aiverify.core.terms import Terms
from aiverify.core.trust import Trust
from aiverify.core.waiver import Waiver
from aiverify.errors import MalformedError, UsageError
from aiverify.policy.sources import SHIPPED
from aiverify.verify.profile import fields, model
from aiverify.verify.profile.base import Base


@dataclass(frozen=True, slots=True)
class Policies:
    """Where policies lie, on what terms they judge, and who must have signed them.

    Without `trust`, nobody need have.
    """

    names: tuple[str, ...] = ()
    terms: Terms = field(default_factory=Terms)
    trust: Trust | None = None


def read_policies(members: Mapping[str, Json], trust: Trust, base: Base, shown: str) -> Policies:
    """A list of policies, or a mapping with the list and what is chosen from it.

    Raises:
        MalformedError: a member is unknown, empty or of the wrong type, or names no signer.
    """
    if "policies" not in members:
        return Policies()
    value, where = members["policies"], f"{shown}: policies"
    if not isinstance(value, Mapping):
        return Policies(_named(value, base, where))
    found = fields.members(value, model.POLICIES, where)
    if "from" not in found:
        raise MalformedError(f"{where}.from is missing", hint="List the policies in it.")
    terms = Terms(
        fields.some_texts(found, "include", where),
        fields.some_texts(found, "exclude", where),
        fields.flag(found, "fail_on_warn", where),
    )
    signed = _signed(found.get("signed", False), trust, f"{where}.signed")
    return Policies(_named(found["from"], base, f"{where}.from"), terms, signed)


def _signed(value: Json, trust: Trust, where: str) -> Trust | None:
    """Who must have signed the policies: as many as artifacts need, or some who are named.

    Raises:
        MalformedError: it is neither true, false nor a list of signers.
    """
    if isinstance(value, bool):
        return replace(trust, kinds={}) if value else None
    named = fields.texts(value, where)
    unknown = sorted(set(named).difference(signer.name for signer in trust.signers))
    if unknown or not named:
        raise MalformedError(
            f"{where} names {printable(unknown[0]) if unknown else 'nobody'}, who is no signer",
            hint="Name signers of the profile's trust, or write true for any of them.",
        )
    signers = tuple(signer for signer in trust.signers if signer.name in named)
    return replace(trust, signers=signers, threshold=1, kinds={})


def read_exceptions(members: Mapping[str, Json], shown: str) -> tuple[Waiver, ...]:
    """The exceptions from rules, in their order.

    Raises:
        MalformedError: one is made from no rule that there may be one from, or lacks its reason,
            its artifact or its end.
    """
    where = f"{shown}: exceptions"
    listed = fields.sequence(members.get("exceptions", []), where)
    if len(listed) > model.MAX_EXCEPTIONS:
        raise MalformedError(
            f"{where} has {len(listed)} entries; the limit is {model.MAX_EXCEPTIONS}"
        )
    return tuple(
        _exception(item, f"{where}[{number}]") for number, item in enumerate(listed, start=1)
    )


def _exception(value: Json, where: str) -> Waiver:
    found = fields.members(value, model.EXCEPTION, where)
    given = {name: fields.text(found[name], f"{where}.{name}") for name in found}
    for name in ("rule", "artifact", "reason", "until"):
        if name not in given:
            raise MalformedError(f"{where} has no {name}", hint=_HINTS[name])
    until = fields.moment(found, "until", where)
    assert until
    try:
        return Waiver(**{**given, "until": until})  # type: ignore[arg-type]
    except UsageError as error:
        raise MalformedError(f"{where}: {error.message}", hint=error.hint) from error


_HINTS = {
    "rule": "Name it as package.code, as package.*, or by its id, AIV-...",
    "artifact": "Name the artifact, with * or ** for any part of it, or give its digest.",
    "reason": "Say why there may be an exception.",
    "until": "Say when it ends, as 2025-01-31.",
}


def _named(value: Json, base: Base, where: str) -> tuple[str, ...]:
    found = fields.texts(value, where)
    if not found:
        raise MalformedError(
            f"{where} is an empty list", hint="Name a policy, or remove the field."
        )
    for name in found:
        if not name.startswith((SHIPPED, SCHEME)):
            base.path(name, where)
    return found
