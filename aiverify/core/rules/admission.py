"""Rules about what a cluster is asked to run."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

UNRESOLVED = Rule(
    "AIV-ADMISSION-UNRESOLVED",
    "A reference that nobody can follow",
    Severity.ERROR,
    "The object names a model in a way of which it cannot be told what it leads to, so that "
    "nothing vouches for what will be served.",
    "Name the model by a scheme that is known, such as oci://, hf:// or s3://.",
    "CWE-345",
)
UNREADABLE = Rule(
    "AIV-ADMISSION-UNREADABLE",
    "An artifact that cannot be read",
    Severity.ERROR,
    "The registry does not have what the object names, does not give it, or has something else.",
    "Look at the reference with `aiverify verify`, and at the credentials of the webhook.",
    "CWE-345",
)
REGISTRY = Rule(
    "AIV-ADMISSION-REGISTRY",
    "A registry that artifacts may not come from",
    Severity.ERROR,
    "The profile lists the registries that artifacts may come from, and this is none of them.",
    "Copy the artifact to a registry that the profile lists, with `aiverify copy`.",
    "CWE-829",
)
MOVABLE = Rule(
    "AIV-ADMISSION-MOVABLE",
    "A reference that can mean something else tomorrow",
    Severity.ERROR,
    "It names a branch or a tag, or no revision at all. What was verified under it need not be "
    "what is loaded.",
    "Give the full commit as the revision.",
    "CWE-494",
)
NO_MODEL = Rule(
    "AIV-ADMISSION-NO-MODEL",
    "A workload that names no model",
    Severity.ERROR,
    "The profile demands of workloads in this namespace that they say which model they load. What "
    "they load by themselves, nobody sees.",
    "Name the model in the object: as a volume, an argument or a variable.",
    "CWE-345",
)
TOO_MANY = Rule(
    "AIV-ADMISSION-TOO-MANY",
    "More references than are judged at once",
    Severity.ERROR,
    "Each reference of an object is judged before it is admitted, in a few seconds altogether.",
    "Divide the object.",
    "CWE-770",
)
OUT_OF_REACH = Rule(
    "AIV-ADMISSION-OUT-OF-REACH",
    "No answer could be had",
    Severity.ERROR,
    "A registry, the transparency log or a policy gave no answer in time. No answer is not an "
    "allow.",
    "Try again; if it persists, see whether the webhook reaches the registry.",
    "CWE-754",
)
FAILED = Rule(
    "AIV-ADMISSION-FAILED",
    "The webhook failed",
    Severity.ERROR,
    "Something that nobody expected happened inside the webhook, which then admits nothing.",
    "Look into the log of the webhook, and report what it says there.",
    "CWE-754",
)

RULES: tuple[Rule, ...] = (
    UNRESOLVED,
    UNREADABLE,
    REGISTRY,
    MOVABLE,
    NO_MODEL,
    TOO_MANY,
    OUT_OF_REACH,
    FAILED,
)
