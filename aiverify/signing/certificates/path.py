"""A chain up to a root that the user trusts, at a time (OMS v1.0, section 8.2; RFC 5280, 6).

The path itself is built and validated by OpenSSL: signatures, validity, authorities, path
lengths, name constraints, critical extensions. Before it, the chain is held to what a
signature file promises, and after it, every issuer on the path to what we ask of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from aiverify.errors import DeniedError, MalformedError, UsageError
from aiverify.signing.certificates import order, reading, usage
from aiverify.signing.certificates.chain import MAX_CHAIN, Chain, Leaf, Roots
from aiverify.signing.certificates.reading import MAX_SIZE, Certificate


def verify(chain: Chain, roots: Roots, at: datetime) -> Leaf:
    """The signer's certificate, if a trusted root vouches for it at a time.

    Lists of revoked certificates are not looked at; the path says who would have to be on one.

    Raises:
        DeniedError: it does not, with the reason.
        UsageError: `at` has no time zone.
    """
    if at.tzinfo is None:
        raise UsageError("a certificate cannot be judged at a time without a time zone")
    certificates, trusted = _read(chain), roots.parsed()
    leaf = certificates[0]
    for number, one in enumerate(certificates):
        if number == 0 or one not in trusted:
            usage.check_signature(one)
    order.check_order(certificates, trusted)
    usage.check_leaf(leaf, trusted=leaf in trusted)
    path = _path(certificates, _useful(certificates, trusted), at.astimezone(UTC))
    if not path[-1].can_be_anchor:  # OpenSSL goes by names and key identifiers
        raise DeniedError(order.unknown(path[-1]))
    for issuer in path[1:]:
        usage.check_issuer(issuer)
    for issuer in path[1:-1]:
        usage.check_signature(issuer)
    return Leaf(
        public=reading.public_of(leaf.key),
        subject=leaf.subject,
        issuer=leaf.issuer,
        names=usage.named(leaf),
        fingerprint=leaf.fingerprint,
        not_before=leaf.not_before,
        not_after=leaf.not_after,
        serial=f"{leaf.parsed.serial_number:x}",
        path=frozenset(each for one in path for each in (one.fingerprint, one.key_fingerprint)),
    )


_PARTS = {
    7: "signature",
    9: "before",
    10: "after",
    18: "self-signed",
    **dict.fromkeys((2, 19, 20, 21, 27), "unknown"),
    22: "endless",
    25: "length",
    **dict.fromkeys((32, 79), "authority"),
    34: "critical",
    **dict.fromkeys((47, 48, 49, 51, 52, 53), "names"),
}
"""What the X509_V_ERR_* numbers of OpenSSL 3 and later come to."""


def _read(chain: Chain) -> tuple[Certificate, ...]:
    count = len(chain.certificates)
    if not count:
        raise DeniedError("it comes with no certificate")
    if count > MAX_CHAIN:
        raise DeniedError(f"its chain has {count} certificates; the limit is {MAX_CHAIN}")
    found = []
    for number, der in enumerate(chain.certificates, 1):
        if len(der) > MAX_SIZE:
            raise DeniedError(
                f"certificate {number} of its chain is {len(der)} bytes; the limit is {MAX_SIZE}"
            )
        try:
            found.append(reading.parse(der))
        except MalformedError as error:
            raise DeniedError(
                f"certificate {number} of its chain cannot be used: {error.message}"
            ) from error
    return tuple(found)


def _useful(chain: Sequence[Certificate], trusted: Sequence[Certificate]) -> list[Certificate]:
    """The trusted certificates that issued one of those at hand, or are the leaf.

    OpenSSL picks an issuer by its name and does not come back to a second one of the same
    name. So the roots whose keys did not make anything here are kept from it.
    """
    below: dict[bytes, list[Certificate]] = {}
    for one in (*chain, *trusted):
        below.setdefault(one.issuer_name, []).append(one)
    return [
        root
        for root in trusted
        if root == chain[0]
        or any(one.is_issued_by(root) for one in below.get(root.subject_name, ()) if one != root)
    ]


def _path(
    chain: Sequence[Certificate], trusted: Sequence[Certificate], at: datetime
) -> list[Certificate]:
    """The path that OpenSSL finds from the leaf to an anchor, both included."""
    from cryptography.hazmat.primitives.serialization import Encoding
    from OpenSSL import crypto

    try:
        store = crypto.X509Store()
        for one in trusted:
            store.add_cert(crypto.X509.from_cryptography(one.parsed))
        store.set_time(at)
        leaf, *others = (crypto.X509.from_cryptography(one.parsed) for one in chain)
        path = crypto.X509StoreContext(store, leaf, others).get_verified_chain()
    except crypto.X509StoreContextError as error:
        number, depth = int(error.errors[0]), int(error.errors[1])
        bad = reading.parse(error.certificate.to_cryptography().public_bytes(Encoding.DER))
        raise DeniedError(_reason(number, bad, depth, trusted)) from error
    except crypto.Error as error:
        raise DeniedError("its certificates cannot be used: OpenSSL does not read them") from error
    return [reading.parse(one.to_cryptography().public_bytes(Encoding.DER)) for one in path]


def _reason(number: int, bad: Certificate, depth: int, trusted: Sequence[Certificate]) -> str:
    """OpenSSL's finding in a sentence. Every number that is not known refuses as well."""
    whose = _whose(bad, depth, trusted)
    sentences = {
        "signature": order.broken(bad),
        "before": f"{whose} is not valid before {_day(bad.not_before)}",
        "after": f"{whose} expired on {_day(bad.not_after)}",
        "self-signed": "its certificate is self-signed and not among the trusted roots",
        "unknown": order.unknown(bad),
        "endless": "no trusted root ends its chain, which goes on from issuer to issuer",
        "length": f"its chain is longer than the authority {bad.shown} allows",
        "authority": f"the certificate {bad.shown} issued another and is no authority's",
        "critical": f"{whose} has a critical extension that is not known",
        "names": f"{whose} has a name that an authority above it may not vouch for",
    }
    return sentences.get(_PARTS.get(number, ""), f"{whose} does not hold (OpenSSL error {number})")


def _whose(bad: Certificate, depth: int, trusted: Sequence[Certificate]) -> str:
    if depth == 0:
        return "its certificate"
    if bad in trusted and bad.is_self_issued:
        return f"the root {bad.shown}"
    return f"the intermediate {bad.shown}"


def _day(time: datetime) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S UTC")
