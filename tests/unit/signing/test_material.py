"""Sigstore's keys and services, as a file gives them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from aiverify.errors import DeniedError, InputError, MalformedError, UndecidedError, UsageError
from aiverify.signing import material
from aiverify.signing.material import Material
from tests.support.sigstore.instance import LocalSigstore
from tests.support.sigstore.trust import Period

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def written(path: Path, value: Any) -> Path:
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    return path


@pytest.fixture
def config(sigstore: LocalSigstore, tmp_path: Path) -> Path:
    return sigstore.write_trust_config(tmp_path / "trust.json")


@pytest.fixture
def bare(sigstore: LocalSigstore, tmp_path: Path) -> Path:
    return written(tmp_path / "root.json", sigstore.trusted_root())


def test_a_configuration_holds_keys_and_services(config: Path, sigstore: LocalSigstore):
    found = material.from_file(config)
    assert [log.url for log in found.root.tlogs] == [sigstore.rekor_url, sigstore.rekor_v1.url]
    assert [service.url for service in found.services.logs(NOW)] == [sigstore.rekor_url]
    assert found.config().signing_config.get_oidc_url() == sigstore.oidc_url
    assert found.where.endswith("trust.json")


def test_a_trusted_root_holds_keys_alone(bare: Path, config: Path):
    found = material.from_file(bare)
    assert found.root == material.from_file(config).root
    for ask in (found.config, lambda: found.services):
        with pytest.raises(UsageError, match="a trusted root alone") as caught:
            ask()
        assert "client trust configuration" in caught.value.hint


@pytest.mark.parametrize(
    "value",
    ["", "{", "[]", "null", "{}", {"mediaType": "text/plain"}, '{"mediaType": 1, "mediaType": 2}'],
)
def test_what_is_neither_is_refused_by_name(tmp_path: Path, value: Any):
    with pytest.raises(MalformedError, match=r"other\.json"):
        material.from_file(written(tmp_path / "other.json", value))


CHANGES: dict[str, Callable[[dict[str, Any]], object]] = {
    "no root": lambda it: it.pop("trustedRoot"),
    "a root in words": lambda it: it.update(trustedRoot="public"),
    "another type of root": lambda it: it["trustedRoot"].update(mediaType="text/plain"),
    "an unknown member": lambda it: it["trustedRoot"].update(extra=1),
    "a log without a key": lambda it: it["trustedRoot"]["tlogs"][0].pop("publicKey"),
    "a key that is no base64": lambda it: it["trustedRoot"]["tlogs"][0]["publicKey"].update(
        rawBytes="-"
    ),
    "an authority without certificates": lambda it: it["trustedRoot"]["certificateAuthorities"][
        0
    ].pop("certChain"),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_configuration_with_a_part_that_is_none_is_refused(config: Path, case: str):
    value = json.loads(config.read_bytes())
    CHANGES[case](value)
    with pytest.raises(MalformedError, match=r"trust\.json"):
        material.from_file(written(config, value))


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match=r"nowhere\.json cannot be read"):
        material.from_file(tmp_path / "nowhere.json")
    with pytest.raises(MalformedError, match="the limit here is"):
        material.from_file(written(tmp_path / "large.json", " " * (5 << 20)))


def test_nothing_is_fetched_before_it_is_needed_and_nothing_twice():
    asked: list[str] = []

    def load() -> bytes:
        asked.append("load")
        raise UndecidedError("no network")

    lazy = Material(load, "somewhere")
    assert asked == []
    with pytest.raises(UndecidedError):
        _ = lazy.root
    assert asked == ["load"]


def authorities(found: Material, *times: datetime) -> int:
    return len(found.for_sigstore(times).get_fulcio_certs())


def test_an_authority_is_left_out_where_it_was_not_trusted_at_the_time(
    sigstore: LocalSigstore, tmp_path: Path
):
    period = Period(start=NOW - 10 * DAY, end=NOW - 5 * DAY)
    path = sigstore.write_trust_config(tmp_path / "t.json", fulcio=period)
    found = material.from_file(path)
    assert authorities(found)
    assert authorities(found, NOW - 7 * DAY)
    for times in ((NOW,), (NOW - 20 * DAY,), (NOW - 7 * DAY, NOW)):
        with pytest.raises(
            DeniedError, match="every certificate authority is revoked, or was not trusted"
        ):
            found.for_sigstore(times)


def test_of_two_authorities_the_one_of_the_time_stays(sigstore: LocalSigstore, tmp_path: Path):
    value = sigstore.trust_config()
    [present] = value["trustedRoot"]["certificateAuthorities"]
    with LocalSigstore() as other:
        root = other.trusted_root(fulcio=Period(NOW - 90 * DAY, NOW - 80 * DAY))
        [past] = root["certificateAuthorities"]
    value["trustedRoot"]["certificateAuthorities"] = [past, present]
    found = material.from_file(written(tmp_path / "t.json", value))
    assert authorities(found) == 2 * authorities(found, NOW)
    assert authorities(found, NOW - 85 * DAY) == authorities(found)
