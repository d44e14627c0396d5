"""The profile's members, each once: what the reader knows is what the CRD describes."""

from __future__ import annotations

from aiverify.core.admission import MAX_PATH, Mode, OutOfReach
from aiverify.core.artifact import Kind
from aiverify.verify.profile.shape import Flag, Free, Record, Several, Shape, Text, Whole

AGE = "[1-9][0-9]{0,5}[smhd]"
"""How a length of time is written."""

_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"

MAX_PEM = 1 << 16
MAX_EXCEPTIONS = 1000
MAX_EXEMPTIONS = 200
MAX_REASON = 300


def _age(told: str) -> Text:
    return Text(f"{told} It is written as 30s, 90m, 48h or 30d.", pattern=AGE, longest=7)


def _time(told: str) -> Text:
    return Text(
        f"{told} It is a day, which is its beginning in UTC, or a time with its zone.",
        pattern=f"{_DAY}({_TIME})?",
        longest=40,
    )


def _texts(told: str, *, most: int = 100, filled: bool = True, longest: int = 1024) -> Several:
    return Several(Text("", longest=longest), told, most, filled)


_NAMESPACES = "Names of namespaces, with * for any part of one; all if it is left out."

KEY = Record(
    {
        "key": Text("A file with a public key in PEM. In a file's profile also a URI."),
        "pem": Text("The public key itself, in PEM.", longest=MAX_PEM),
        "from": _time("From when on its signatures count."),
        "until": _time("Until when they do."),
    },
    "A key, by its file or itself.",
    alone="key",
)

CERTIFICATE = Record(
    {
        "roots": _texts("Files with certificates that may issue the signer's.", filled=False),
        "pem": Text("Such certificates themselves, in PEM.", longest=MAX_PEM),
        "name": Text("What the signer's certificate must be for."),
        "pattern": Text("The same, with * and ** for parts of it."),
    },
    "Certificates that may issue the signer's own.",
)

IDENTITY = Record(
    {
        "issuer": Text("Who vouches for the name."),
        "name": Text("The name: an address or a URI."),
        "pattern": Text("The same, with * and ** for parts of it."),
    },
    "Somebody by the name that an identity provider gave them.",
    frozenset({"issuer"}),
)

SIGNER = Record(
    {
        "name": Text("What the signer is called in this profile."),
        "keys": Several(KEY, "Keys, any of which is the signer's."),
        "certificates": Several(CERTIFICATE, "Authorities that know the signer."),
        "identities": Several(IDENTITY, "Identities, any of which is the signer's."),
        "logged": Flag("Whether only a signature in a transparency log counts."),
        "timestamped": Flag("Whether only a signature with a trusted timestamp counts."),
    },
    "Somebody who may sign. They count once.",
    frozenset({"name"}),
)

_SIGNERS = Several(SIGNER, "Who may sign.", filled=True)

QUORUM = Record(
    {
        "threshold": Whole("How many distinct signers it takes."),
        "signers": _texts("Which signers count, by name.", filled=False),
    },
    "The signers that a kind of artifact needs.",
)

REVOKED = Record(
    {
        "keys": _texts(
            "Fingerprints (sha256:...) of keys and certificates, or files.",
            most=1000,
            filled=False,
        ),
        "digests": _texts("Digests of artifacts and files.", most=1000, filled=False),
    },
    "What no longer counts.",
)

TRUST = Record(
    {
        "threshold": Whole("How many distinct signers an artifact needs; 1 if left out."),
        "signers": _SIGNERS,
        "kinds": Record({kind.value: QUORUM for kind in Kind}, "Quorums of kinds of artifact."),
        "revoked": REVOKED,
        "sigstore": Text("A file: the trust configuration of a Sigstore instance."),
    },
    "Who may sign, and how many of them it takes.",
    frozenset({"signers"}),
)

ATTESTATION = Record(
    {
        "type": Text("The predicate type, such as provenance, or its URI."),
        "max_age": _age("How old it may be."),
        "signers": _texts("Which signers may attest it, by name."),
        "threshold": Whole("How many distinct ones it takes."),
    },
    "An attestation that must be there.",
    frozenset({"type"}),
    alone="type",
)

REQUIRE = Record(
    {
        "sbom": Flag("Whether an attested SBOM must be there."),
        "attestations": Several(ATTESTATION, "Attestations that must be there."),
    },
    "What an artifact must come with.",
)

CONTENTS = Record(
    {
        "unread": Text("What a file comes to that nothing looked through.", ("deny", "warn")),
        "globals": _texts("What pickles may import.", most=1000, filled=False),
    },
    "How contents are judged.",
)

POLICIES = Record(
    {
        "from": _texts("Directories, files, aiverify:NAME, or oci:// references."),
        "include": _texts("The rules that count; all if it is left out."),
        "exclude": _texts("The rules that do not."),
        "fail_on_warn": Flag("Whether a warning denies."),
        "signed": Free("True, or the signers who must have signed the policies.", any_type=True),
    },
    "The Rego that judges.",
    frozenset({"from"}),
    alone="from",
)

EXCEPTION = Record(
    {
        "rule": Text("The rule: package.code, package.*, or the id of one about contents."),
        "artifact": Text("The artifact's name with * and **, or its digest."),
        "path": Text("A JSON pointer into the policy input."),
        "file": Text("A file or directory of the artifact."),
        "reason": Text("Why there may be one."),
        "until": _time("When it ends."),
        "by": Text("Who made it."),
    },
    "An exception from a rule.",
    frozenset({"rule", "artifact", "reason", "until"}),
)

SUMMARIES = Record(
    {"signers": _SIGNERS, "max_age": _age("How old a summary may be.")},
    "Who may vouch for an artifact by a summary of its verdict.",
    frozenset({"signers"}),
)

MODE = Record(
    {
        "mode": Text("What a denial comes to.", tuple(Mode)),
        "namespaces": _texts(_NAMESPACES, longest=63),
        "rules": _texts("Rules, with * for any part of one; all if it is left out.", longest=256),
    },
    "A mode for some namespaces and rules.",
    frozenset({"mode"}),
)

EXEMPTION = Record(
    {
        "reason": Text("Why they are not judged.", longest=MAX_REASON),
        "expires": _time("When it ends."),
        "by": Text("Who made it.", longest=MAX_REASON),
        "namespaces": _texts("Names of namespaces; * stands at the end alone.", longest=63),
        "users": _texts("Names of users as the API server knows them."),
        "groups": _texts("Groups of users."),
        "objects": _texts("Objects as Kind/name, with * for any part; never alone.", longest=512),
    },
    "Objects that are not judged: those that every list fits that is given.",
    frozenset({"reason", "expires"}),
)

RESOURCE = Record(
    {
        "group": Text("The API group.", longest=253),
        "kind": Text("The kind.", longest=63),
        "paths": _texts("Paths such as .spec.rules[*].model_id.", most=32, longest=MAX_PATH),
        "scheme": Text("What is put before a value without a scheme, such as hf.", longest=32),
        "revision": Text("The path of the revision beside it.", longest=MAX_PATH),
    },
    "Where a custom resource names its models.",
    frozenset({"group", "kind", "paths"}),
)

ADMISSION = Record(
    {
        "modes": Several(MODE, "Tried from the last to the first; without, enforce.", filled=True),
        "exemptions": Several(EXEMPTION, "Objects that are not judged.", MAX_EXEMPTIONS, True),
        "resources": Several(RESOURCE, "Custom resources that name models.", filled=True),
        "images": _texts("Container images that must verify, as host/repository with * and **."),
        "registries": _texts("Where artifacts may come from, as host/repository with * and **."),
        "summaries": _texts("Directories and oci:// repositories with summaries of verdicts."),
        "models_required": _texts(
            "Namespaces in which a workload must name a model, with * for any part.", longest=63
        ),
        "out_of_reach": Text("What a registry's silence comes to.", tuple(OutOfReach)),
        "keep_allowed": _age("How long a verdict that allows is kept; 10m if left out."),
        "keep_denied": _age("How long one that denies is kept; 30s if left out."),
        "last_verdict": _age("How long the last verdict counts; 1h if left out."),
    },
    "How a cluster admits.",
)

SPEC = Record(
    {
        "trust": TRUST,
        "require": REQUIRE,
        "contents": CONTENTS,
        "policies": POLICIES,
        "exceptions": Several(EXCEPTION, "Exceptions from rules.", MAX_EXCEPTIONS),
        "config": Free("What policies see as data.config."),
        "summaries": SUMMARIES,
        "admission": ADMISSION,
    },
    "Who is trusted, what is required and which policies judge.",
    frozenset({"trust"}),
)

_VERSION: dict[str, Shape] = {"apiVersion": Text("The version of the format.")}

PROFILE = Record({**_VERSION, **SPEC.members}, SPEC.told, frozenset({"apiVersion", "trust"}))
"""A profile in a file of its own."""

OBJECT = Record(
    {
        **_VERSION,
        "kind": Text("Profile.", ("Profile",)),
        "metadata": Free("Its name, and what Kubernetes says of it."),
        "spec": SPEC,
        "status": Free("What Kubernetes says of it."),
    },
    "A profile as an object of a cluster.",
    frozenset({"apiVersion", "kind", "spec"}),
)
"""The same in the form that a cluster has it."""
