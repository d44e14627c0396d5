from __future__ import annotations

import base64
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from aiverify.errors import MalformedError
from aiverify.webhook.cluster import rotation
from aiverify.webhook.cluster.minting import Pair, mint
from aiverify.webhook.cluster.rotation import Held, Timing, advance

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
NAMES = ("aiverify-webhook.ns.svc", "127.0.0.1")
TIMING = Timing()


def step(held: Held, now: datetime, *, published: bool = True) -> Held:
    return advance(held, NAMES, now, TIMING, published=published)


@pytest.fixture(scope="module")
def fresh() -> Held:
    return step(Held(), NOW)


def test_a_certificate_is_for_the_service_and_for_nothing_else(fresh: Held):
    assert fresh.current
    leaf = x509.load_pem_x509_certificate(fresh.current.certificate.encode())
    root = x509.load_pem_x509_certificate(fresh.current.authority.encode())
    usage = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value

    assert fresh.current.names == set(NAMES)
    assert list(usage) == [x509.ExtendedKeyUsageOID.SERVER_AUTH]
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert root.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert fresh.bundle == fresh.current.authority


def test_the_key_of_the_authority_is_nowhere(fresh: Held):
    written = rotation.written(fresh)
    texts = [base64.b64decode(str(value)) for value in written.values()]

    assert sorted(written) == ["ca.crt", "since", "tls.crt", "tls.key"]
    assert sum(b"PRIVATE KEY-----\n" in text for text in texts) == 1
    assert fresh.current
    assert fresh.current.key not in repr(fresh)


def test_nothing_is_done_while_nothing_is_due(fresh: Held):
    assert step(fresh, NOW + 59 * DAY) is fresh


def test_a_rotation_goes_by_its_steps_and_the_bundle_always_has_what_is_served(fresh: Held):
    start = NOW + 60 * DAY
    staged = step(fresh, start)
    assert staged.current == fresh.current
    assert staged.following
    assert fresh.current
    both = fresh.current.authority + staged.following.authority
    assert staged.bundle == both

    assert step(staged, start + TIMING.settle - SECOND) is staged
    promoted = step(staged, start + TIMING.settle)
    assert promoted.current == staged.following
    assert promoted.bundle == staged.following.authority + fresh.current.authority

    assert step(promoted, promoted.since + TIMING.overlap - SECOND) is promoted
    ended = step(promoted, promoted.since + TIMING.overlap)
    assert ended == replace(promoted, former="")
    assert ended.current
    assert ended.bundle == ended.current.authority


def test_what_the_api_server_does_not_believe_yet_is_not_served(fresh: Held):
    staged = step(fresh, NOW + 60 * DAY)

    assert step(staged, NOW + 80 * DAY, published=False) is staged


def test_an_expired_certificate_is_replaced_at_once(fresh: Held):
    found = step(fresh, NOW + 90 * DAY, published=False)

    assert found.current
    assert fresh.current
    assert found.current.serves(NAMES, NOW + 90 * DAY)
    assert found.former == fresh.current.authority


def test_one_that_waits_for_its_turn_takes_the_place_of_an_expired_one(fresh: Held):
    staged = step(fresh, NOW + 60 * DAY)

    found = step(staged, NOW + 91 * DAY, published=False)

    assert found.current == staged.following


def test_a_certificate_for_other_names_is_replaced(fresh: Held):
    found = advance(fresh, ("other.ns.svc",), NOW, TIMING, published=True)

    assert found.current
    assert found.current.names == {"other.ns.svc"}


def test_a_certificate_of_the_future_is_replaced(fresh: Held):
    found = step(fresh, NOW - DAY)

    assert found.current != fresh.current


def test_what_is_written_is_read_again(fresh: Held):
    staged = step(fresh, NOW + 60 * DAY)
    promoted = step(staged, NOW + 61 * DAY)

    for held in (Held(), fresh, staged, promoted):
        assert rotation.read({"data": rotation.written(held)}) == held


@pytest.mark.parametrize(
    "secret",
    [
        {},
        {"data": None},
        {"data": []},
        {"data": {"tls.crt": 1, "tls.key": "%", "ca.crt": "AA=="}},
        {"data": {"tls.crt": "QQ==", "tls.key": "QQ==", "ca.crt": "QQ==", "since": "QQ=="}},
        {"data": {"tls.crt": "QQ==" * rotation.MAX_PEM}},
    ],
)
def test_a_secret_of_anything_else_holds_nothing(secret: dict[str, object]):
    assert rotation.read(secret) == Held()


def test_a_key_of_another_certificate_is_as_if_it_were_not_there(fresh: Held):
    other = mint(NAMES, NOW, DAY)
    assert fresh.current

    swapped = {**rotation.written(fresh), "tls.key": base64.b64encode(other.key.encode()).decode()}

    assert rotation.read({"data": swapped}).current is None
    with pytest.raises(MalformedError, match="another's"):
        Pair.read(fresh.current.authority, fresh.current.certificate, other.key)


def test_an_authority_that_did_not_sign_is_refused(fresh: Held):
    other = mint(NAMES, NOW, DAY)
    assert fresh.current

    with pytest.raises(MalformedError):
        Pair.read(other.authority, fresh.current.certificate, fresh.current.key)


def test_openssl_believes_it_for_its_names_and_no_others(tmp_path):
    import socket
    import threading

    pair = mint(NAMES, datetime.now(UTC), DAY)
    for name, text in (("crt", pair.certificate), ("key", pair.key)):
        (tmp_path / name).write_text(text)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "crt", tmp_path / "key")
    client = ssl.create_default_context(cadata=pair.authority)
    client.verify_flags |= ssl.VERIFY_X509_STRICT

    def shake(name: str) -> bool:
        ours, theirs = socket.socketpair()

        def answer() -> None:
            try:
                server.wrap_socket(theirs, server_side=True).close()
            except OSError:
                theirs.close()

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            with client.wrap_socket(ours, server_hostname=name):
                return True
        except ssl.SSLCertVerificationError:
            return False
        finally:
            ours.close()
            thread.join()

    assert [shake(name) for name in (*NAMES, "other.ns.svc", "127.0.0.2")] == [
        True,
        True,
        False,
        False,
    ]
