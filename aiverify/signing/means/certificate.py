"""A certificate of a user's own authority (OMS v1.0, certificate method)."""

from __future__ import annotations

from datetime import datetime

from aiverify.core.identity import NamePattern
from aiverify.core.names import printable
from aiverify.core.trust import Trust, TrustedAuthority
from aiverify.errors import DeniedError
from aiverify.signing import certificates
from aiverify.signing.certificates import Chain, Leaf, Roots
from aiverify.signing.log.verify import Verifier
from aiverify.signing.means.interface import Found, Ground
from aiverify.signing.means.key import made_by
from aiverify.signing.signature_file import SignatureFile
from aiverify.signing.witnesses import witness


class ByCertificate:
    """The signer's certificate was issued by an authority that trust names."""

    def speaks_of(self, signature: SignatureFile, trust: Trust) -> bool:
        """Whether a certificate is there, and trust has authorities."""
        return bool(signature.certificates) and any(item.authorities for item in trust.signers)

    def find(self, signature: SignatureFile, trust: Trust, ground: Ground) -> Found:
        """Try each trusted authority. Raises as `Means.find`.

        The certificate must hold at every time that somebody trusted witnessed, and where
        nobody did, now: an old signature with a certificate of last year needs a timestamp.
        """
        seen = witness(signature, Verifier(signature.certificates[0], certificate=True), ground)
        times = seen.times or (ground.now,)
        chain = Chain(signature.certificates)
        reasons: list[str] = []
        for signer in trust.signers:
            for authority in signer.authorities:
                try:
                    leaf, path = _leaf(chain, authority, times)
                    name = _name(leaf, authority.name)
                except DeniedError as error:
                    reasons.append(error.message)
                    continue
                if not made_by(leaf.public, signature.content):
                    raise DeniedError("its certificate's key did not make it, or it was altered")
                return Found(
                    signer,
                    leaf.public,
                    seen,
                    leaf.fingerprint,
                    name,
                    leaf.issuer,
                    path,
                    leaf.not_before,
                )
        raise DeniedError(reasons[0])


def _leaf(
    chain: Chain, authority: TrustedAuthority, times: tuple[datetime, ...]
) -> tuple[Leaf, frozenset[str]]:
    """The signer's certificate, and every path to it: it may be another at another time."""
    roots = Roots(authority.roots)
    leaves = [certificates.verify(chain, roots, at) for at in times]
    return leaves[0], frozenset[str]().union(*(leaf.path for leaf in leaves))


def _name(leaf: Leaf, wanted: NamePattern | None) -> str:
    """Whom the certificate is for, in the one name of it that trust asks for.

    Wildcards are for e-mail addresses, URIs and the like. A subject has other separators, so
    that one asked for is the whole of it.

    Raises:
        DeniedError: it is for somebody else.
    """
    if wanted is None:
        return leaf.names[0] if leaf.names else leaf.subject
    meant = [name for name in leaf.names if wanted.matches(name)]
    if meant or leaf.subject == wanted.text:
        return meant[0] if meant else leaf.subject
    names = ", ".join(printable(name) for name in leaf.names) or printable(leaf.subject)
    raise DeniedError(f"its certificate is for {names}, whom trust does not name")
