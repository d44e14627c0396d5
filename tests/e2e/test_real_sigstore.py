"""The real services and their own clients accept one another: what the other tests build on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sigstore.dsse import Statement, StatementBuilder, Subject
from sigstore.errors import VerificationError
from sigstore.models import Bundle, ClientTrustConfig, TrustedRoot
from sigstore.oidc import IdentityToken
from sigstore.sign import SigningContext
from sigstore.verify import Verifier, policy

from aiverify.core.digest import Digest
from tests.support.artifacts import MODEL, manifest_of, write_tree
from tests.support.commands import Completed
from tests.support.processes import model_signing
from tests.support.services.real import RealSigstore
from tests.support.services.tools import cosign

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("cosigns")]

ALICE = "alice@example.com"
BOB = "bob@example.com"
BLOB = b"hello\n"
BLOB_SHA256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
TYPE = "https://example.com/remark"
OMS = "https://model_signing/signature/v1.0"
VERSIONS = pytest.mark.parametrize("version", [3, 2])


@pytest.fixture
def blob(tmp_path: Path) -> Path:
    path = tmp_path / "hello"
    path.write_bytes(BLOB)
    return path


@pytest.fixture
def remark(tmp_path: Path) -> Path:
    path = tmp_path / "remark.json"
    path.write_text('{"remark": "good"}')
    return path


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "model", MODEL)


def test_sigstore_python_signs_and_verifies_a_file(real_sigstore: RealSigstore) -> None:
    bundle = python_signs_file(real_sigstore)

    verifier(real_sigstore).verify_artifact(BLOB, bundle, alice(real_sigstore))
    with pytest.raises(VerificationError):
        verifier(real_sigstore).verify_artifact(b"other", bundle, alice(real_sigstore))


def test_sigstore_python_signs_and_verifies_a_statement(real_sigstore: RealSigstore) -> None:
    bundle = python_signs_statement(real_sigstore)

    _, payload = verifier(real_sigstore).verify_dsse(bundle, alice(real_sigstore))
    assert json.loads(payload)["subject"] == [{"name": "hello", "digest": {"sha256": BLOB_SHA256}}]


def test_a_bundle_has_a_log_entry_of_the_second_version_and_a_timestamp(
    real_sigstore: RealSigstore,
) -> None:
    for bundle in (python_signs_file(real_sigstore), python_signs_statement(real_sigstore)):
        material = json.loads(bundle.to_json())["verificationMaterial"]

        (entry,) = material["tlogEntries"]
        assert entry["kindVersion"] == {"kind": "hashedrekord", "version": "0.0.2"}
        assert entry["inclusionProof"]["checkpoint"]["envelope"].startswith("localhost\n")
        assert len(material["timestampVerificationData"]["rfc3161Timestamps"]) == 1


@pytest.mark.parametrize(
    ("identity", "issuer"), [(BOB, None), (ALICE, "https://accounts.example.com")]
)
def test_another_identity_is_refused(
    real_sigstore: RealSigstore, identity: str, issuer: str | None
) -> None:
    expected = policy.Identity(identity=identity, issuer=issuer or real_sigstore.issuer.url)

    with pytest.raises(VerificationError):
        verifier(real_sigstore).verify_artifact(BLOB, python_signs_file(real_sigstore), expected)


def test_an_expired_token_gets_no_certificate(
    real_sigstore: RealSigstore, blob: Path, tmp_path: Path
) -> None:
    expired = real_sigstore.token(ALICE, lifetime=-60)

    done = sign_keyless("sign-blob", real_sigstore, blob, cwd=tmp_path, token=expired)

    assert done.exit_code != 0
    assert "error processing the identity token" in done.err


def test_a_token_for_another_audience_gets_no_certificate(
    real_sigstore: RealSigstore, blob: Path, tmp_path: Path
) -> None:
    foreign = real_sigstore.token(ALICE, audience="elsewhere")

    done = sign_keyless("sign-blob", real_sigstore, blob, cwd=tmp_path, token=foreign)

    assert done.exit_code != 0
    assert "error processing the identity token" in done.err


def test_a_workflow_signs_as_its_file_in_its_repository(real_sigstore: RealSigstore) -> None:
    token = real_sigstore.issuer.workflow_token("acme/model", ".github/workflows/release.yml")

    bundle = python_signs_file(real_sigstore, token)

    path = "acme/model/.github/workflows/release.yml@refs/heads/main"
    expected = policy.AllOf(
        [
            policy.Identity(
                identity=f"https://github.com/{path}", issuer=real_sigstore.issuer.workflows_url
            ),
            policy.GitHubWorkflowRepository("acme/model"),
        ]
    )
    verifier(real_sigstore).verify_artifact(BLOB, bundle, expected)


def test_nothing_is_signed_while_the_log_is_down(
    real_sigstore: RealSigstore, blob: Path, tmp_path: Path
) -> None:
    real_sigstore.rekor.stop()
    try:
        done = sign_keyless("sign-blob", real_sigstore, blob, cwd=tmp_path)
    finally:
        real_sigstore.rekor.start()

    assert done.exit_code != 0
    assert "connection refused" in done.err
    assert sign_keyless("sign-blob", real_sigstore, blob, cwd=tmp_path).exit_code == 0


@VERSIONS
def test_cosign_signs_a_file_without_a_key_and_all_verify_it(
    real_sigstore: RealSigstore, blob: Path, tmp_path: Path, version: int
) -> None:
    assert sign_keyless("sign-blob", real_sigstore, blob, cwd=tmp_path).exit_code == 0

    verified = verify_keyless("verify-blob", real_sigstore, blob, cwd=tmp_path, version=version)
    stranger = verify_keyless(
        "verify-blob", real_sigstore, blob, cwd=tmp_path, version=version, identity=BOB
    )

    assert verified.exit_code == 0, verified.err
    assert "no matching CertificateIdentity" in stranger.err
    verifier(real_sigstore).verify_artifact(BLOB, read(tmp_path), alice(real_sigstore))


@VERSIONS
def test_cosign_attests_without_a_key_and_all_verify_it(
    real_sigstore: RealSigstore, blob: Path, remark: Path, tmp_path: Path, version: int
) -> None:
    says = ("--predicate", remark, "--type", TYPE)
    assert sign_keyless("attest-blob", real_sigstore, *says, blob, cwd=tmp_path).exit_code == 0

    verified = verify_keyless(
        "verify-blob-attestation",
        real_sigstore,
        *("--type", TYPE),
        blob,
        cwd=tmp_path,
        version=version,
    )

    assert verified.exit_code == 0, verified.err
    _, payload = verifier(real_sigstore).verify_dsse(read(tmp_path), alice(real_sigstore))
    assert json.loads(payload)["predicate"] == {"remark": "good"}


@VERSIONS
def test_cosign_verifies_what_sigstore_python_signed(
    real_sigstore: RealSigstore, blob: Path, tmp_path: Path, version: int
) -> None:
    write(tmp_path, python_signs_file(real_sigstore))
    file = verify_keyless("verify-blob", real_sigstore, blob, cwd=tmp_path, version=version)
    write(tmp_path, python_signs_statement(real_sigstore))
    statement = verify_keyless(
        "verify-blob-attestation",
        real_sigstore,
        *("--type", TYPE),
        blob,
        cwd=tmp_path,
        version=version,
    )

    assert file.exit_code == 0, file.err
    assert statement.exit_code == 0, statement.err


@VERSIONS
@pytest.mark.parametrize("logged", [True, False])
def test_cosign_signs_and_attests_with_a_key(
    real_sigstore: RealSigstore,
    blob: Path,
    remark: Path,
    tmp_path: Path,
    version: int,
    *,
    logged: bool,
) -> None:
    made = cosign("generate-key-pair", cwd=tmp_path, password="secret")
    assert made.exit_code == 0, made.err
    config = real_sigstore.signing_config(log=logged, timestamps=logged)
    demand = "--use-signed-timestamps" if logged else "--insecure-ignore-tlog"
    says = ("--predicate", remark, "--type", TYPE)
    for verb, words in (("sign-blob", ()), ("attest-blob", says)):
        signed = cosign(
            verb,
            "--yes",
            *("--key", "cosign.key", "--signing-config", config, *trusting(real_sigstore)),
            *words,
            blob,
            cwd=tmp_path,
            password="secret",
        )
        assert signed.exit_code == 0, signed.err

        kind = ("verify-blob-attestation", "--type", TYPE) if words else ("verify-blob",)
        common = ("--key", "cosign.pub", *trusting(real_sigstore, version), blob)
        verified = cosign(*kind, demand, *common, cwd=tmp_path, version=version)
        unproven = cosign(*kind, *common, cwd=tmp_path, version=version)

        assert verified.exit_code == 0, verified.err
        assert (unproven.exit_code == 0) is logged
        assert ("tlogEntries" in material(tmp_path)) is logged


def test_model_signing_signs_and_verifies_a_directory(
    real_sigstore: RealSigstore, model: Path, tmp_path: Path
) -> None:
    assert sign_model(real_sigstore, model, tmp_path).exit_code == 0

    verified = verify_model(real_sigstore, model, tmp_path)
    stranger = verify_model(real_sigstore, model, tmp_path, BOB)
    (model / "config.json").write_bytes(b"{}")
    altered = verify_model(real_sigstore, model, tmp_path)

    assert verified.exit_code == 0, verified.err
    assert stranger.exit_code != 0
    assert altered.exit_code != 0


@VERSIONS
def test_cosign_verifies_a_directory_by_its_root_digest(
    real_sigstore: RealSigstore, model: Path, tmp_path: Path, version: int
) -> None:
    root = manifest_of(MODEL).root
    assert sign_model(real_sigstore, model, tmp_path).exit_code == 0

    verified = verify_root(real_sigstore, root, tmp_path, version)
    other = verify_root(real_sigstore, Digest.of(b"other"), tmp_path, version)

    assert verified.exit_code == 0, verified.err
    assert "does not match any digest in statement" in other.err


def alice(sigstore: RealSigstore) -> policy.Identity:
    return policy.Identity(identity=ALICE, issuer=sigstore.issuer.url)


def verifier(sigstore: RealSigstore) -> Verifier:
    return Verifier(trusted_root=TrustedRoot.from_file(str(sigstore.trusted_root_path)))


def signing(sigstore: RealSigstore) -> SigningContext:
    config = ClientTrustConfig.from_json(sigstore.trust_config_path.read_text())
    return SigningContext.from_trust_config(config)


def python_signs_file(sigstore: RealSigstore, token: str | None = None) -> Bundle:
    with signing(sigstore).signer(IdentityToken(token or sigstore.token(ALICE))) as signer:
        return signer.sign_artifact(BLOB)


def python_signs_statement(sigstore: RealSigstore) -> Bundle:
    with signing(sigstore).signer(IdentityToken(sigstore.token(ALICE))) as signer:
        return signer.sign_dsse(statement())


def statement() -> Statement:
    subject = Subject(name="hello", digest={"sha256": BLOB_SHA256})
    return StatementBuilder([subject], TYPE, {"remark": "good"}).build()


def sign_keyless(
    verb: str, sigstore: RealSigstore, *words: str | Path, cwd: Path, token: str | None = None
) -> Completed:
    # As a word it is too long: cosign looks first whether a file has its name.
    (cwd / "token").write_text(token or sigstore.token(ALICE))
    return cosign(
        verb,
        "--yes",
        *("--identity-token", "token"),
        *("--signing-config", sigstore.signing_config_path),
        *trusting(sigstore),
        *words,
        cwd=cwd,
    )


def verify_keyless(
    verb: str,
    sigstore: RealSigstore,
    *words: str | Path,
    cwd: Path,
    version: int,
    identity: str = ALICE,
) -> Completed:
    return cosign(
        verb,
        *("--certificate-identity", identity),
        *("--certificate-oidc-issuer", sigstore.issuer.url),
        # Version 3 demands it by itself where the log gives no time.
        "--use-signed-timestamps",
        *trusting(sigstore, version),
        *words,
        cwd=cwd,
        version=version,
    )


def trusting(sigstore: RealSigstore, version: int = 3) -> tuple[str | Path, ...]:
    new = () if version > 2 else ("--new-bundle-format",)
    return (*new, "--trusted-root", sigstore.trusted_root_path, "--bundle", "bundle.json")


def verify_root(sigstore: RealSigstore, root: Digest, cwd: Path, version: int) -> Completed:
    return verify_keyless(
        "verify-blob-attestation",
        sigstore,
        *("--type", OMS, "--digest", root.hex, "--digestAlg", "sha256"),
        cwd=cwd,
        version=version,
    )


def sign_model(sigstore: RealSigstore, model: Path, cwd: Path) -> Completed:
    return model_signing(
        *("sign", "sigstore", model, "--signature", "bundle.json"),
        *("--trust_config", sigstore.trust_config_path),
        *("--identity_token", sigstore.token(ALICE)),
        cwd=cwd,
    )


def verify_model(
    sigstore: RealSigstore, model: Path, cwd: Path, identity: str = ALICE
) -> Completed:
    return model_signing(
        *("verify", "sigstore", model, "--signature", "bundle.json"),
        *("--trust_config", sigstore.trust_config_path),
        *("--identity", identity, "--identity_provider", sigstore.issuer.url),
        cwd=cwd,
    )


def read(folder: Path) -> Bundle:
    return Bundle.from_json((folder / "bundle.json").read_bytes())


def write(folder: Path, bundle: Bundle) -> None:
    (folder / "bundle.json").write_text(bundle.to_json())


def material(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "bundle.json").read_bytes())
    return dict(found["verificationMaterial"])
