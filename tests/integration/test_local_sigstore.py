"""The local Sigstore is one to sigstore-python and `model_signing`."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sigstore._internal.trust import KeyringPurpose
from sigstore.errors import VerificationError
from sigstore.models import TransparencyLogEntry
from sigstore.oidc import IdentityError, IdentityToken, detect_credential
from sigstore.oidc import Issuer as TheirIssuer
from sigstore.verify import policy
from sigstore_models.rekor.v1 import TransparencyLogEntry as StatedEntry

from tests.support.artifacts import MODEL, write_tree
from tests.support.processes import model_signing
from tests.support.sigstore import keys
from tests.support.sigstore.client import (
    ALICE,
    IN_TOTO,
    WEIGHTS,
    sign,
    statement,
    trust_in,
    verify,
)
from tests.support.sigstore.entry import pae
from tests.support.sigstore.instance import LocalSigstore
from tests.support.sigstore.issuer import STRANGERS
from tests.support.sigstore.keys import Private, b64
from tests.support.sigstore.site import Json

both_logs = pytest.mark.parametrize("version", [1, 2])


def ask_for_certificate(services: LocalSigstore, token: str, **request: Any) -> requests.Response:
    return requests.post(
        f"{services.fulcio_url}/api/v2/signingCert",
        json=request or {"certificateSigningRequest": b64(signing_request())},
        headers={"Authorization": f"Bearer {token}"},
        timeout=5,
    )


def signing_request() -> bytes:
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    return builder.sign(keys.generate(), hashes.SHA256()).public_bytes(Encoding.PEM)


def key_request(key: Private, proof: bytes) -> Json:
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    stated = {"algorithm": "ECDSA", "content": pem.decode()}
    return {"publicKey": stated, "proofOfPossession": b64(proof)}


def envelope_request(key: Private, payload: bytes, signature: bytes) -> Json:
    verifier = {
        "publicKey": {"rawBytes": b64(keys.spki(key.public_key()))},
        "keyDetails": keys.details(key.public_key()),
    }
    signatures = [{"sig": b64(signature), "keyid": ""}]
    envelope = {"payload": b64(payload), "payloadType": IN_TOTO, "signatures": signatures}
    return {"dsseRequestV002": {"envelope": envelope, "verifiers": [verifier]}}


def record_request(key: Private, digest: bytes, signature: bytes) -> Json:
    verifier = envelope_request(key, b"", b"")["dsseRequestV002"]["verifiers"][0]
    stated = {"content": b64(signature), "verifier": verifier}
    return {"hashedRekordRequestV002": {"digest": b64(digest), "signature": stated}}


def log(services: LocalSigstore, request: Json) -> requests.Response:
    return requests.post(f"{services.rekor_url}/api/v2/log/entries", json=request, timeout=5)


def assert_logged(services: LocalSigstore, answer: requests.Response, kind: str) -> None:
    assert answer.status_code == 201, answer.text
    entry = TransparencyLogEntry(StatedEntry.from_dict(answer.json()))
    entry._verify(trust_in(services).trusted_root.rekor_keyring(KeyringPurpose.VERIFY))
    assert (entry._inner.kind_version.kind, entry._inner.kind_version.version) == (kind, "0.0.2")


@both_logs
@pytest.mark.parametrize("what", [WEIGHTS, statement()], ids=["artifact", "statement"])
def test_what_sigstore_signs_here_it_verifies_and_asks_no_service(sigstore, version, what):
    bundle = sign(sigstore, what, rekor_version=version)
    asked = sigstore.asked

    verify(sigstore, bundle)

    assert sigstore.asked == asked
    assert bundle.log_entry._inner.kind_version.version == f"0.0.{version}"


def test_every_entry_of_a_growing_log_has_its_proof(sigstore):
    bundles = [sign(sigstore) for _ in range(9)]
    indices = [bundle.log_entry._inner.log_index for bundle in bundles]

    assert indices == list(range(indices[0], indices[0] + 9))
    for bundle in bundles:
        verify(sigstore, bundle)


def test_a_log_with_an_ecdsa_key_serves_as_well():
    with LocalSigstore("p256") as services:
        verify(services, sign(services))


def test_a_bundle_of_one_instance_is_nothing_to_another(sigstore):
    with LocalSigstore() as other, pytest.raises(VerificationError):
        verify(other, sign(sigstore))


def test_another_person_and_another_issuer_are_refused(sigstore):
    bundle = sign(sigstore)

    for identity, issuer in ((ALICE, sigstore.actions_url), ("bob@b.example", sigstore.oidc_url)):
        whose = policy.Identity(identity=identity, issuer=issuer)
        with pytest.raises(VerificationError, match="Certificate's"):
            verify(sigstore, bundle, by=whose)


def test_a_service_account_is_known_by_its_uri(sigstore):
    spiffe = "spiffe://acme.example/trainer"
    bundle = sign(sigstore, token=sigstore.token(spiffe))

    verify(sigstore, bundle, by=policy.Identity(identity=spiffe, issuer=sigstore.oidc_url))


def test_a_workflow_is_known_by_all_that_its_token_says(sigstore):
    token = sigstore.workflow_token("acme/model", ref="refs/tags/v1", event_name="release")
    workflow = "https://github.com/acme/model/.github/workflows/release.yml@refs/tags/v1"
    says = [
        policy.Identity(identity=workflow, issuer=sigstore.actions_url),
        policy.OIDCIssuer(sigstore.actions_url),
        policy.OIDCIssuerV2(sigstore.actions_url),
        policy.GitHubWorkflowRepository("acme/model"),
        policy.GitHubWorkflowRef("refs/tags/v1"),
        policy.GitHubWorkflowTrigger("release"),
        policy.OIDCBuildSignerURI(workflow),
        policy.OIDCRunnerEnvironment("github-hosted"),
        policy.OIDCSourceRepositoryURI("https://github.com/acme/model"),
        policy.OIDCSourceRepositoryOwnerURI("https://github.com/acme"),
        policy.OIDCBuildTrigger("release"),
        policy.OIDCRunInvocationURI("https://github.com/acme/model/actions/runs/3003/attempts/1"),
        policy.OIDCSourceRepositoryVisibility("public"),
    ]
    bundle = sign(sigstore, token=token)

    verify(sigstore, bundle, by=policy.AllOf(says))
    evil = policy.OIDCSourceRepositoryURI("https://github.com/acme-evil/model")
    with pytest.raises(VerificationError, match="does not match"):
        verify(sigstore, bundle, by=evil)


def test_sigstore_does_not_begin_with_an_expired_token(sigstore):
    with pytest.raises(IdentityError):
        IdentityToken(sigstore.token(ALICE, expires_in=-60))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({"expires_in": -1}, "expired"),
        ({"audience": "another"}, "Audience"),
        ({"realm": STRANGERS}, "issuer"),
        ({"email_verified": False}, "not verified"),
        ({"email": None}, "no URI"),
        ({"exp": None}, '"exp" claim'),
    ],
)
def test_the_authority_refuses_tokens_that_do_not_hold(sigstore, words, why):
    answer = ask_for_certificate(sigstore, sigstore.token(ALICE, **words))

    assert answer.status_code == 401
    assert why in answer.json()["message"]


def test_the_authority_refuses_a_token_by_another_key(sigstore):
    with sigstore.issuer.having(forged=True):
        token = sigstore.token(ALICE)

    assert "Signature verification failed" in ask_for_certificate(sigstore, token).text


def test_a_key_is_certified_for_who_has_proven_to_have_it(sigstore):
    key, token = keys.generate(), sigstore.token(ALICE)
    good, bad = (
        ask_for_certificate(
            sigstore, token, publicKeyRequest=key_request(key, keys.sign(key, subject.encode()))
        )
        for subject in (ALICE, "bob@b.example")
    )

    leaf = good.json()["signedCertificateEmbeddedSct"]["chain"]["certificates"][0]
    assert x509.load_pem_x509_certificate(leaf.encode()).public_key() == key.public_key()
    assert (bad.status_code, "not proven" in bad.text) == (400, True)


# sigstore-python leaves the socket that the browser comes back to unclosed.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_a_browser_comes_back_with_a_token_of_who_signed_in(sigstore, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda url: requests.get(url, timeout=5).ok)
    with sigstore.issuer.having(login="bob@b.example"):
        token = TheirIssuer(sigstore.oidc_url).identity_token()

    assert (token.identity, token.issuer) == ("bob@b.example", sigstore.oidc_url)


def test_a_runner_hands_its_jobs_a_token(sigstore, monkeypatch):
    for name, value in sigstore.issuer.runner_environment().items():
        monkeypatch.setenv(name, value)
    token = IdentityToken(detect_credential())

    assert (token.identity, token.issuer) == (
        "repo:acme/model:ref:refs/heads/main",
        sigstore.actions_url,
    )


@pytest.mark.parametrize("kind", ["p256", "ed25519"])
def test_an_envelope_that_a_key_signed_is_logged(sigstore, kind):
    key, payload = keys.generate(kind), b"{}"
    signature = keys.sign(key, pae(IN_TOTO, payload))

    assert_logged(sigstore, log(sigstore, envelope_request(key, payload, signature)), "dsse")
    refused = log(sigstore, envelope_request(key, b"{ }", signature))
    assert (refused.status_code, "no key" in refused.text) == (400, True)


def test_a_record_that_a_key_signed_is_logged_unless_the_key_hashes_nothing(sigstore):
    digest = keys.hashed(pae(IN_TOTO, b"{}"))
    for kind, status in (("p256", 201), ("ed25519", 400)):
        key = keys.generate(kind)
        answer = log(sigstore, record_request(key, digest, keys.sign(key, pae(IN_TOTO, b"{}"))))
        assert answer.status_code == status, answer.text
        if status == 201:
            assert_logged(sigstore, answer, "hashedrekord")
    other = log(sigstore, record_request(keys.generate(), digest, keys.sign(key, digest)))
    assert (other.status_code, "does not hold" in other.text) == (400, True)


def test_a_log_may_take_records_only(sigstore):
    key = keys.generate()
    request = envelope_request(key, b"{}", keys.sign(key, pae(IN_TOTO, b"{}")))
    with sigstore.rekor.having(envelopes=False):
        assert log(sigstore, request).status_code == 400


def test_model_signing_signs_a_directory_here_and_verifies_it(sigstore, tmp_path):
    write_tree(tmp_path / "model", MODEL)
    sigstore.write_trust_config(tmp_path / "trust.json")
    common = ("--trust_config", "trust.json", "--signature", "model.sig")

    def check(identity: str) -> tuple[int, str]:
        whose = ("--identity", identity, "--identity_provider", sigstore.oidc_url)
        done = model_signing("verify", "sigstore", "model", *common, *whose, cwd=tmp_path)
        return done.exit_code, done.out + done.err

    words = (*common, "--identity_token", sigstore.token(ALICE))
    done = model_signing("sign", "sigstore", "model", *words, cwd=tmp_path)
    assert done.exit_code == 0, done.err

    assert check(ALICE) == (0, "Verification succeeded\n")
    assert check("bob@b.example")[0] == 1
    (tmp_path / "model" / Path(next(iter(MODEL)))).write_bytes(b"altered")
    assert check(ALICE)[0] == 1
