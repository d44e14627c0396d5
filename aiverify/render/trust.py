"""A profile's trust in words, and for tools."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from aiverify.core.jsonvalue import Json, pretty
from aiverify.core.names import printable
from aiverify.core.trust import Quorum, Signer, Trust, TrustedAuthority, TrustedKey, Window
from aiverify.core.words import counted
from aiverify.signing import certificates
from aiverify.signing.keys import PublicKey
from aiverify.signing.predicates import shown
from aiverify.verify.profile import Profile
from aiverify.verify.required import Required


def as_text(profile: Profile) -> str:
    """Sentences, each of which the profile makes true."""
    return "\n".join(printable(line) for line in _lines(profile)) + "\n"


def as_json(profile: Profile) -> str:
    """The same facts, for tools: fingerprints instead of keys."""
    trust = profile.trust
    return pretty(
        {
            "apiVersion": "aiverify.dev/trust/v1",
            "profile": profile.digest,
            "trust": str(trust.digest),
            "threshold": trust.threshold,
            "signers": [_signer_json(signer) for signer in trust.signers],
            "kinds": {
                kind.value: {"threshold": item.threshold, "signers": sorted(item.signers)}
                for kind, item in trust.kinds.items()
            },
            "revoked": {
                "keys": sorted(trust.revoked.keys),
                "digests": sorted(trust.revoked.digests),
            },
        }
    )


def _lines(profile: Profile) -> Iterator[str]:
    trust = profile.trust
    everybody = Quorum(trust.threshold, frozenset(signer.name for signer in trust.signers))
    yield f"An artifact must be signed by {_quorum(everybody)}."
    for kind, quorum in sorted(trust.kinds.items()):
        article = "An" if kind[0] in "aeiou" else "A"
        yield f"{article} {kind} must be signed by {_quorum(quorum)} instead."
    for signer in trust.signers:
        yield ""
        yield f"{signer.name} signs with any of:"
        yield from (f"  - {line}" for line in _means(signer))
        yield from _demands(signer)
    yield from _revoked(trust)
    if profile.required or profile.require_sbom:
        yield ""
        yield "There must also be:"
        if profile.require_sbom:
            yield "  - an attested SBOM that agrees with the files"
        yield from (f"  - {_required(item)}" for item in profile.required)
    if profile.summaries:
        names = _listed(signer.name for signer in profile.summaries.trust.signers)
        age = profile.summaries.max_age
        yield ""
        yield f"Where only a digest is known, a summary by {names} stands for the bytes{_age(age)}."


def _quorum(quorum: Quorum) -> str:
    names = sorted(quorum.signers)
    if len(names) == 1:
        return names[0]
    if quorum.threshold == len(names):
        return f"all of {_listed(names)}"
    count = "one" if quorum.threshold == 1 else f"{quorum.threshold} different ones"
    return f"{count} of {_listed(names)}"


def _means(signer: Signer) -> Iterator[str]:
    for key in signer.keys:
        yield f"the {PublicKey(key.pem).algorithm} key {_fingerprint(key)}{_window(key.window)}"
    for authority in signer.authorities:
        yield _authority(authority)
    for identity in signer.identities:
        like = "like " if identity.name.wildcards else ""
        yield f"the identity {like}{identity.name}, vouched for by {identity.issuer}"


def _authority(authority: TrustedAuthority) -> str:
    issuers = _listed(certificates.describe(item).subject for item in authority.roots)
    if authority.name is None:
        return f"any certificate issued by {issuers}"
    like = "like " if authority.name.wildcards else ""
    return f"a certificate for {like}{authority.name}, issued by {issuers}"


def _demands(signer: Signer) -> Iterator[str]:
    if signer.logged and signer.timestamped:
        yield "  and only if a log has the signature and an authority timestamped it"
    elif signer.logged:
        yield "  and only if a transparency log has the signature"
    elif signer.timestamped:
        yield "  and only if a timestamp authority timestamped the signature"


def _revoked(trust: Trust) -> Iterator[str]:
    if trust.revoked.keys or trust.revoked.digests:
        yield ""
        yield "Never accepted, whoever signed:"
        yield from (f"  - what was made with the key {item}" for item in sorted(trust.revoked.keys))
        yield from (f"  - the bytes {item}" for item in sorted(trust.revoked.digests))


def _required(item: Required) -> str:
    count = f"{item.threshold} different ones of " if item.threshold > 1 else ""
    by = f" by {count}{_listed(sorted(item.signers))}" if item.signers else ""
    return f"an attestation of the type {shown(item.predicate_type)}{by}{_age(item.max_age)}"


def _age(age: timedelta | None) -> str:
    if age is None:
        return ""
    hours = age // timedelta(hours=1)
    told = counted(hours // 24, "day") if hours and hours % 24 == 0 else f"{age}"
    return f", not older than {told}"


def _window(window: Window) -> str:
    start = f" from {window.start:%Y-%m-%d}" if window.start else ""
    end = f" until {window.end:%Y-%m-%d}" if window.end else ""
    return f", which counts{start}{end}" if start or end else ""


def _fingerprint(key: TrustedKey) -> str:
    return PublicKey(key.pem).fingerprint


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    return " and ".join((", ".join(found[:-1]), found[-1])) if len(found) > 1 else found[0]


def _signer_json(signer: Signer) -> dict[str, Json]:
    return {
        "name": signer.name,
        "keys": [
            {
                "fingerprint": _fingerprint(key),
                "from": key.window.start.isoformat() if key.window.start else "",
                "until": key.window.end.isoformat() if key.window.end else "",
            }
            for key in signer.keys
        ],
        "certificates": [
            {
                "roots": [certificates.describe(item).fingerprint for item in authority.roots],
                "name": str(authority.name) if authority.name else "",
                "pattern": bool(authority.name and authority.name.wildcards),
            }
            for authority in signer.authorities
        ],
        "identities": [
            {
                "issuer": item.issuer,
                "name": str(item.name),
                "pattern": item.name.wildcards,
            }
            for item in signer.identities
        ],
        "logged": signer.logged,
        "timestamped": signer.timestamped,
    }
