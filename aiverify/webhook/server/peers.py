"""Who a client is, by the certificate that it showed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def refusal(wanted: Iterable[str], certificate: Mapping[str, Any] | None) -> str:
    """Why a client is not let in, or nothing. Its certificate was verified in the handshake.

    Without wanted names any certificate of the authority will do. Names have no wildcards on
    either side: whoever may have a certificate for `*` is not whoever was named.
    """
    names = frozenset(wanted)
    if not names:
        return ""
    shown = _names(certificate or {})
    return "" if names & shown else "this client's certificate has no name that is let in"


def _names(certificate: Mapping[str, Any]) -> frozenset[str]:
    """The common name and the DNS and URI names, as `ssl.SSLSocket.getpeercert` gives them."""
    subject = (pair for part in certificate.get("subject", ()) for pair in part)
    common = {value for kind, value in subject if kind == "commonName"}
    others = certificate.get("subjectAltName", ())
    return frozenset(common | {value for kind, value in others if kind in {"DNS", "URI"}})
