"""A key's or certificate's signature in a transparency log, with a timestamp, end to end."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta

import pytest

from aiverify.core.jsonvalue import load_object
from aiverify.errors import AiverifyError, DeniedError, UndecidedError
from aiverify.signing import dsse, timestamps
from aiverify.signing import message as messages
from aiverify.signing.dsse import IN_TOTO, Envelope
from aiverify.signing.log import client
from aiverify.signing.log import entry as entries
from aiverify.signing.log.verifier import Verifier
from aiverify.signing.log.verify import all_logged, logged
from aiverify.signing.trusted_root import TrustedRoot
from tests.support.http_site import Reply, serving
from tests.support.logs import DETAILS, b64, certified, envelope, message, private, sign, spki
from tests.support.sigstore.instance import LocalSigstore
from tests.support.sigstore.log import Fault
from tests.support.sigstore.trust import Period
from tests.support.sigstore.tsa import TsaFault

STATEMENT = {
    "_type": "https://in-toto.io/Statement/v1",
    "subject": [{"name": "model", "digest": {"sha256": "ab" * 32}}],
    "predicateType": "https://example.com/v1",
    "predicate": {},
}
PAYLOAD = json.dumps(STATEMENT).encode()


@pytest.fixture(scope="module", params=["ed25519", "p256"])
def services(request):
    with LocalSigstore(request.param) as local:
        yield local


@pytest.fixture(scope="module")
def root(services):
    return TrustedRoot.parse(json.dumps(services.trusted_root()).encode(), "root.json")


def now():
    return datetime.now(UTC)


def site_of(services, version):
    return services.rekor_v1 if version == 1 else services.rekor


def submit(services, version, signed, root, timeout=10.0):
    return client.submit(
        site_of(services, version).url,
        version,
        signed.content,
        signed.verifier,
        root,
        now=now(),
        timeout=timeout,
    )


each_version = pytest.mark.parametrize("version", [1, 2])
each_content = pytest.mark.parametrize("make", [envelope, message])


@each_version
@each_content
@pytest.mark.parametrize("kind", DETAILS)
@pytest.mark.parametrize("by", [lambda signed: signed, certified], ids=["key", "certificate"])
def test_a_signature_is_logged_and_found_again(services, root, version, make, kind, by):
    signed = by(make(kind))

    entry = submit(services, version, signed, root)
    text = json.dumps(entry.to_json())
    read = entries.parse(load_object(text, "it"), "it")
    found = logged(read, signed.content, signed.verifier, root, now())

    assert found.url == site_of(services, version).url
    if version == 1:
        assert abs(found.time - now()) < timedelta(minutes=5)
    else:
        assert found.time is None


def test_an_ed25519_keys_envelope_is_logged_by_version_1(services, root):
    signed = envelope("ed25519")

    entry = submit(services, 1, signed, root)
    assert logged(entry, signed.content, signed.verifier, root, now()).time


def test_an_entry_in_each_of_two_logs_holds(services, root):
    signed = envelope()
    both = tuple(submit(services, version, signed, root) for version in (1, 2))

    found = all_logged(both, signed.content, signed.verifier, root, now())
    assert [each.url for each in found] == [services.rekor_v1.url, services.rekor_url]


def test_a_log_whose_key_is_not_yet_or_no_longer_trusted_is_refused(services):
    signed = envelope()
    hour = timedelta(hours=1)
    for period in (Period(now() + hour), Period(now() - 2 * hour, now() - hour)):
        value = services.trusted_root(log=period, log_v1=period)
        root = TrustedRoot.parse(json.dumps(value).encode(), "root.json")
        for version in (1, 2):
            with pytest.raises(DeniedError, match="key was not valid"):
                submit(services, version, signed, root)


FAULTS = [(version, fault) for version in (1, 2) for fault in Fault if fault is not Fault.NONE]


@pytest.mark.parametrize(
    ("version", "fault"), [case for case in FAULTS if case != (2, Fault.PROMISE)]
)
@each_content
def test_a_log_that_answers_wrongly_is_not_believed(services, root, version, make, fault):
    with (
        site_of(services, version).having(fault=fault),
        pytest.raises(DeniedError, match="gave back does not hold"),
    ):
        submit(services, version, make(), root)


@each_version
def test_a_log_that_is_down_gives_no_answer(services, root, version):
    with (
        site_of(services, version).out_of_reach(),
        pytest.raises(UndecidedError, match="out of reach"),
    ):
        submit(services, version, envelope(), root)


@each_version
def test_a_log_that_is_slow_gives_no_answer(services, root, version):
    with (
        site_of(services, version).having(delay=20.0),
        pytest.raises(UndecidedError, match="no answer within"),
    ):
        submit(services, version, envelope(), root, timeout=0.3)


@each_version
@pytest.mark.parametrize(("status", "error"), [(400, DeniedError), (500, UndecidedError)])
def test_a_log_that_refuses_or_is_out_of_order_says_so(services, root, version, status, error):
    with site_of(services, version).having(status=status), pytest.raises(error) as caught:
        submit(services, version, envelope(), root)

    assert str(status) in caught.value.message
    if status == 400:
        assert caught.value.message.endswith("out of order")


@each_version
def test_a_signature_that_does_not_hold_is_refused_by_the_log(services, root, version):
    signed = envelope()
    forged = envelope(owner="mallory")
    mixed = type(signed)(forged.content, signed.verifier, "p256")

    with pytest.raises(DeniedError, match="refuses"):
        submit(services, version, mixed, root)


@each_version
def test_a_log_that_sends_elsewhere_is_not_followed(services, root, version):
    signed = envelope()
    path = f"/api/v{version}/log/entries"
    before = len(services.asked)
    headers = {"Location": f"{site_of(services, version).url}{path}"}
    with serving(Reply(307, b"", headers)) as site:
        with pytest.raises(UndecidedError, match="sends elsewhere"):
            client.submit(
                site.url, version, signed.content, signed.verifier, root, now=now(), timeout=5
            )
        assert len(site.asked) == 1
    assert len(services.asked) == before


def test_a_signature_is_stamped_and_the_stamp_holds(services, root):
    signed = envelope()

    token = timestamps.request(services.tsa_url, signed.content.signature)
    time = timestamps.verify(token, signed.content.signature, root, now())

    assert abs(time - now()) < timedelta(minutes=5)
    with pytest.raises(DeniedError, match="another signature"):
        timestamps.verify(token, envelope().content.signature, root, now())


@pytest.mark.parametrize("fault", [TsaFault.OTHER_MESSAGE, TsaFault.OTHER_NONCE, TsaFault.GARBAGE])
def test_an_authority_that_answers_something_else_gives_no_answer(services, fault):
    with services.tsa.having(fault=fault), pytest.raises(UndecidedError, match="answers"):
        timestamps.request(services.tsa_url, b"a signature")


@pytest.mark.parametrize("fault", [TsaFault.FORGED, TsaFault.STRANGER])
def test_an_authority_that_is_not_the_trusted_one_is_not_believed(services, root, fault):
    with services.tsa.having(fault=fault):
        token = timestamps.request(services.tsa_url, b"a signature")

    with pytest.raises(DeniedError, match="no trusted authority"):
        timestamps.verify(token, b"a signature", root, now())


def test_an_authority_whose_clock_is_ahead_is_not_believed(services, root):
    with services.tsa.having(offset=timedelta(hours=1)):
        token = timestamps.request(services.tsa_url, b"a signature")

    with pytest.raises(DeniedError, match="to come"):
        timestamps.verify(token, b"a signature", root, now())


def test_an_authority_that_is_down_slow_or_out_of_order_gives_no_answer(services):
    with services.tsa.out_of_reach(), pytest.raises(UndecidedError, match="out of reach"):
        timestamps.request(services.tsa_url, b"a signature")
    with services.tsa.having(delay=20.0), pytest.raises(UndecidedError, match="no answer"):
        timestamps.request(services.tsa_url, b"a signature", timeout=0.3)
    with services.tsa.having(status=500), pytest.raises(UndecidedError, match="HTTP 500"):
        timestamps.request(services.tsa_url, b"a signature")
    with services.tsa.having(status=403), pytest.raises(DeniedError, match="out of order"):
        timestamps.request(services.tsa_url, b"a signature")


def test_an_authority_that_refuses_is_told():
    rejected = bytes.fromhex("3011300f020102300a0c08") + b"sold out"
    with (
        serving(Reply(200, rejected)) as site,
        pytest.raises(DeniedError, match="refuses: status 2, sold out"),
    ):
        timestamps.request(site.url, b"a signature")


# What sigstore-python makes and takes.


def config_of(services, version):
    from sigstore.models import ClientTrustConfig

    return ClientTrustConfig.from_json(json.dumps(services.trust_config(rekor_version=version)))


def their_verdict(services, bundle):
    """Whether sigstore-python takes a bundle of an envelope or of `MESSAGE`."""
    from sigstore.errors import Error
    from sigstore.models import Bundle
    from sigstore.verify import Verifier as TheirVerifier
    from sigstore.verify.policy import UnsafeNoOp

    verifier = TheirVerifier(trusted_root=config_of(services, 2).trusted_root)
    try:
        parsed = Bundle.from_json(json.dumps(bundle))
        if "dsseEnvelope" in bundle:
            verifier.verify_dsse(parsed, UnsafeNoOp())
        else:
            verifier.verify_artifact(PAYLOAD, parsed, UnsafeNoOp())
    except (Error, ValueError):
        return False
    return True


def our_verdict(root, bundle):
    """Whether the log entries and timestamps of a bundle hold."""
    material = bundle["verificationMaterial"]
    try:
        if "dsseEnvelope" in bundle:
            content = dsse.parse(bundle["dsseEnvelope"], "it")
        else:
            content = messages.parse(bundle["messageSignature"], "it")
        raw = dsse.decoded(material["certificate"], "rawBytes", "it")
        listed = entries.parse_all(material["tlogEntries"], "it")
        stamps = material.get("timestampVerificationData", {}).get("rfc3161Timestamps", [])
        for stamp in stamps:
            token = dsse.decoded(stamp, "signedTimestamp", "it")
            timestamps.verify(token, content.signature, root, now())
        all_logged(listed, content, Verifier(raw, certificate=True), root, now())
    except AiverifyError:
        return False
    return True


def signed_by_sigstore(services, version, *, with_envelope):
    from sigstore.dsse import Statement
    from sigstore.oidc import IdentityToken
    from sigstore.sign import SigningContext

    context = SigningContext.from_trust_config(config_of(services, version))
    with context.signer(IdentityToken(services.token())) as signer:
        made = (
            signer.sign_dsse(Statement(PAYLOAD)) if with_envelope else signer.sign_artifact(PAYLOAD)
        )
    return json.loads(made.to_json())


@pytest.fixture(scope="module", params=[(v, e) for v in (1, 2) for e in (True, False)])
def bundle(request, services):
    version, with_envelope = request.param
    return signed_by_sigstore(services, version, with_envelope=with_envelope)


def test_what_sigstore_logs_we_accept(services, root, bundle):
    assert their_verdict(services, bundle)
    assert our_verdict(root, bundle)


def changed(bundle, path, change):
    value = copy.deepcopy(bundle)
    [at] = value["verificationMaterial"]["tlogEntries"]
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = change(at[path[-1]])
    return value


def flipped(text):
    return ("B" if text[4] == "A" else "A").join((text[:4], text[5:]))


TAMPERED = [
    (("inclusionProof", "rootHash"), flipped),
    (("inclusionProof", "hashes", 0), flipped),
    (("inclusionProof", "hashes"), lambda hashes: hashes[1:]),
    (("inclusionProof", "hashes"), lambda hashes: [*hashes, hashes[0]]),
    (("inclusionProof", "logIndex"), lambda index: str(int(index) - 1)),
    (("inclusionProof", "treeSize"), lambda size: str(2 * int(size))),
    (("inclusionProof", "checkpoint", "envelope"), lambda text: text.replace("\n\n", "\nx\n\n")),
    (("inclusionProof", "checkpoint", "envelope"), lambda _: "x"),
    (("inclusionProof", "checkpoint"), lambda _: None),
    (("canonicalizedBody",), lambda text: b64(b"x") + text[4:]),
    (("logIndex",), lambda _: "-1"),
    (("kindVersion", "version"), lambda _: "0.0.3"),
    (("kindVersion", "kind"), lambda _: "rekord"),
]


@pytest.mark.parametrize(("path", "change"), TAMPERED)
def test_what_sigstore_refuses_of_a_log_entry_we_refuse(services, root, bundle, path, change):
    tampered = changed(bundle, path, change)

    assert not our_verdict(root, tampered)
    assert not their_verdict(services, tampered)


def test_a_promise_is_as_good_as_a_proof_to_us(services, root, bundle):
    [entry] = bundle["verificationMaterial"]["tlogEntries"]
    unproven = changed(bundle, ("inclusionProof",), lambda _: None)

    assert our_verdict(root, unproven) == bool(entry.get("inclusionPromise"))
    assert not their_verdict(services, unproven)


@pytest.mark.parametrize("name", ["logIndex", "integratedTime"])
@pytest.mark.parametrize("with_envelope", [True, False])
def test_what_a_promise_covers_cannot_be_changed(services, root, name, with_envelope):
    bundle = signed_by_sigstore(services, 1, with_envelope=with_envelope)
    tampered = changed(bundle, (name,), lambda number: str(int(number) + 1))

    assert not our_verdict(root, tampered)
    assert not their_verdict(services, tampered)


def test_the_entry_of_another_signature_is_refused_by_both(services, root, bundle):
    other = signed_by_sigstore(services, 2, with_envelope="dsseEnvelope" in bundle)
    swapped = copy.deepcopy(bundle)
    swapped["verificationMaterial"]["tlogEntries"] = other["verificationMaterial"]["tlogEntries"]

    assert not our_verdict(root, swapped)
    assert not their_verdict(services, swapped)


@each_version
@pytest.mark.parametrize("with_envelope", [True, False])
def test_what_we_log_sigstore_accepts(services, root, version, with_envelope):
    from cryptography.hazmat.primitives.serialization import Encoding
    from sigstore.oidc import IdentityToken
    from sigstore.sign import SigningContext

    from aiverify.core.digest import Digest
    from aiverify.signing.message import MessageSignature

    context = SigningContext.from_trust_config(config_of(services, version))
    with context.signer(IdentityToken(services.token())) as signer:
        key = signer._private_key
        der = signer._signing_cert().public_bytes(Encoding.DER)
    verifier = Verifier(der, certificate=True)
    if with_envelope:
        unsigned = Envelope(IN_TOTO, PAYLOAD, b"")
        content = Envelope(IN_TOTO, PAYLOAD, sign(key, unsigned.signed_bytes()))
        part = {"dsseEnvelope": content.to_json()}
    else:
        content = MessageSignature(Digest.of(PAYLOAD), sign(key, PAYLOAD))
        part = {"messageSignature": content.to_json()}

    entry = client.submit(
        site_of(services, version).url, version, content, verifier, root, now=now()
    )
    token = timestamps.request(services.tsa_url, content.signature)
    bundle = {
        "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
        "verificationMaterial": {
            "certificate": {"rawBytes": b64(der)},
            "tlogEntries": [entry.to_json()],
            "timestampVerificationData": {"rfc3161Timestamps": [{"signedTimestamp": b64(token)}]},
        },
        **part,
    }

    assert our_verdict(root, bundle)
    assert their_verdict(services, bundle)


def test_a_long_lived_keys_signature_is_logged_where_sigstore_takes_certificates_alone(
    services, root
):
    signed = envelope(payload=PAYLOAD)
    assert signed.verifier == Verifier(spki(private()), certificate=False)

    entry = submit(services, 2, signed, root)
    token = timestamps.request(services.tsa_url, signed.content.signature)
    time = timestamps.verify(token, signed.content.signature, root, now())
    assert logged(entry, signed.content, signed.verifier, root, time).index == entry.index
