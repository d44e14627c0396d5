"""Whatever tree is packed comes back, and whatever an archive's bytes are, nothing else happens."""

from __future__ import annotations

import gzip
import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.core import names
from aiverify.core.digest import Digest
from aiverify.core.layers import Compression
from aiverify.errors import AiverifyError, InputError, OutputError
from aiverify.files.archive.budget import Budget
from aiverify.files.archive.extract import UnpackedLayer, unpack_layer
from aiverify.files.extent import Extent
from aiverify.files.progress import Silent
from aiverify.files.tar import BLOCK, END
from tests.support import foreign

BUDGET = 8 << 20
LIMITS = settings(deadline=None, max_examples=150)

letters = st.characters(exclude_characters="/\\\0:", exclude_categories=["Cs"])
parts = st.text(letters, min_size=1, max_size=40).filter(
    lambda part: (
        part not in (".", "..")
        and len(part.encode()) <= 255
        and not part.startswith((".wh.", ".git"))
    )
)
paths = st.lists(parts, min_size=1, max_size=6).map("/".join)
contents = st.binary(max_size=40) | st.sampled_from([bytes(BLOCK), b"x" * 511, b"x" * 5000])


def is_safe(found: dict[str, bytes]) -> bool:
    try:
        names.check_all(names.check(name) for name in found)
    except AiverifyError:
        return False
    return True


files = st.dictionaries(paths, contents, max_size=6).filter(is_safe)
forms = st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
packings = st.sampled_from(Compression)


def written(
    found: dict[str, bytes], form: int, folders: bool = False, dotted: bool = False
) -> bytes:
    """An archive as Python's own tarfile writes it, with entries of folders if they are wanted."""
    buffer = io.BytesIO()
    start = "./" if dotted else ""
    above = {str(parent) for name in found for parent in Path(name).parents} - {"."}
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name in sorted(above) if folders else ():
            info = tarfile.TarInfo(start + name)
            info.type = tarfile.DIRTYPE
            archive.addfile(info)
        for name, content in found.items():
            info = tarfile.TarInfo(start + name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def packed(data: bytes, packing: Compression) -> bytes:
    if packing is Compression.GZIP:
        return gzip.compress(data, compresslevel=1)
    return foreign.zstd(data) if packing is Compression.ZSTD else data


@contextmanager
def place() -> Iterator[Path]:
    """A directory for a blob and what is unpacked from it, with neighbours to hit."""
    with TemporaryDirectory() as folder:
        root = Path(folder) / "above/root"
        root.mkdir(parents=True)
        (Path(folder) / "victim").write_bytes(b"untouched")
        yield root


def found_below(root: Path) -> dict[str, bytes]:
    found = {}
    for folder, _, files_there in os.walk(root):
        for name in files_there:
            path = Path(folder) / name
            found[path.relative_to(root).as_posix()] = path.read_bytes()
    return found


def attempt(data: bytes, packing: Compression) -> tuple[UnpackedLayer | None, dict[str, bytes]]:
    """Unpack any bytes, held to what must be true of it: other errors than ours come out."""
    with place() as root:
        blob = root.parent.parent / "blob"
        blob.write_bytes(data)
        layer = refusal = None
        try:
            layer = unpack_layer(
                Extent.of_file(blob), packing, root, budget=Budget(BUDGET), progress=Silent()
            )
        except (InputError, OutputError) as error:
            refusal = error
        assert refusal is None or refusal.message.isprintable()
        outside = {path.name for path in root.parent.parent.iterdir()}
        assert outside == {"above", "blob", "victim"}
        assert [path.name for path in root.parent.iterdir()] == ["root"]
        assert (root.parent.parent / "victim").read_bytes() == b"untouched"
        assert not any(path.is_symlink() for path in root.rglob("*"))
        found = found_below(root)
    assert sum(map(len, found.values())) <= BUDGET
    if layer:
        told = {file.name: (file.digest, file.size) for file in layer.files}
        assert told == {name: (Digest.of(content), len(content)) for name, content in found.items()}
        assert is_safe(found)
    return layer, found


@LIMITS
@given(files, forms, packings, st.booleans(), st.booleans())
def test_a_tree_that_python_packs_comes_back(
    tree: dict[str, bytes], form: int, packing: Compression, folders: bool, dotted: bool
) -> None:
    try:
        archive = written(tree, form, folders, dotted)
    except ValueError:  # a name that is too long for plain POSIX
        return
    layer, found = attempt(packed(archive, packing), packing)
    assert layer is not None
    assert found == tree
    assert [file.name for file in layer.files] == list(tree)
    assert layer.diff_id == Digest.of(archive)


archives = st.builds(
    written,
    st.dictionaries(
        st.sampled_from(["a", "d/b", "d/\u00e9" * 20, "x" * 120]), contents, max_size=4
    ),
    st.sampled_from([tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]),
    st.booleans(),
)


@settings(LIMITS, max_examples=300)
@given(st.data(), archives, packings)
def test_changed_bytes_stay_inside_or_are_refused(
    data: st.DataObject, archive: bytes, packing: Compression
) -> None:
    changed = bytearray(packed(archive, packing))
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    attempt(bytes(changed), packing)


@LIMITS
@given(st.data(), archives, packings)
def test_a_cut_archive_is_refused_or_lacks_only_padding(
    data: st.DataObject, archive: bytes, packing: Compression
) -> None:
    whole = packed(archive, packing)
    _, wanted = attempt(whole, packing)
    layer, found = attempt(whole[: data.draw(st.integers(0, len(whole) - 1))], packing)
    assert layer is None or found == wanted


@settings(LIMITS, max_examples=300)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([b"0", b"1", b"2", b"5", b"L", b"x", b"g", b"\0", b"K", b"S"]),
            st.sampled_from(
                [b"a", b"../a", b"/a", b"a/b", b"a/", b"A", b"", b"..", b".", b"a\\b", b"\xff"]
            )
            | st.binary(max_size=100),
            st.integers(0, 3 * BLOCK).map(lambda size: b"%011o" % size) | st.binary(max_size=12),
            st.sampled_from(
                [
                    b"",
                    b"10 path=a\n",
                    b"13 path=../a\n",
                    b"11 path=/a\n",
                    b"11 size=12\n",
                    b"20 GNU.sparse.map=1\n",
                    b"../../victim\0",
                ]
            )
            | st.binary(max_size=BLOCK),
        ),
        max_size=5,
    )
)
def test_headers_with_true_checksums_may_lie_about_all_else(
    members: list[tuple[bytes, bytes, bytes, bytes]],
) -> None:
    whole = b""
    for kind, name, size, body in members:
        block = bytearray(BLOCK)
        fields = {0: name, 124: size, 148: b" " * 8, 156: kind, 257: b"ustar\x0000"}
        for offset, value in fields.items():
            block[offset : offset + len(value)] = value
        block[157:160] = b"../"
        block[148:156] = b"%06o\0 " % sum(block)
        whole += bytes(block) + body + bytes(-len(body) % BLOCK)
    attempt(whole + END, Compression.NONE)


@LIMITS
@given(st.binary(max_size=3 * BLOCK), packings)
def test_any_bytes_are_refused_or_hold_files(data: bytes, packing: Compression) -> None:
    attempt(data, packing)
    attempt(packed(data, packing), packing)
