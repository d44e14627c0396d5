"""Which services a signer asks, by its configuration and the time."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import resources

import pytest

from aiverify.errors import InputError, MalformedError
from aiverify.signing.signing_config import SigningConfig

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PAST, FUTURE = {"end": "2026-01-01T00:00:00Z"}, {"start": "2026-12-01T00:00:00Z"}


def service(name, version=2, operator=None, **more):
    return {
        "url": f"https://{name}.example.com",
        "majorApiVersion": version,
        "operator": operator or name,
        **more,
    }


def config(**parts):
    value = {"mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json", **parts}
    return SigningConfig.parse(json.dumps(value).encode(), "config.json")


def logs(listed, choice=None, **words):
    found = config(rekorTlogUrls=listed, rekorTlogConfig=choice).logs(NOW, **words)
    return [each.url.removeprefix("https://").split(".")[0] for each in found]


ANY, ALL = {"selector": "ANY"}, {"selector": "ALL"}


def test_services_that_are_not_valid_now_are_left_out():
    listed = [service("past", validFor=PAST), service("future", validFor=FUTURE), service("now")]

    assert logs(listed, ALL) == ["now"]


def test_versions_that_are_not_spoken_are_left_out():
    listed = [service("new", 3), service("v2", 2), service("v1", 1), service("v0", 0)]

    assert logs(listed, ALL) == ["v2", "v1"]
    assert logs(listed, ALL, versions=(1,)) == ["v1"]


def test_one_service_of_an_operator_counts_and_the_newest():
    listed = [service("a1", 1, "a"), service("a2", 2, "a"), service("a3", 2, "a"), service("b", 1)]

    assert logs(listed, ALL) == ["a2", "b"]


def test_any_is_one_of_the_newest_version():
    assert logs([service("a", 1), service("b", 2), service("c", 2)], ANY) == ["b"]


def test_exactly_so_many_are_asked_and_fewer_are_an_error():
    listed = [service("a"), service("b"), service("c")]

    assert logs(listed, {"selector": "EXACT", "count": 2}) == ["a", "b"]
    with pytest.raises(InputError, match="asks for 4 of its transparency logs, and 3"):
        logs(listed, {"selector": "EXACT", "count": 4})


def test_without_a_choice_all_are_asked():
    assert logs([service("a"), service("b")]) == ["a", "b"]


def test_no_service_is_none():
    assert logs([], ANY) == []


def test_other_services_speak_version_1():
    found = config(
        caUrls=[service("ca", 1), service("newer", 2)],
        oidcUrls=[service("oidc", 1, validFor=PAST)],
        tsaUrls=[service("tsa", 1), service("tsb", 1)],
        tsaConfig=ANY,
    )

    assert [each.operator for each in found.authorities(NOW)] == ["ca"]
    assert found.issuers(NOW) == ()
    assert [each.operator for each in found.timestampers(NOW)] == ["tsa"]


@pytest.mark.parametrize("site", ["tuf-repo-cdn.sigstore.dev", "tuf-repo-cdn.sigstage.dev"])
def test_the_public_instances_configurations_are_read_as_sigstore_reads_them(site):
    from sigstore.models import SigningConfig as Theirs
    from sigstore_models.trustroot import v1

    folder = resources.files("sigstore._store") / f"https%3A%2F%2F{site}"
    data = (folder / "signing_config.v0.2.json").read_bytes()
    ours, theirs = SigningConfig.parse(data, site), Theirs(v1.SigningConfig.from_json(data))

    now = datetime.now(UTC)
    assert [x.url for x in ours.logs(now)] == [x.url for x in theirs._tlogs]
    assert [x.url for x in ours.timestampers(now)] == [x.url for x in theirs._tsas]
    assert ours.authorities(now)[0].url == theirs._fulcios[0].url
    assert ours.issuers(now)[0].url == theirs.get_oidc_url()


@pytest.mark.parametrize(
    "parts",
    [
        {"mediaType": "application/vnd.dev.sigstore.signingconfig.v0.1+json"},
        {"mediaType": None},
        {"extra": 1},
        {"caUrls": {}},
        {"caUrls": [None]},
        {"caUrls": [service("x")] * 101},
        {"caUrls": [service("x", more=1)]},
        {"caUrls": [service("x", url="")]},
        {"caUrls": [service("x", "two")]},
        {"rekorTlogConfig": {"selector": "SOME"}},
        {"rekorTlogConfig": {"selector": 1}},
        {"rekorTlogConfig": {}},
        {"rekorTlogConfig": []},
        {"rekorTlogConfig": {"selector": "EXACT"}},
        {"tsaConfig": {"selector": "EXACT", "count": 0}},
        {"tsaConfig": {"selector": "EXACT", "count": -1}},
        {"tsaConfig": {"selector": "EXACT", "count": 10**9}},
    ],
)
def test_what_is_malformed_is_refused(parts):
    with pytest.raises(MalformedError, match=r"config\.json"):
        config(**parts)


def test_it_may_be_part_of_a_clients_trust_configuration():
    inner = {
        "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
        "rekorTlogUrls": [service("a")],
    }
    outer = {
        "mediaType": "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json",
        "trustedRoot": {},
        "signingConfig": inner,
    }
    found = SigningConfig.parse(json.dumps(outer).encode(), "x")

    assert found == SigningConfig.parse(json.dumps(inner).encode(), "x")
