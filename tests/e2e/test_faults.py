"""What goes wrong with the real services: each fault has its exit code and its sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.artifacts import MODEL, write_tree
from tests.support.commands import Completed, assert_refused, call
from tests.support.services.issuer import Issuer
from tests.support.services.real import RealSigstore
from tests.support.services.server import Server

pytestmark = pytest.mark.e2e

ALICE = "alice@example.com"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_tree(tmp_path / "model", MODEL)
    assert call("keys", "generate", "-o", "release", cwd=tmp_path).exit_code == 0
    return tmp_path


@contextmanager
def stopped(service: Server) -> Iterator[None]:
    service.stop()
    try:
        yield
    finally:
        service.start()


def by_identity(
    sigstore: RealSigstore, place: Path, *words: str | Path, token: str = ""
) -> Completed:
    token = token or sigstore.token(ALICE)
    config = ("--trust-config", sigstore.trust_config_path)
    return call("sign", "model", "--identity-token", token, *config, *words, cwd=place)


def by_key(sigstore: RealSigstore, place: Path, *words: str) -> Completed:
    config = ("--trust-config", sigstore.trust_config_path)
    return call("sign", "model", "--key", "release.key", *words, *config, cwd=place)


def verify(sigstore: RealSigstore, place: Path, identity: str, issuer: str) -> Completed:
    who = ("--identity", identity, "--issuer", issuer)
    config = ("--trust-config", sigstore.trust_config_path)
    return call("verify", "model", *who, *config, cwd=place)


@pytest.mark.parametrize("name", ["rekor", "timestamps", "fulcio"])
def test_a_service_that_is_down_leaves_it_undecided_and_nothing_signed(
    real_sigstore: RealSigstore, place: Path, name: str
) -> None:
    service: Server = getattr(real_sigstore, name)
    with stopped(service):
        done = by_identity(real_sigstore, place)

    assert_refused(done, 11, "out of reach", service.url.rpartition(":")[2])
    assert not (place / "model/model.sig").exists()
    assert by_identity(real_sigstore, place).exit_code == 0


@pytest.mark.parametrize(
    ("name", "words"), [("rekor", ("--log",)), ("timestamps", ("--timestamp", "--log"))]
)
def test_a_key_signs_nothing_without_the_witness_that_was_asked_for(
    real_sigstore: RealSigstore, place: Path, name: str, words: tuple[str, ...]
) -> None:
    with stopped(getattr(real_sigstore, name)):
        done = by_key(real_sigstore, place, *words)

    assert_refused(done, 11, "out of reach")
    assert not (place / "model/model.sig").exists()
    assert by_key(real_sigstore, place, *words).exit_code == 0


def test_verifying_needs_no_service(real_sigstore: RealSigstore, place: Path) -> None:
    assert by_identity(real_sigstore, place).exit_code == 0

    with (
        stopped(real_sigstore.rekor),
        stopped(real_sigstore.timestamps),
        stopped(real_sigstore.fulcio),
    ):
        done = verify(real_sigstore, place, ALICE, real_sigstore.issuer.url)

    assert done.exit_code == 0, done.out + done.err


def test_another_identity_and_another_issuer_are_refused(
    real_sigstore: RealSigstore, place: Path
) -> None:
    assert by_identity(real_sigstore, place).exit_code == 0
    issuer = real_sigstore.issuer.url

    for who, whose in (
        ("bob@example.com", issuer),
        (ALICE.upper(), issuer),
        (ALICE, real_sigstore.issuer.workflows_url),
    ):
        done = verify(real_sigstore, place, who, whose)
        assert done.exit_code == 10, done.out + done.err
        assert "whom trust does not name" in " ".join(done.out.split())


def test_a_workflow_is_known_by_its_file_in_its_repository(
    real_sigstore: RealSigstore, place: Path
) -> None:
    token = real_sigstore.issuer.workflow_token("acme/model", ".github/workflows/release.yml")
    assert by_identity(real_sigstore, place, token=token).exit_code == 0

    def with_pattern(pattern: str) -> int:
        who = ("--identity-pattern", pattern, "--issuer", real_sigstore.issuer.workflows_url)
        config = ("--trust-config", real_sigstore.trust_config_path)
        return call("verify", "model", *who, *config, cwd=place).exit_code

    repository = "https://github.com/acme/model"
    assert with_pattern(f"{repository}/.github/workflows/*@refs/heads/main") == 0
    assert with_pattern(f"{repository}/**") == 0
    for other in (repository, f"{repository}/*", "https://github.com/acme-evil/**"):
        assert with_pattern(other) == 10


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"lifetime": -60}, "the identity token has expired"),
        ({"audience": "elsewhere"}, "made out to somebody else"),
    ],
)
def test_a_token_that_cannot_be_used_signs_nothing(
    real_sigstore: RealSigstore, place: Path, words: dict[str, int | str], told: str
) -> None:
    token = real_sigstore.token(ALICE, **words)  # type: ignore[arg-type]

    assert_refused(by_identity(real_sigstore, place, token=token), 2, told)
    assert not (place / "model/model.sig").exists()


def test_a_token_of_a_stranger_gets_no_certificate(
    real_sigstore: RealSigstore, place: Path
) -> None:
    """Signed by an issuer's name and another key: only Fulcio can tell."""
    with Issuer() as stranger:
        stranger.url = real_sigstore.issuer.url
        token = stranger.token(ALICE)

    done = by_identity(real_sigstore, place, token=token)

    assert_refused(done, 10, "refuses")
    assert not (place / "model/model.sig").exists()


def test_an_instance_that_is_not_trusted_vouches_for_nobody(
    real_sigstore: RealSigstore, place: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Another one's keys, of the same names."""
    assert by_identity(real_sigstore, place).exit_code == 0
    other = RealSigstore(tmp_path_factory.mktemp("other"))
    with other.issuer:  # whose port is taken from the start
        config = ("--trust-config", other.trust_config_path)

    who = ("--identity", ALICE, "--issuer", real_sigstore.issuer.url)
    done = call("verify", "model", *who, *config, cwd=place)

    assert done.exit_code == 10, done.out + done.err
