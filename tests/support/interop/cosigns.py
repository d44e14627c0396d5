"""cosign 3 and cosign 2, as signers and as verifiers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.commands import Completed
from tests.support.interop import own_ca
from tests.support.interop.case import Case, Kind, Made, Subject
from tests.support.interop.ground import ALICE, PASSWORD, Artifact, Ground, key_name
from tests.support.interop.tools import Run, subject_digest
from tests.support.services.tools import cosign

Words = tuple[str | Path, ...]

_TYPES = {Subject.PROVENANCE: "slsaprovenance1", Subject.SBOM: "cyclonedx"}
_DIGESTS = {"p384": "sha384", "p521": "sha512"}


@dataclass(frozen=True, slots=True)
class Cosign:
    """cosign of a major version. Both write and read bundles here, which 2 does when told to."""

    version: int

    @property
    def name(self) -> str:
        """With the version."""
        return f"cosign {self.version}"

    def sign(self, case: Case, ground: Ground, out: Path) -> Run | None:
        """`sign-blob`, or `attest-blob`, which signs whole statements as well."""
        if (
            case.subject is Subject.BLOB
            and case.method.kind is Kind.CERTIFICATE
            and self.version == 2
        ):
            return None
        words = (*self._what(case, ground), "--yes", "--bundle", out, *self._by(case, ground, out))
        return self._run(ground, words)

    def verify(self, made: Made, ground: Ground, artifact: Artifact) -> Run | None:
        """`verify-blob`, or `verify-blob-attestation`, which takes a digest for a directory."""
        case = made.case
        if case.subject is Subject.BLOB:
            words: Words = ("verify-blob", artifact.file)
        else:
            kind = case.subject.predicate_type
            words = ("verify-blob-attestation", "--type", kind)
            digest = ("--digest", subject_digest(case, artifact), "--digestAlg", "sha256")
            words += digest if case.subject.is_manifest else (artifact.file,)
        return self._run(ground, (*words, "--bundle", made.path, *self._whom(made, ground)))

    def _run(self, ground: Ground, words: Words) -> Callable[[], Completed]:
        return lambda: cosign(*words, cwd=ground.folder, version=self.version, password=PASSWORD)

    def _what(self, case: Case, ground: Ground) -> Words:
        if case.subject is Subject.BLOB:
            return ("sign-blob", ground.good.file)
        if case.subject.is_manifest:
            directory = case.subject is Subject.DIRECTORY
            return ("attest-blob", "--statement", ground.statement(directory=directory))
        name = "provenance.json" if case.subject is Subject.PROVENANCE else "sbom.json"
        says = ("--predicate", name, "--type", _TYPES[case.subject])
        return ("attest-blob", *says, ground.good.file)

    def _by(self, case: Case, ground: Ground, out: Path) -> Words:
        algorithm, sigstore = case.method.algorithm, ground.sigstore
        key = f"{key_name(self.name, algorithm)}.cosign.key"
        new: Words = () if self.version > 2 else ("--new-bundle-format",)
        nobody: Words = ("--tlog-upload=false",)
        if self.version > 2:
            nobody = ("--signing-config", ground.no_services)
        services = ("--signing-config", sigstore.signing_config_path)
        asked: Words = (*services, "--trusted-root", sigstore.trusted_root_path, *new)
        match case.method.kind:
            case Kind.CERTIFICATE:
                leaf = f"leaf-{algorithm}"
                chain = ("--certificate", f"{leaf}.pem", "--certificate-chain", "whole-chain.pem")
                return ("--key", f"{leaf}.cosign.key", *chain, *nobody, *new)
            case Kind.IDENTITY:
                return ("--identity-token", ground.token(out.name), *asked)
            case Kind.LOGGED:
                return ("--key", key, *asked)
            case _:
                return ("--key", key, *nobody, *new)

    def _whom(self, made: Made, ground: Ground) -> Words:
        algorithm = made.case.method.algorithm
        root = ("--trusted-root", ground.sigstore.trusted_root_path)
        new: Words = () if self.version > 2 else ("--new-bundle-format",)
        key: Words = ("--key", f"{made.key}.pub", *new)
        if algorithm in _DIGESTS:
            key += ("--signature-digest-algorithm", _DIGESTS[algorithm])
        unlogged = "--insecure-ignore-tlog"
        match made.case.method.kind:
            case Kind.CERTIFICATE:
                who: Words = ("--certificate-identity", own_ca.NAME)
                who += ("--certificate-oidc-issuer-regexp", ".*", "--insecure-ignore-sct")
                chains: Words = ("--allow-certificate-chain",) if self.version > 2 else new
                return (*who, unlogged, *chains, "--trusted-root", "own_ca.json")
            case Kind.IDENTITY:
                who = ("--certificate-identity", ALICE)
                who += ("--certificate-oidc-issuer", ground.sigstore.issuer.url)
                return (*who, "--use-signed-timestamps", *root, *new)
            case Kind.LOGGED:
                return (*key, "--use-signed-timestamps", *root)
            case _:
                # Version 2 asks for the public root where it is given none.
                return (*key, unlogged, *(root if self.version == 2 else ()))
