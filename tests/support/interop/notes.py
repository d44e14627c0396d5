"""Why a tool does not sign or accept something: known reasons, told from its own words."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.interop.case import Kind
from tests.support.interop.matrix import Answer, Row


@dataclass(frozen=True, slots=True)
class Note:
    """A reason: whose, words that it prints for it, and a sentence. `fault_of` is who errs."""

    tool: str
    words: str
    sentence: str
    fault_of: str = ""


NOTES = (
    Note(
        "aiverify",
        "an Ed25519 key signs whole messages",
        "An Ed25519 key signs whole messages, and not the digest of a file.",
    ),
    Note(
        "aiverify",
        "Rekor v2 logs signatures over a digest",
        "Rekor v2 logs signatures over a digest, and an Ed25519 key signs the message itself.",
    ),
    Note(
        "aiverify",
        "does not say by which digest it signs",
        "With an Ed25519 key, cosign leaves the file's digest out of the bundle; aiverify verifies "
        "a file by that.",
        fault_of="cosign 3",
    ),
    Note(
        "model_signing",
        "no attribute 'curve'",
        "model_signing breaks off at an Ed25519 key.",
        fault_of="model_signing",
    ),
    Note(
        "model_signing",
        "Key mismatch",
        "model_signing takes a key's hint for evidence, and cosign writes another one.",
        fault_of="model_signing",
    ),
    Note(
        "model_signing",
        "Extra files found in model",
        "model_signing calls a single file `.`, and refuses the name that OMS v1.0 demands.",
        fault_of="model_signing",
    ),
    Note(
        "model_signing",
        "'NoneType' object has no attribute 'certificates'",
        "cosign 2 writes one certificate, and model_signing reads chains alone.",
        fault_of="model_signing",
    ),
    Note(
        "cosign 3",
        "message is missing artifact digest",
        "With an Ed25519 key, cosign 3 leaves the file's digest out of the bundle, and then misses "
        "it.",
        fault_of="cosign 3",
    ),
    Note(
        "cosign 3",
        "failed to verify signature",
        "cosign signs by Ed25519ph and verifies pure Ed25519: it refuses what it makes itself.",
        fault_of="cosign 3",
    ),
    Note(
        "cosign 2",
        "failed to verify signature",
        "cosign signs by Ed25519ph and verifies pure Ed25519: it refuses what it makes itself.",
        fault_of="cosign 2",
    ),
    Note(
        "cosign 2",
        "verification material cannot be X.509 certificate chain",
        "cosign 2 takes no chain of certificates in a bundle of version 0.3.",
        fault_of="cosign 2",
    ),
    Note(
        "cosign 2",
        "invalid type, must be hashedrekord",
        "cosign 2 sends statements to the log in a form that Rekor v2 no longer takes.",
        fault_of="cosign 2",
    ),
    Note(
        "cosign 2",
        "panic:",
        "cosign 2 breaks off at an Ed25519 key.",
        fault_of="cosign 2",
    ),
)

UNWITNESSED = "model_signing looks at neither log nor timestamp where a key signed."
SHA2 = (
    "cosign verifies P-384 and P-521 keys with `--signature-digest-algorithm sha384` or `sha512`."
)
BY_DIGEST = (
    "cosign and sigstore do not hash the artifact: they are given, or compared with, its OMS root "
    "digest."
)


def reason(tool: str, answer: Answer) -> Note:
    """Why a tool said no.

    Raises:
        LookupError: for a reason that nobody knows; it is told with the tool's words.
    """
    for note in NOTES:
        if note.tool == tool and note.words in " ".join(answer.words.split()):
            return note
    raise LookupError(f"{tool} refuses for a new reason: {answer.words[-1000:]}")


def remarks(row: Row, verifier: str) -> list[str]:
    """What is to be said of a verifier's answer; each is a sentence."""
    answer = row.answers[verifier]
    if not answer.accepted:
        return [reason(verifier, answer).sentence]
    found = []
    if row.case.subject.is_manifest and verifier not in ("aiverify", "model_signing"):
        found.append(BY_DIGEST)
    keyed = row.case.method.kind in (Kind.KEY, Kind.LOGGED)
    if keyed and verifier.startswith("cosign") and row.case.method.algorithm in ("p384", "p521"):
        found.append(SHA2)
    if answer.unwitnessed:
        found.append(UNWITNESSED)
    return found
