"""Every rule that aiverify's own code can report. Rego rules live in `policies/`."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

CHANGED = Rule(
    "AIV-INTEGRITY-CHANGED",
    "A file differs from what was signed",
    Severity.ERROR,
    "The file's digest is not the one in the signed manifest.",
    "Fetch the file again from its publisher, or have the artifact signed again.",
)
MISSING = Rule(
    "AIV-INTEGRITY-MISSING",
    "A signed file is missing",
    Severity.ERROR,
    "The signed manifest names a file that is not there.",
    "Fetch the whole artifact again from its publisher.",
)
EXTRA = Rule(
    "AIV-INTEGRITY-EXTRA",
    "A file was added after signing",
    Severity.ERROR,
    "The artifact holds a file that the signed manifest does not name.",
    "Remove the file, or have the artifact signed again with it.",
)
UNSIGNED = Rule(
    "AIV-INTEGRITY-UNSIGNED",
    "Files outside the signature",
    Severity.WARNING,
    "Files lie in paths that the signature leaves out: nobody vouches for them.",
    "Remove them before the artifact is used.",
)
UNSIGNED_NAME = Rule(
    "AIV-INTEGRITY-NAME",
    "A bundle calls itself what nobody signed",
    Severity.WARNING,
    "A bundle's annotations can be changed by whoever can write the bundle.",
    "Go by the name and version that were signed.",
)
BAD_SIGNATURE = Rule(
    "AIV-SIGNATURE-BAD",
    "A signature does not hold",
    Severity.ERROR,
    "No trusted key made this signature over these bytes.",
    "Check that the key belongs to the signer, and fetch the signature again.",
)
FOREIGN_SIGNATURE = Rule(
    "AIV-SIGNATURE-MISUSED",
    "A signature says something else",
    Severity.ERROR,
    "The signature is authentic, but its statement does not speak of a whole artifact.",
    "Sign the artifact itself, with `aiverify sign`.",
)
NO_SIGNATURE = Rule(
    "AIV-SIGNATURE-NONE",
    "No signature was found",
    Severity.ERROR,
    "Nothing vouches for these bytes.",
    "Sign the artifact, or say where its signature is with --signature.",
)
TOO_FEW_SIGNERS = Rule(
    "AIV-SIGNATURE-THRESHOLD",
    "Fewer distinct signers than trust demands",
    Severity.ERROR,
    "Trust asks for signatures by several signers, and one signer counts once.",
    "Have the missing signers sign the same artifact.",
)
BAD_ATTESTATION = Rule(
    "AIV-ATTESTATION-BAD",
    "An attestation does not hold",
    Severity.ERROR,
    "It is not signed by a trusted signer, or it speaks of another artifact.",
    "Attest this artifact again, with a trusted key.",
)
MALFORMED = Rule(
    "AIV-FORMAT-MALFORMED",
    "A file breaks the rules of its format",
    Severity.ERROR,
    "The header is truncated, contradicts itself or the file's size, or is ambiguous.",
    "Do not load the file; fetch it again from its publisher.",
)
UNREAD = Rule(
    "AIV-CONTENT-UNREAD",
    "A file that nobody looked into",
    Severity.WARNING,
    "No reader knows this content, so nothing is known of it. Unread is not clean.",
    "Remove the file, or accept it in the profile with contents.unread: warn.",
)
PICKLE = Rule(
    "AIV-CONTENT-PICKLE",
    "A pickle: a program in a weight's clothes",
    Severity.WARNING,
    "Loading a pickle runs what it says. Its instructions are not judged here.",
    "Publish the weights as safetensors.",
)
INDEX_SHARDS = Rule(
    "AIV-CONTENT-SHARDS",
    "A shard index and its shards disagree",
    Severity.ERROR,
    "The index names a shard or tensor that is not there, or a shard is not in the index.",
    "Fetch the missing shard, or write the index again.",
)
ADAPTER_FIT = Rule(
    "AIV-ADAPTER-FIT",
    "An adapter does not fit its base",
    Severity.ERROR,
    "A tensor of the adapter finds no weight in the base that it could change.",
    "Use the base that the adapter was trained on.",
)
SBOM_DISAGREES = Rule(
    "AIV-SBOM-DISAGREES",
    "The SBOM does not describe these bytes",
    Severity.ERROR,
    "A component or a hash in the SBOM is not what was verified.",
    "Write the SBOM again from the artifact, and attest it.",
)
SBOM_CONTRADICTS = Rule(
    "AIV-SBOM-CONTRADICTS",
    "The SBOM claims what the files deny",
    Severity.ERROR,
    "A claim such as the licence or the base model is not what the artifact's files state.",
    "Correct the model card or the SBOM so that they agree.",
)
SBOM_UNATTESTED = Rule(
    "AIV-SBOM-UNATTESTED",
    "No SBOM is attested",
    Severity.WARNING,
    "Anybody could have written it, so its claims are shown to no policy.",
    "Sign the bundle with `aiverify sign`, which attests its SBOM.",
)
POLICY_ERROR = Rule(
    "AIV-POLICY-UNDECIDED",
    "A policy gave no answer",
    Severity.ERROR,
    "A rule was undefined or failed while it ran. No answer is not an allow.",
    "Run `aiverify policy eval` on the policy to see the line.",
)

RULES: tuple[Rule, ...] = (
    CHANGED,
    MISSING,
    EXTRA,
    UNSIGNED,
    UNSIGNED_NAME,
    BAD_SIGNATURE,
    FOREIGN_SIGNATURE,
    NO_SIGNATURE,
    TOO_FEW_SIGNERS,
    BAD_ATTESTATION,
    MALFORMED,
    UNREAD,
    PICKLE,
    INDEX_SHARDS,
    ADAPTER_FIT,
    SBOM_DISAGREES,
    SBOM_CONTRADICTS,
    SBOM_UNATTESTED,
    POLICY_ERROR,
)
