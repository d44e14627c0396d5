"""Rules about signatures and attestations."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

BAD = Rule(
    "AIV-SIGNATURE-BAD",
    "A signature does not hold",
    Severity.ERROR,
    "No trusted key made this signature over these bytes.",
    "Check that the key belongs to the signer, and fetch the signature again.",
    "CWE-347",
)
MISUSED = Rule(
    "AIV-SIGNATURE-MISUSED",
    "A signature says something else",
    Severity.ERROR,
    "The signature is authentic, but its statement does not speak of a whole artifact.",
    "Sign the artifact itself, with `aiverify sign`.",
    "CWE-347",
)
NONE = Rule(
    "AIV-SIGNATURE-NONE",
    "No signature was found",
    Severity.ERROR,
    "Nothing vouches for these bytes.",
    "Sign the artifact, or say where its signature is with --signature.",
    "CWE-347",
)
TOO_FEW = Rule(
    "AIV-SIGNATURE-THRESHOLD",
    "Fewer distinct signers than trust demands",
    Severity.ERROR,
    "Trust asks for signatures by several signers, and one signer counts once.",
    "Have the missing signers sign the same artifact.",
    "CWE-347",
)
BAD_ATTESTATION = Rule(
    "AIV-ATTESTATION-BAD",
    "An attestation does not hold",
    Severity.ERROR,
    "It is not signed by a trusted signer, or it speaks of another artifact.",
    "Attest this artifact again, with a trusted key.",
    "CWE-347",
)

RULES: tuple[Rule, ...] = (BAD, MISUSED, NONE, TOO_FEW, BAD_ATTESTATION)
