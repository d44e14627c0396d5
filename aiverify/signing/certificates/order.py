"""A chain as it stands in a signature: leaf first, each certificate issued by the next one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from aiverify.errors import DeniedError
from aiverify.signing.certificates.reading import Certificate, quoted


def check_order(chain: Sequence[Certificate], roots: Sequence[Certificate]) -> None:
    """Check that a chain is one, and that nothing else is in it.

    The last certificate must be a trusted one, or its signature must hold as well: under its
    own key, or under that of another certificate of the chain or the roots. So no byte of a
    chain is without meaning, even where a path to a root needs only its first part.

    Raises:
        DeniedError: a certificate is there twice, out of order, of another chain, not
            signed by the one that it names, or at the end and issued by nobody known.
    """
    # A self-signed leaf is its own issuer, and model_signing writes it as both.
    alone = len(chain) == 2 and chain[0].is_issued_by(chain[0])
    for at, one in enumerate(chain):
        if one in chain[:at] and not alone:
            raise DeniedError(f"its chain holds the certificate {one.shown} twice")
    for child, parent in pairwise(chain):
        if not child.is_issued_by(parent):
            raise DeniedError(_why(chain, child, parent))
    last = chain[-1]
    if last in roots or any(last.is_issued_by(one) for one in (*chain, *roots)):
        return
    if any(last.issuer_name == one.subject_name for one in (*chain, *roots)):
        raise DeniedError(broken(last))
    raise DeniedError(unknown(last))


def unknown(last: Certificate) -> str:
    """The reason when a chain ends at an issuer that is not among the roots."""
    return f"no trusted root issued its certificates: the issuer {_issuer(last)} is not known"


def broken(child: Certificate) -> str:
    """The reason when a certificate's signature does not hold under the issuer it names."""
    return f"the signature of the certificate {child.shown} is not by its issuer {_issuer(child)}"


def _issuer(one: Certificate) -> str:
    return quoted(one.issuer)


def _why(chain: Sequence[Certificate], child: Certificate, parent: Certificate) -> str:
    if child.issuer_name == parent.subject_name:
        return broken(child)
    for start in chain:
        if len(_followed(start, chain)) == len(chain):
            return "its certificates are not in order, leaf first"
    related = _followed(chain[0], chain)
    stray = next((one for one in chain if one not in related), parent)
    return f"its chain holds the unrelated certificate {stray.shown}"


def _followed(start: Certificate, chain: Sequence[Certificate]) -> list[Certificate]:
    """The certificates that one reaches from `start`, from issuer to issuer."""
    walk = [start]
    while True:
        issuers = (one for one in chain if one not in walk and walk[-1].is_issued_by(one))
        following = next(issuers, None)
        if following is None:
            return walk
        walk.append(following)
