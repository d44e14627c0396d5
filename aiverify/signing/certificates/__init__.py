"""X.509 certificates: reading them, and a signature's chain up to a root that the user trusts."""

from __future__ import annotations

from aiverify.signing.certificates.chain import Chain, Leaf, Roots
from aiverify.signing.certificates.described import Described, Log, describe
from aiverify.signing.certificates.files import check_pair, parse_pem, read_pem
from aiverify.signing.certificates.path import verify

__all__ = [
    "Chain",
    "Described",
    "Leaf",
    "Log",
    "Roots",
    "check_pair",
    "describe",
    "parse_pem",
    "read_pem",
    "verify",
]
