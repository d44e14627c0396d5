"""The trusted root is read strictly, and as sigstore-python reads it."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest

from aiverify.errors import MalformedError
from aiverify.signing import trusted_root
from aiverify.signing.trusted_root import Authority, Period, TransparencyLog, TrustedRoot
from tests.support.logs import b64

START, END = "2021-01-12T11:53:27Z", "2031-01-12T11:53:27.5Z"
LOG = {
    "baseUrl": "https://log.example.com",
    "hashAlgorithm": "SHA2_256",
    "publicKey": {
        "rawBytes": b64(b"a key"),
        "keyDetails": "PKIX_ECDSA_P256_SHA_256",
        "validFor": {"start": START, "end": END},
    },
    "logId": {"keyId": b64(bytes(32))},
}
AUTHORITY = {
    "subject": {"organization": "example.com", "commonName": "an authority"},
    "uri": "https://ca.example.com",
    "certChain": {"certificates": [{"rawBytes": b64(b"leaf")}, {"rawBytes": b64(b"root")}]},
    "validFor": {"start": START},
}
ROOT = {
    "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "tlogs": [LOG],
    "certificateAuthorities": [AUTHORITY],
    "ctlogs": [LOG],
    "timestampAuthorities": [AUTHORITY],
}
CONFIG = {
    "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
    "trustedRoot": ROOT,
    "signingConfig": {},
}


def parse(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return TrustedRoot.parse(data, "root.json")


def changed(path, item):
    value = copy.deepcopy(ROOT)
    at = value
    for key in path[:-1]:
        at = at[key]
    if item is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = item
    return value


def test_every_part_is_read():
    root = parse(ROOT)

    start = datetime(2021, 1, 12, 11, 53, 27, tzinfo=UTC)
    end = datetime(2031, 1, 12, 11, 53, 27, 500_000, tzinfo=UTC)
    log = TransparencyLog(
        "https://log.example.com",
        bytes(32),
        b"a key",
        "PKIX_ECDSA_P256_SHA_256",
        "SHA2_256",
        Period(start, end),
    )
    authority = Authority((b"leaf", b"root"), Period(start, None), "https://ca.example.com")
    assert root == TrustedRoot((log,), (authority,), (log,), (authority,))


def test_it_may_be_part_of_a_clients_trust_configuration():
    assert parse(CONFIG) == parse(ROOT)


@pytest.mark.parametrize("site", ["tuf-repo-cdn.sigstore.dev", "tuf-repo-cdn.sigstage.dev"])
def test_the_roots_of_the_public_instances_are_read_as_sigstore_reads_them(site):
    from sigstore_models.trustroot import v1

    folder = resources.files("sigstore._store") / f"https%3A%2F%2F{site}"
    data = (folder / "trusted_root.json").read_bytes()
    ours, theirs = parse(data), v1.TrustedRoot.from_json(data)

    logs = [*zip(ours.tlogs, theirs.tlogs, strict=True)]
    logs += zip(ours.ctlogs, theirs.ctlogs, strict=True)
    for log, known in logs:
        assert log.log_id == known.log_id.key_id
        assert log.der == known.public_key.raw_bytes
        assert log.details == known.public_key.key_details
        assert log.url == known.base_url
        assert log.valid.start == known.public_key.valid_for.start
        assert log.valid.end == known.public_key.valid_for.end
    authorities = [
        *zip(ours.certificate_authorities, theirs.certificate_authorities, strict=True),
        *zip(ours.timestamp_authorities, theirs.timestamp_authorities, strict=True),
    ]
    for authority, known in authorities:
        assert authority.chain == tuple(x.raw_bytes for x in known.cert_chain.certificates)
        assert (authority.uri, authority.valid.start) == (known.uri, known.valid_for.start)
    assert logs
    assert authorities


@pytest.mark.parametrize("part", ["ctlogs", "certificateAuthorities", "timestampAuthorities"])
def test_a_list_that_is_absent_or_null_is_empty(part):
    assert (
        parse(changed((part,), ...)) == parse(changed((part,), None)) == parse(changed((part,), []))
    )


def test_a_period_that_is_absent_is_without_ends():
    root = parse(changed(("tlogs", 0, "publicKey", "validFor"), ...))

    assert root.tlogs[0].valid == Period()


@pytest.mark.parametrize(
    "media_type",
    ["application/vnd.dev.sigstore.trustedroot.v9+json", "", None, 7, "x\x1b"],
)
def test_another_type_is_refused(media_type):
    with pytest.raises(MalformedError) as caught:
        parse({**ROOT, "mediaType": media_type})
    assert "\x1b" not in caught.value.message


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff", b'{"a":1,"a":1}', b"null"])
def test_what_is_no_json_object_is_refused(data):
    with pytest.raises(MalformedError, match=r"root\.json"):
        parse(data)


def test_what_is_too_large_is_refused_before_it_is_parsed():
    with pytest.raises(MalformedError, match="the limit is"):
        parse(b"{" * (trusted_root.MAX_SIZE + 1))


@pytest.mark.parametrize(
    "path",
    [
        (),
        ("tlogs", 0),
        ("tlogs", 0, "publicKey"),
        ("tlogs", 0, "publicKey", "validFor"),
        ("ctlogs", 0, "logId"),
        ("certificateAuthorities", 0),
        ("certificateAuthorities", 0, "subject"),
        ("timestampAuthorities", 0, "certChain"),
        ("timestampAuthorities", 0, "certChain", "certificates", 0),
    ],
)
def test_a_part_that_nobody_knows_is_refused(path):
    with pytest.raises(MalformedError, match="unknown member"):
        parse(changed((*path, "extra"), "x"))


@pytest.mark.parametrize(
    "path",
    [
        ("tlogs", 0, "publicKey"),
        ("tlogs", 0, "publicKey", "rawBytes"),
        ("tlogs", 0, "publicKey", "keyDetails"),
        ("tlogs", 0, "logId"),
        ("tlogs", 0, "logId", "keyId"),
        ("timestampAuthorities", 0, "certChain"),
        ("timestampAuthorities", 0, "certChain", "certificates"),
        ("timestampAuthorities", 0, "certChain", "certificates", 0, "rawBytes"),
    ],
)
@pytest.mark.parametrize("item", [..., None, 7, "", "*", [], {}, True])
def test_a_part_that_must_be_there_is_missing_or_something_else(path, item):
    value = changed(path, item)
    if item == "*" and path[-1] == "keyDetails":
        value = changed(path, "*" * 101)

    with pytest.raises(MalformedError, match="trusted root"):
        parse(value)


@pytest.mark.parametrize("part", ["tlogs", "timestampAuthorities"])
@pytest.mark.parametrize("item", [{}, 7, [None], [7], ["x"], [{}] * 1001])
def test_a_list_that_is_something_else_or_too_long_is_refused(part, item):
    with pytest.raises(MalformedError):
        parse(changed((part,), item))


def test_a_chain_that_is_too_long_is_refused():
    path = ("timestampAuthorities", 0, "certChain", "certificates")
    with pytest.raises(MalformedError, match="at most 10"):
        parse(changed(path, [{"rawBytes": b64(b"x")}] * 11))


@pytest.mark.parametrize("start", ["yesterday", 7, "2041-01-12T11:53:27Z"])
def test_a_period_that_is_none_is_refused(start):
    with pytest.raises(MalformedError):
        parse(changed(("tlogs", 0, "publicKey", "validFor", "start"), start))


def test_a_configuration_without_a_root_is_refused():
    with pytest.raises(MalformedError, match="object belongs"):
        parse({**CONFIG, "trustedRoot": None})


def test_a_configuration_with_something_else_in_it_is_refused():
    with pytest.raises(MalformedError, match="unknown member"):
        parse({**CONFIG, "more": 1})


def test_a_period_includes_both_ends():
    start, end = datetime(2021, 1, 1, tzinfo=UTC), datetime(2022, 1, 1, tzinfo=UTC)
    tick = timedelta(microseconds=1)

    period = Period(start, end)
    assert [period.covers(t) for t in (start - tick, start, end, end + tick)] == [
        False,
        True,
        True,
        False,
    ]
    assert Period().covers(start)
