"""Artifacts of other tools, by command: on disk, to a registry and back, signed by two tools."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from aiverify.core.layers import LayerForm
from tests.support import cosign_keys, foreign
from tests.support.archive_files import tar_file, tar_member
from tests.support.artifacts import MODEL, Files, read_tree
from tests.support.commands import Completed
from tests.support.desk import Desk
from tests.support.gguf_files import LLAMA, ROWS, gguf_bytes
from tests.support.oci_clients import client, transport
from tests.support.registries.registry import Registry
from tests.support.registries.running import docker_registry
from tests.support.registry_stage import Shelf, hurried, registry_desk
from tests.support.signatures import key

RAW, TAR, TAR_GZIP, TAR_ZSTD = LayerForm
ENDINGS = {RAW: "", TAR: ".tar", TAR_GZIP: ".tar.gz", TAR_ZSTD: ".tar.zst"}

GGUF: Files = {"model.gguf": gguf_bytes(LLAMA, ROWS), "LICENSE": b"MIT\n"}
"""What Docker leaves without names; these are the ones that it gives by type."""

STANDARD = {"N": 65536, "r": 8, "p": 1}
"""The only scrypt parameters that cosign takes."""

_numbers = count()


@dataclass(frozen=True)
class Made:
    """An artifact of another tool: how it is made, who did, and what is in it.

    `shown` are patterns of the names under which the layers are listed before they are unpacked.
    """

    id: str
    make: Callable[[Path], Path]
    maker: str
    shown: Sequence[str]
    files: Files = field(default_factory=lambda: MODEL)

    @property
    def has_archives(self) -> bool:
        """Whether files lie in archives."""
        return any(".tar" in name for name in self.shown)


def modelpack(form: LayerForm) -> Made:
    return Made(
        f"ModelPack, {form}",
        lambda root: foreign.modelpack(root, MODEL, form),
        "ModelPack",
        [name + ENDINGS[form] for name in MODEL],
    )


def modelkit(form: LayerForm) -> Made:
    tops = dict.fromkeys(name.partition("/")[0] for name in MODEL)
    return Made(
        f"KitOps, {form}",
        lambda root: foreign.modelkit(root, MODEL, form),
        "KitOps ModelKit",
        [name + ENDINGS[form] for name in tops],
    )


PLAIN = [name for name in MODEL if "/" not in name]

MADE = (
    *(modelpack(form) for form in LayerForm),
    *(modelkit(form) for form in (TAR, TAR_GZIP, TAR_ZSTD)),
    Made("Docker", lambda root: foreign.docker_model(root, GGUF), "Docker model", [*GGUF], GGUF),
    Made(
        "Docker, named",
        lambda root: foreign.docker_model(root, MODEL, named=True),
        "Docker model",
        [*PLAIN, f"{'?' * 64}.tar"],
    ),
    Made(
        "ORAS",
        lambda root: foreign.oras_artifact(root, MODEL),
        "OCI artifact",
        [*PLAIN, "onnx.tar.gz"],
    ),
)

every = pytest.mark.parametrize("made", MADE, ids=[made.id for made in MADE])

FEW = [made for made in MADE if made.id in ("ModelPack, raw", "KitOps, tar+gzip", "Docker", "ORAS")]

few = pytest.mark.parametrize("made", FEW, ids=lambda made: made.id)

packed = pytest.mark.parametrize(
    "made", [made for made in MADE if made.has_archives], ids=lambda made: made.id
)


@pytest.fixture(autouse=True)
def _hurried() -> Iterator[None]:
    with hurried():
        yield


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry without the referrers API."""
    with docker_registry(tmp_path_factory.mktemp("registry")) as running:
        yield running


@pytest.fixture
def desk(tmp_path: Path, registry: Registry) -> Desk:
    return registry_desk(tmp_path, registry.config)


@pytest.fixture
def shelf(registry: Registry) -> Shelf:
    """A repository that nobody has used: what is attached stays where it is."""
    return Shelf(registry.host, f"test{next(_numbers)}/model:latest")


def digest_of(layout: Path) -> str:
    digest: str = json.loads((layout / "index.json").read_bytes())["manifests"][0]["digest"]
    return digest


def names_in(report: dict[str, Any]) -> list[str]:
    return sorted(report["files"])


def assert_named(names: Sequence[str], patterns: Sequence[str]) -> None:
    """Each name is what one pattern says, and no other is there."""
    assert len(names) == len(patterns), names
    for pattern in patterns:
        assert any(fnmatchcase(name, pattern) for name in names), (pattern, names)


def files_of(root: Path) -> dict[str, bytes]:
    """What was written out, without the signature that `pull` and `unpack` lay beside it."""
    found = {name: data for name, (data, _) in read_tree(root).items()}
    found.pop("model.sig", None)
    return found


def assert_denied(desk: Desk, shelf: Shelf, words: str, told: str) -> None:
    """Neither command lets it in, and `pull` leaves nothing, not even a folder of its own."""
    before = sorted(desk.place.iterdir())
    assert told in desk.denies(f"{shelf} {words}").told
    done = desk.call(f"pull {shelf} {words} -o out")
    assert done.exit_code == 10, done
    assert sorted(desk.place.iterdir()) == before


@cache
def for_cosign(owner: str) -> bytes:
    """Somebody's private key in the form that cosign takes."""
    document = cosign_keys.document(cosign_keys.pkcs8(key("p256", owner)), b"", STANDARD)
    return cosign_keys.wrapped(document)


def cosign(desk: Desk, registry: Registry, *words: str | Path) -> Completed:
    """Run cosign, which has to succeed."""
    command, *rest = words
    flags = transport("cosign", registry)
    done = client("cosign", command, *flags, *rest, at=registry, cwd=desk.place)
    assert done.exit_code == 0, done.err
    return done


def cosign_signs(desk: Desk, registry: Registry, shelf: Shelf, digest: str, owner: str) -> None:
    """`cosign sign` by somebody's key, in the form that it writes where nobody says otherwise."""
    desk.key(owner)
    (desk / f"{owner}.cosign.key").write_bytes(for_cosign(owner))
    no_log = ("--use-signing-config=false", "--tlog-upload=false")
    ref = shelf.at(f"@{digest}").ref
    cosign(desk, registry, "sign", "--yes", "--key", f"{owner}.cosign.key", *no_log, ref)


# On disk.


@every
def test_a_layout_on_disk_is_inspected_by_maker_and_layers(made: Made, desk: Desk) -> None:
    made.make(desk / "layout")

    report = json.loads(desk.do("inspect layout --format json"))

    assert_named(names_in(report), made.shown)
    assert f"packed as {made.maker}" in " ".join(desk.do("inspect layout").split())


@every
def test_a_layout_on_disk_is_unpacked_byte_for_byte(made: Made, desk: Desk) -> None:
    made.make(desk / "layout")

    desk.do("unpack layout -o out")

    assert files_of(desk / "out") == made.files


@every
def test_a_layout_on_disk_is_signed_and_verified(made: Made, desk: Desk) -> None:
    made.make(desk / "layout")
    desk.key("release")
    desk.key("stranger")
    assert "has no signature" in desk.denies("layout --key release.pub").told

    desk.do("sign layout --key release.key")

    desk.allows("layout --key release.pub")
    desk.denies("layout --key stranger.pub")


@packed
def test_what_was_signed_packed_and_comes_out_is_no_broken_signature(
    made: Made, desk: Desk
) -> None:
    """The signature speaks of archives. Beside the files that were in them it would be untrue."""
    made.make(desk / "layout")
    desk.key("release")
    desk.do("sign layout --key release.key")

    desk.do("unpack layout -o out")

    assert files_of(desk / "out") == made.files
    assert not (desk / "out/model.sig").exists()


# To the registry and back.


@every
def test_what_aiverify_pushes_oras_finds_as_it_was(
    made: Made, desk: Desk, registry: Registry, shelf: Shelf
) -> None:
    layout = made.make(desk / "layout")

    desk.do(f"push layout {shelf}")

    flags = transport("oras", registry, "from-")
    words = ("copy", *flags, "--no-tty", "--to-oci-layout", shelf.ref, "back:latest")
    done = client("oras", *words, at=registry, cwd=desk.place)
    assert done.exit_code == 0, done.err
    assert digest_of(desk / "back") == digest_of(layout)
    assert read_tree(desk / "back/blobs").keys() == read_tree(layout / "blobs").keys()


@every
def test_what_oras_pushed_is_inspected_and_pulled_byte_for_byte(
    made: Made, desk: Desk, registry: Registry, shelf: Shelf
) -> None:
    layout = made.make(desk / "layout")
    flags = transport("oras", registry, "to-")
    words = ("copy", *flags, "--no-tty", "--from-oci-layout", f"{layout}:latest", shelf.ref)
    done = client("oras", *words, at=registry, cwd=desk.place)
    assert done.exit_code == 0, done.err

    report = json.loads(desk.do(f"inspect {shelf} --format json"))
    said = " ".join(desk.do(f"inspect {shelf}").split())
    told = desk.do(f"pull {shelf} --unverified -o out")

    assert_named(names_in(report), made.shown)
    assert f"packed as {made.maker}" in said
    assert digest_of(layout) in told
    assert files_of(desk / "out") == made.files
    assert {mode for _, mode in read_tree(desk / "out").values()} == {0o644}


@few
def test_as_a_bundle_it_stays_packed(made: Made, desk: Desk, shelf: Shelf) -> None:
    layout = made.make(desk / "layout")
    desk.do(f"push layout {shelf}")

    desk.do(f"pull {shelf} --unverified -o out.tar")
    desk.do(f"pull {shelf} --unverified --layout -o again")
    desk.do("unpack out.tar -o out")

    assert digest_of(desk / "again") == digest_of(layout)
    assert read_tree(desk / "again/blobs").keys() == read_tree(layout / "blobs").keys()
    assert files_of(desk / "out") == made.files


@few
def test_a_signature_of_cosign_lets_it_in(
    made: Made, desk: Desk, registry: Registry, shelf: Shelf
) -> None:
    digest = digest_of(made.make(desk / "layout"))
    desk.key("release")
    desk.key("stranger")
    desk.do(f"push layout {shelf}")
    assert_denied(desk, shelf, "--key release.pub", "has no signature")

    cosign_signs(desk, registry, shelf, digest, "release")

    judged = desk.allows(f"{shelf} --key release.pub")
    assert len(judged.signatures) == 1
    desk.do(f"pull {shelf} --key release.pub -o model")
    assert files_of(desk / "model") == made.files
    assert_denied(desk, shelf, "--key stranger.pub", "does not count")


@every
def test_a_signature_of_aiverify_lets_it_in(made: Made, desk: Desk, shelf: Shelf) -> None:
    made.make(desk / "layout")
    desk.key("release")
    desk.key("stranger")
    desk.do(f"push layout {shelf}")

    desk.do(f"sign {shelf} --key release.key")

    judged = desk.allows(f"{shelf} --key release.pub")
    assert {item["signer"] for item in judged.signatures} == {"release.pub"}
    assert_denied(desk, shelf, "--key stranger.pub", "does not count")
    desk.do(f"pull {shelf} --key release.pub -o model")
    assert files_of(desk / "model") == made.files


@every
def test_what_was_signed_on_disk_is_signed_in_the_registry(
    made: Made, desk: Desk, shelf: Shelf
) -> None:
    made.make(desk / "layout")
    desk.key("release")
    desk.do("sign layout --key release.key")

    desk.do(f"push layout {shelf}")

    desk.allows(f"{shelf} --key release.pub")
    desk.do(f"pull {shelf} --key release.pub -o model")
    assert files_of(desk / "model") == made.files


def test_a_file_that_is_pulled_may_be_executed_only_where_its_archive_says_so(
    desk: Desk, shelf: Shelf
) -> None:
    archive = foreign.tar({"run.sh": b"#!", "data": b"x"}, executable=["run.sh"])
    of_archives(desk / "layout", archive)
    desk.do(f"push layout {shelf}")

    desk.do(f"pull {shelf} --unverified -o out")

    assert {name: mode for name, (_, mode) in read_tree(desk / "out").items()} == {
        "README.md": 0o644,
        "run.sh": 0o755,
        "data": 0o644,
    }


# What is against it.


def of_archives(root: Path, *archives: bytes, form: LayerForm = TAR) -> Path:
    """A ModelPack of a plain file and some archives."""
    layout = foreign.Layout(root)
    kind = "application/vnd.cncf.model.weight.config.v1"
    layers = [layout.blob(f"{kind}.raw", b"# Card\n", {foreign.FILEPATH: "README.md"})]
    layers += [
        layout.blob(f"{kind}.{form}", foreign.packed(archive, form), {foreign.FILEPATH: f"a{at}"})
        for at, archive in enumerate(archives)
    ]
    config = layout.json("application/vnd.cncf.model.config.v1+json", {})
    return layout.finish(config, layers, "application/vnd.cncf.model.manifest.v1+json")


HOSTILE = {
    "leads out": tar_member("../evil", b"x"),
    "leads out from within": tar_member("a/../../evil", b"x"),
    "is absolute": tar_member("/evil", b"x"),
    "is a link": tar_member("evil", kind=b"2", link="/etc/passwd"),
    "is a hard link": tar_member("evil", kind=b"1", link="README.md"),
    "is a device": tar_member("evil", kind=b"3"),
    "is a pipe": tar_member("evil", kind=b"6"),
    "is there twice": tar_member("evil", b"x") + tar_member("evil", b"y"),
    "collides": tar_member("evil", b"x") + tar_member("EVIL", b"y"),
    "is a file beside it": tar_member("README.md", b"x"),
    "collides with a file beside it": tar_member("readme.MD", b"x"),
    "lies below a file beside it": tar_member("README.md/evil", b"x"),
    "is for git": tar_member(".git/config", b"x"),
    "says more than there is": tar_member("evil", b"x", size_field=b"77777777777\0"),
}


FORMS = (TAR, TAR_GZIP, TAR_ZSTD)

hostile = pytest.mark.parametrize(
    ("member", "form"),
    [(member, FORMS[at % 3]) for at, member in enumerate(HOSTILE.values())],
    ids=HOSTILE,
)


@hostile
def test_an_archive_with_a_hostile_member_is_refused_and_nothing_appears(
    member: bytes, form: LayerForm, desk: Desk, shelf: Shelf
) -> None:
    """Nor does what comes before it, however good; it is not kept for a later run either."""
    archive = tar_file(tar_member("good", b"good"), member)
    of_archives(desk / "layout", archive, form=form)
    desk.do(f"push layout {shelf}")
    (desk / "in").mkdir()

    for words in (
        "unpack layout -o in/out",
        f"pull {shelf} --unverified -o in/out",
        f"pull {shelf} --unverified -o in/out.tar",
        f"pull {shelf} --unverified --layout -o in/out",
    ):
        refused(desk, words)
    assert not [*desk.place.rglob("evil"), *desk.place.rglob("good")]


@hostile
def test_nor_does_it_where_somebody_trusted_signed_it(
    member: bytes, form: LayerForm, desk: Desk, shelf: Shelf
) -> None:
    archive = tar_file(tar_member("good", b"good"), member)
    of_archives(desk / "layout", archive, form=form)
    desk.key("release")
    desk.do(f"push layout {shelf}")
    desk.do(f"sign {shelf} --key release.key")
    (desk / "in").mkdir()

    refused(desk, f"pull {shelf} --key release.pub -o in/out")


def refused(desk: Desk, words: str) -> None:
    """A command that is to write into `in` says in one sentence why it does not."""
    done = desk.call(words)
    assert (done.exit_code, done.out) == (3, ""), (words, done)
    assert done.err.startswith("error: "), done.err
    assert not visible(desk / "in"), words


def visible(folder: Path) -> list[Path]:
    """What is there under a name, beside the folder in which a run is gone on with."""
    return [path for path in folder.iterdir() if not path.name.startswith(".")]


@pytest.mark.parametrize("form", [TAR_GZIP, TAR_ZSTD])
def test_an_archive_that_comes_to_a_multiple_of_its_size_is_refused(
    form: LayerForm, desk: Desk, shelf: Shelf
) -> None:
    header = tar_member("zeros", size_field=b"%011o\0" % (1100 << 20))
    one = foreign.packed(header, form)
    bomb = one + foreign.packed(bytes(100 << 20), form) * 11
    layout = foreign.Layout(desk / "layout")
    kind = f"application/vnd.cncf.model.weight.v1.{form}"
    layers = [layout.blob(kind, bomb, {foreign.FILEPATH: "zeros"})]
    config = layout.json("application/vnd.cncf.model.config.v1+json", {})
    layout.finish(config, layers, "application/vnd.cncf.model.manifest.v1+json")
    desk.do(f"push layout {shelf}")
    (desk / "in").mkdir()

    done = desk.call(f"pull {shelf} --unverified -o in/out")

    assert done.exit_code == 3, done
    assert not visible(desk / "in")


def test_a_container_image_is_no_model(desk: Desk, shelf: Shelf) -> None:
    layout = foreign.Layout(desk / "layout")
    blob = foreign.packed(foreign.tar({"bin/sh": b"x"}), TAR_GZIP)
    layers = [layout.blob(f"{foreign.OCI_TAR}+gzip", blob)]
    layout.finish(layout.json("application/vnd.oci.image.config.v1+json", {}), layers)

    for words in ("inspect layout", f"inspect {shelf}", f"pull {shelf} --unverified -o out"):
        if words.endswith("out"):
            assert not (desk / "out").exists()
        elif str(shelf) in words:
            desk.do(f"push layout {shelf}")
        done = desk.call(words)
        assert done.exit_code == 3, done
        assert "of which nobody here knows what it is" in done.err


@few
def test_a_signature_of_another_artifact_does_not_count_wherever_it_is_attached(
    made: Made, desk: Desk, registry: Registry, shelf: Shelf
) -> None:
    """Both are signed by somebody trusted: cosign signs the one, and it is attached to the other.

    The attaching manifest names the other as its subject. What was signed names the first.
    """
    made.make(desk / "layout")
    of_archives(desk / "other")
    desk.do(f"push layout {shelf}")
    desk.do(f"push other {shelf.at(':other')}")
    cosign_signs(desk, registry, shelf, digest_of(desk / "other"), "release")
    desk.allows(f"{shelf.at(':other')} --key release.pub")
    desk.do(f"pull {shelf.at(':other')} --key release.pub --layout -o pulled")
    bundle = signature_in(desk / "pulled")
    shutil.copy2(bundle, desk / "moved.json")

    kind = "application/vnd.dev.sigstore.bundle.v0.3+json"
    flags = (*transport("oras", registry), "--no-tty", "--artifact-type", kind)
    said = ("--annotation", "dev.sigstore.bundle.content=dsse-envelope")
    words = ("attach", *flags, *said, shelf.ref, f"moved.json:{kind}")
    done = client("oras", *words, at=registry, cwd=desk.place)
    assert done.exit_code == 0, done.err

    assert_denied(desk, shelf, "--key release.pub", "it signs another OCI manifest")


def signature_in(layout: Path) -> Path:
    """The one Sigstore bundle in a layout."""
    [found] = [
        path
        for path in (layout / "blobs/sha256").iterdir()
        if b'"dsseEnvelope"' in path.read_bytes()
    ]
    return found


@pytest.mark.parametrize("files", [1, 2], ids=["no signature", "two layers"])
def test_what_anybody_attached_keeps_nobody_from_pulling(
    files: int, desk: Desk, registry: Registry, shelf: Shelf
) -> None:
    """Whoever may write to a repository may attach what calls itself a signature and is none."""
    foreign.modelpack(desk / "layout", MODEL, RAW)
    desk.key("release")
    desk.do("sign layout --key release.key")
    desk.do(f"push layout {shelf}")
    for name in ("a.txt", "b.txt"):
        (desk / name).write_text(name)
    kind = "application/vnd.dev.sigstore.bundle.v0.3+json"
    flags = (*transport("oras", registry), "--no-tty", "--artifact-type", kind)
    words = ("attach", *flags, shelf.ref, *("a.txt", "b.txt")[:files])
    done = client("oras", *words, at=registry, cwd=desk.place)
    assert done.exit_code == 0, done.err

    assert "AIV-SIGNATURE-BAD" in desk.allows(f"{shelf} --key release.pub").rules
    desk.do(f"pull {shelf} --key release.pub -o out")
    desk.do(f"pull {shelf} --unverified -o again")
    assert files_of(desk / "out") == files_of(desk / "again") == MODEL


def test_a_referrer_that_is_listed_and_gone_keeps_nobody_from_pulling(
    desk: Desk, registry: Registry, shelf: Shelf
) -> None:
    """A registry without the API keeps on listing what somebody deleted."""
    foreign.modelpack(desk / "layout", MODEL, RAW)
    desk.key("release")
    desk.do("sign layout --key release.key")
    desk.do(f"push layout {shelf}")
    (desk / "note.txt").write_text("note")
    flags = (*transport("oras", registry), "--no-tty", "--format", "json")
    words = ("attach", *flags, "--artifact-type", "application/vnd.acme.note", shelf.ref)
    done = client("oras", *words, "note.txt", at=registry, cwd=desk.place)
    assert done.exit_code == 0, done.err
    gone = shelf.at(f"@{json.loads(done.out)['digest']}").ref
    flags = tuple(transport("crane", registry))
    assert client("crane", "delete", *flags, gone, at=registry, cwd=desk.place).exit_code == 0

    desk.allows(f"{shelf} --key release.pub")
    desk.do(f"pull {shelf} --key release.pub -o out")
    desk.do(f"copy {shelf} {shelf.at(f'{shelf.repository}/copy:1').ref}")
    assert files_of(desk / "out") == MODEL
