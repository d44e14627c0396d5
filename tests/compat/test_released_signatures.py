"""What released tools signed is accepted for ever, and what they should not have is refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import yaml

from aiverify.errors import AiverifyError, UnsafeNameError
from aiverify.files.progress import Silent
from aiverify.operations.sign import SignRequest, sign_target
from aiverify.operations.verify import VerifyRequest, Whom, context_for, verify_target
from aiverify.signing import oms
from aiverify.signing.authenticate import Authentic, authenticate
from aiverify.signing.signatories import KeySignatory
from aiverify.signing.statement import Statement
from aiverify.verify.target import read_signature
from tests.support.released import CORPUS, SIGNATURES, Released, flipped, lay_tree
from tests.support.signatures import key


def each(*, but: Callable[[Released], bool] = lambda _: False) -> pytest.MarkDecorator:
    """Run a test for every signature but some."""
    chosen = [item for item in SIGNATURES if not but(item)]
    return pytest.mark.parametrize("released", chosen, ids=[item.name for item in chosen])


each_accepted = each(but=lambda item: not item.accepted)


@dataclass(frozen=True, slots=True)
class Place:
    """A copy of what a signature is about, and the key that signs beside attestations."""

    target: Path
    own_public: Path
    own_signature: Path

    def sign_again(self) -> None:
        """Sign what lies there now: an attestation needs a signature that holds."""
        self.own_signature.unlink(missing_ok=True)
        request = SignRequest(self.target, self.own_signature, allow_symlinks=True)
        sign_target(request, KeySignatory(key()), Silent())

    def request(
        self, released: Released, signature: Path | None = None, whom: Whom | None = None
    ) -> VerifyRequest:
        """How it is verified, by the signer whom the index names unless another is trusted."""
        says, path = released.says, signature or released.path
        whom = whom or signer_of(released)
        config = says["root"] if says["method"] == "sigstore" else says.get("sigstore")
        asked = VerifyRequest(self.target, whom, trust_config=CORPUS / config if config else None)
        if not released.attests:
            return replace(asked, signatures=(path,))
        return replace(
            asked,
            whom=replace(whom, keys=(*whom.keys, str(self.own_public))),
            signatures=(self.own_signature,),
            attestations=(path,),
            attested=(says["predicate_type"],),
        )


@pytest.fixture
def place(released: Released, tmp_path: Path) -> Place:
    where = released.says["target"]
    if "tree" in where:
        target = lay_tree(where["tree"], tmp_path / "trees" / where["tree"])
    else:
        source = CORPUS / (where.get("model") or where["file"])
        copy = shutil.copytree if source.is_dir() else shutil.copy2
        target = Path(copy(source, tmp_path / source.name))
    public = tmp_path / "own.pub"
    public.write_text(key().public.pem)
    found = Place(target, public, tmp_path / "own.sigstore.json")
    if released.attests:
        found.sign_again()
    return found


def signer_of(released: Released) -> Whom:
    """Who signed, in the words of a command line."""
    says = released.says
    if says["method"] == "key":
        return Whom(keys=(str(CORPUS / says["key"]),))
    if says["method"] == "certificate":
        return Whom(roots=(CORPUS / says["root"],))
    return Whom(identity=says["identity"], issuer=says["issuer"])


def others_than(released: Released) -> list[Whom]:
    """Everybody else: all the other keys, another root, another identity, another issuer."""
    says, right = released.says, signer_of(released)
    if says["method"] == "key":
        pem = (CORPUS / says["key"]).read_text()
        keys = (path for path in (CORPUS / "keys").glob("*.pub") if path.read_text() != pem)
        return [Whom(keys=tuple(map(str, keys)))]
    if says["method"] == "certificate":
        return [Whom(roots=(CORPUS / "certificates/other-root.pem",))]
    return [
        replace(right, identity="bob@example.com"),
        replace(right, issuer=f"{right.issuer}/other"),
    ]


def judged(request: VerifyRequest) -> tuple[int, str]:
    """The exit code of `verify`, and every sentence that it gives for it."""
    try:
        report = verify_target(request, Silent())
    except AiverifyError as error:
        return error.exit_code, f"{error.message} {error.hint}"
    return report.exit_code, "\n".join(finding.message for finding in report.findings)


@each()
def test_a_released_signature_is_judged_as_it_deserves(released: Released, place: Place) -> None:
    code, words = judged(place.request(released))

    assert code == released.says.get("exit", 0), words
    assert released.says.get("says", "") in words


@each(but=lambda item: item.accepted or "left_out" not in item.says)
def test_files_that_nobody_says_are_left_out_are_so_on_request(
    released: Released, place: Place
) -> None:
    left_out = tuple(released.says["left_out"])

    assert judged(replace(place.request(released), ignore=left_out))[0] == 0


@each_accepted
def test_a_byte_changed_in_a_file_is_noticed(released: Released, place: Place) -> None:
    for path in signed_files(released, place):
        data = path.read_bytes()
        path.write_bytes(flipped(data))
        if released.attests:
            place.sign_again()
        code, words = judged(place.request(released))
        assert code == 10, f"{path.name}: {words}"
        path.write_bytes(data)


@each_accepted
def test_a_byte_changed_in_the_signature_is_noticed(released: Released, place: Place) -> None:
    altered = place.own_public.with_name("altered.sigstore.json")
    for what, data in released.changes():
        altered.write_bytes(data)
        code, words = judged(place.request(released, altered))
        assert code in (3, 10), f"{what}: {words}"


@each_accepted
def test_nobody_else_made_it(released: Released, place: Place) -> None:
    # Where nobody trusted allows links, one is bad input.
    refused = 3 if released.says["target"].get("tree") == "links" else 10
    for whom in others_than(released):
        code, words = judged(place.request(released, whom=whom))
        assert code == refused, words


@each(but=lambda item: "witnesses" not in item.says)
def test_trust_may_demand_the_witnesses_that_it_has(released: Released, place: Place) -> None:
    says = released.says
    by: dict[str, object] = {"keys": [str(CORPUS / says["key"])]} if "key" in says else {}
    if "key" not in says:
        by = {"certificates": [{"roots": [str(CORPUS / says["root"])]}]}
    for logged, timestamped in ((False, True), (True, False), (True, True)):
        signer = {"name": "signer", **by, "logged": logged, "timestamped": timestamped}
        profile = place.own_public.with_name("aiverify.yaml")
        whole = {
            "apiVersion": "aiverify.dev/profile/v1",
            "trust": {"signers": [signer]},
            "contents": {"unread": "warn"},
        }
        profile.write_text(yaml.safe_dump(whole))
        request = replace(place.request(released), whom=Whom(), profile=profile)
        has = "log" in says["witnesses"] or not logged

        assert (judged(request)[0] == 0) is has


def signed_files(released: Released, place: Place) -> list[Path]:
    """The files, none of them empty, that a signature speaks of."""
    if place.target.is_file():
        return [place.target]
    statement = authentic(released, place)
    names = oms.read(statement, released.name).manifest.files
    files = [place.target / name for name in sorted(names)]
    return [path for path in files if path.stat().st_size]


def authentic(released: Released, place: Place) -> Statement:
    """What the signer whom the index names says; of an attestation, what is said beside it."""
    context = context_for(place.request(released), Silent())
    read = read_signature(place.own_signature if released.attests else released.path)
    found = authenticate(read.file, context.trust, read.source, context.ground)
    assert isinstance(found, Authentic), found
    assert isinstance(found.says, Statement)
    return found.says


UNSAFE_NAMES = ("key-quotes", "key-shards-colon")


@each(but=lambda item: not any(name in item.name for name in UNSAFE_NAMES))
def test_names_that_are_refused_are_so_for_what_they_are(released: Released, place: Place) -> None:
    """The signatures hold: 0.2.0 wrote the names as Python does, 0.3 and later between colons."""
    statement = authentic(released, place)

    with pytest.raises(UnsafeNameError, match="plain relative path"):
        oms.read(statement, released.name)


def test_every_signature_is_in_the_index_and_nothing_else() -> None:
    lying = {
        path.relative_to(CORPUS).as_posix()
        for folder in CORPUS.glob("*-*.*.*")
        for path in folder.iterdir()
    }
    beside = {"aiverify-0.1.0/model.cdx.json", "aiverify-0.1.0/trust-config.json"}

    assert lying - beside == {item.name for item in SIGNATURES}
    assert len({item.name for item in SIGNATURES}) == len(SIGNATURES)
