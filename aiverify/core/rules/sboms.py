"""Rules about bills of materials."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

DISAGREES = Rule(
    "AIV-SBOM-DISAGREES",
    "The SBOM does not describe these bytes",
    Severity.ERROR,
    "A component or a hash in the SBOM is not what was verified.",
    "Write the SBOM again from the artifact, and attest it.",
    "CWE-345",
)
CONTRADICTS = Rule(
    "AIV-SBOM-CONTRADICTS",
    "The SBOM claims what the files deny",
    Severity.ERROR,
    "A claim such as the licence or the base model is not what the artifact's files state.",
    "Correct the model card or the SBOM so that they agree.",
    "CWE-345",
)
UNATTESTED = Rule(
    "AIV-SBOM-UNATTESTED",
    "No SBOM is attested",
    Severity.WARNING,
    "Anybody could have written it, so its claims are shown to no policy.",
    "Sign the bundle with `aiverify sign`, which attests its SBOM.",
    "CWE-345",
)

RULES: tuple[Rule, ...] = (DISAGREES, CONTRADICTS, UNATTESTED)
