"""aiverify, model_signing and sigstore-python, as signers and as verifiers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from sigstore.dsse import Statement, StatementBuilder
from sigstore.dsse import Subject as Named
from sigstore.errors import Error as SigstoreError
from sigstore.models import Bundle, ClientTrustConfig, TrustedRoot
from sigstore.oidc import IdentityToken
from sigstore.sign import SigningContext
from sigstore.verify import Verifier, policy

from tests.support.commands import Completed, call
from tests.support.interop.case import Case, Kind, Made, Subject
from tests.support.interop.ground import ALICE, FILE, Artifact, Ground, key_name
from tests.support.processes import model_signing

Run = Callable[[], Completed]

_OURS = Lock()


def _alone(*words: str | Path, cwd: Path) -> Completed:
    """Run `aiverify` in this process, which has one working directory for all threads."""
    with _OURS:
        return call(*words, cwd=cwd)


@dataclass(frozen=True, slots=True)
class Aiverify:
    """This project, by its command."""

    name: str = "aiverify"

    def sign(self, case: Case, ground: Ground, out: Path) -> Run | None:
        """`sign`, or `attest`."""
        artifact = ground.good
        target = artifact.model if case.subject is Subject.DIRECTORY else artifact.file
        words: list[str | Path] = ["sign", target]
        if case.subject is Subject.BLOB:
            words.append("--blob")
        elif case.subject is Subject.PROVENANCE:
            words = ["attest", target, "--type", "provenance", "--predicate", "provenance.json"]
        elif case.subject is Subject.SBOM:
            words = ["attest", target, "--type", "sbom", "--predicate", "sbom.json"]
        by = self._by(case, ground, out.name)
        return lambda: _alone(*words, *by, "-o", out, cwd=ground.folder)

    def verify(self, made: Made, ground: Ground, artifact: Artifact) -> Run | None:
        """`verify`; an attestation beside a signature of the test's own."""
        case, signature = made.case, made.path
        target = artifact.model if case.subject is Subject.DIRECTORY else artifact.file
        words: list[str | Path] = ["verify", target, *self._whom(made, ground)]
        if case.subject in (Subject.PROVENANCE, Subject.SBOM):
            words += ["--signature", ground.own_signature(artifact), "--attestation", signature]
            words += ["--require", case.subject.predicate_type]
            if case.method.kind is not Kind.LOGGED:  # whose profile has the key
                words += ["--key", "own.pub"]
        else:
            words += ["--signature", signature]
        return lambda: _alone(*words, cwd=ground.folder)

    def _by(self, case: Case, ground: Ground, name: str) -> tuple[str | Path, ...]:
        config = ("--trust-config", ground.sigstore.trust_config_path)
        algorithm = case.method.algorithm
        key = f"{key_name(self.name, algorithm)}.key"
        match case.method.kind:
            case Kind.CERTIFICATE:
                leaf = f"leaf-{algorithm}"
                own = ("--key", f"{leaf}.key", "--cert", f"{leaf}.pem")
                return (*own, "--cert-chain", "chain.pem")
            case Kind.IDENTITY:
                return ("--identity-token", ground.token(name), *config)
            case Kind.LOGGED:
                return ("--key", key, "--log", "--timestamp", *config)
            case _:
                return ("--key", key)

    def _whom(self, made: Made, ground: Ground) -> tuple[str | Path, ...]:
        config = ("--trust-config", ground.sigstore.trust_config_path)
        match made.case.method.kind:
            case Kind.CERTIFICATE:
                return ("--cert-chain", "whole-chain.pem")
            case Kind.IDENTITY:
                return ("--identity", ALICE, "--issuer", ground.sigstore.issuer.url, *config)
            case Kind.LOGGED:
                return ("--profile", ground.demanding_profile(made.key), *config)
            case _:
                return ("--key", f"{made.key}.pub")


@dataclass(frozen=True, slots=True)
class ModelSigning:
    """The reference implementation of OMS, by its command."""

    name: str = "model_signing"

    def sign(self, case: Case, ground: Ground, out: Path) -> Run | None:
        """`sign key`, `sign certificate` or `sign sigstore`. It logs nothing by a key."""
        if not case.subject.is_manifest or case.method.kind is Kind.LOGGED:
            return None
        method, *by = self._by(case, ground, out.name)
        words = ("sign", method, self._target(case, ground.good), "--signature", out, *by)
        return lambda: model_signing(*words, cwd=ground.folder)

    def verify(self, made: Made, ground: Ground, artifact: Artifact) -> Run | None:
        """`verify key`, `verify certificate` or `verify sigstore`."""
        if not made.case.subject.is_manifest:
            return None
        method, *whom = self._whom(made, ground)
        target = self._target(made.case, artifact)
        words = ("verify", method, target, "--signature", made.path, *whom)
        return lambda: model_signing(*words, cwd=ground.folder)

    def _target(self, case: Case, artifact: Artifact) -> Path:
        return artifact.model if case.subject is Subject.DIRECTORY else artifact.file

    def _by(self, case: Case, ground: Ground, name: str) -> tuple[str | Path, ...]:
        algorithm = case.method.algorithm
        key = f"{key_name(self.name, algorithm)}.key"
        match case.method.kind:
            case Kind.CERTIFICATE:
                leaf = f"leaf-{algorithm}"
                own = ("--private_key", f"{leaf}.key", "--signing_certificate", f"{leaf}.pem")
                return ("certificate", *own, "--certificate_chain", "chain.pem")
            case Kind.IDENTITY:
                token = ground.token(name).read_text()
                config = ground.sigstore.trust_config_path
                return ("sigstore", "--trust_config", config, "--identity_token", token)
            case _:
                return ("key", "--private_key", key)

    def _whom(self, made: Made, ground: Ground) -> tuple[str | Path, ...]:
        match made.case.method.kind:
            case Kind.CERTIFICATE:
                return ("certificate", "--certificate_chain", "root.pem")
            case Kind.IDENTITY:
                who = ("--identity", ALICE, "--identity_provider", ground.sigstore.issuer.url)
                return ("sigstore", "--trust_config", ground.sigstore.trust_config_path, *who)
            case _:
                return ("key", "--public_key", f"{made.key}.pub")


@dataclass(frozen=True, slots=True)
class SigstorePython:
    """sigstore-python, by its library: its command signs files alone, and knows no statements."""

    name: str = "sigstore"

    def sign(self, case: Case, ground: Ground, out: Path) -> Run | None:
        """By an identity, and in no other way."""
        if case.method.kind is not Kind.IDENTITY:
            return None

        def sign() -> Completed:
            config = ClientTrustConfig.from_json(ground.sigstore.trust_config_path.read_text())
            token = IdentityToken(ground.token(out.name).read_text())
            with SigningContext.from_trust_config(config).signer(token) as signer:
                if case.subject is Subject.BLOB:
                    bundle = signer.sign_artifact(ground.good.file.read_bytes())
                else:
                    bundle = signer.sign_dsse(_statement(case, ground))
            out.write_text(bundle.to_json())
            return Completed(0, "", "")

        return _told(sign)

    def verify(self, made: Made, ground: Ground, artifact: Artifact) -> Run | None:
        """The bundle, and that the statement names the artifact: that is left to callers."""
        case = made.case
        if case.method.kind is not Kind.IDENTITY:
            return None

        def verify() -> Completed:
            root = TrustedRoot.from_file(str(ground.sigstore.trusted_root_path))
            verifier = Verifier(trusted_root=root)
            who = policy.Identity(identity=ALICE, issuer=ground.sigstore.issuer.url)
            bundle = Bundle.from_json(made.path.read_bytes())
            if case.subject is Subject.BLOB:
                verifier.verify_artifact(artifact.file.read_bytes(), bundle, who)
                return Completed(0, "", "")
            _, payload = verifier.verify_dsse(bundle, who)
            said = json.loads(payload)
            digests = [subject["digest"]["sha256"] for subject in said["subject"]]
            good = subject_digest(case, artifact) in digests
            good = good and said["predicateType"] == case.subject.predicate_type
            return Completed(0 if good else 1, "", "" if good else "another artifact")

        return _told(verify)


def subject_digest(case: Case, artifact: Artifact) -> str:
    """By which digest a statement names the artifact, in hexadecimal."""
    if case.subject.is_manifest:
        return artifact.root(directory=case.subject is Subject.DIRECTORY).hex
    return artifact.manifest(directory=False).entries[0].digest.hex


def _statement(case: Case, ground: Ground) -> Statement:
    if case.subject.is_manifest:
        path = ground.statement(directory=case.subject is Subject.DIRECTORY)
        return Statement(path.read_bytes())
    name = "provenance.json" if case.subject is Subject.PROVENANCE else "sbom.json"
    predicate = json.loads((ground.folder / name).read_bytes())
    digest = {"sha256": subject_digest(case, ground.good)}
    named = Named.model_validate({"name": FILE, "digest": digest})
    return StatementBuilder([named], case.subject.predicate_type, predicate).build()


def _told(work: Run) -> Run:
    def done() -> Completed:
        try:
            return work()
        except SigstoreError as error:
            return Completed(1, "", f"{type(error).__name__}: {error}")

    return done
