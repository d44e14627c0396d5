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
    "Sign the artifact and attach the signature, or verify with --signature FILE.",
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

OLD_ATTESTATION = Rule(
    "AIV-ATTESTATION-OLD",
    "An attestation that no longer counts",
    Severity.WARNING,
    "It is authentic and about this artifact, and by its own words it has expired or is yet to "
    "come into force.",
    "Have it made again, or remove it.",
    "CWE-672",
)
NO_ATTESTATION = Rule(
    "AIV-ATTESTATION-NONE",
    "A required attestation is missing",
    Severity.ERROR,
    "The profile demands that somebody it trusts attests this, recently enough.",
    "Have it attested, with `aiverify attest`.",
    "CWE-345",
)
NO_SUMMARY = Rule(
    "AIV-SUMMARY-NONE",
    "No summary of a verdict stands for the bytes",
    Severity.ERROR,
    "Only a digest is at hand, and no trusted verifier says that its bytes passed this profile.",
    "Verify the artifact itself, with `--summary` to have it summed up anew.",
    "CWE-345",
)

RULES: tuple[Rule, ...] = (
    BAD,
    MISUSED,
    NONE,
    TOO_FEW,
    BAD_ATTESTATION,
    OLD_ATTESTATION,
    NO_ATTESTATION,
    NO_SUMMARY,
)
