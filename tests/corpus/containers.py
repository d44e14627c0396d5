"""Archives, packed files, pictures and tables: what hides in them, and what only looks so."""

from __future__ import annotations

import base64
import bz2
import io
import json
import tarfile
from collections.abc import Callable
from functools import partial

from aiverify.core.facts import State
from tests.corpus.sample import Label, Sample
from tests.support.archive_files import (
    ELF,
    OLD_PICKLE,
    PE,
    PICKLE,
    PLAIN_PICKLE,
    SCRIPT,
    arrow,
    encrypted_zip,
    gif,
    gz,
    jpeg,
    mar,
    moved_zip,
    parquet,
    pax,
    pax_records,
    png,
    png_chunk,
    riff,
    skops,
    skops_node,
    tar_file,
    tar_header,
    tar_member,
    zip_file,
    zip_link,
)
from tests.support.weights import safetensors_bytes

DUPLICATE, MISMATCH = "AIV-CONTAINER-DUPLICATE", "AIV-CONTAINER-MISMATCH"
NAME, LINK = "AIV-CONTAINER-NAME", "AIV-CONTAINER-LINK"
BOMB, HIDDEN = "AIV-CONTAINER-BOMB", "AIV-CONTAINER-HIDDEN"
OPAQUE, DISGUISE = "AIV-CONTAINER-OPAQUE", "AIV-CONTAINER-DISGUISE"
SCHEMA, LOADER = "AIV-CONTAINER-SCHEMA", "AIV-CONTAINER-LOADER"
ACTIVE, CODE = "AIV-CONTAINER-ACTIVE", "AIV-CONTAINER-CODE"
CALL, DANGEROUS = "AIV-PICKLE-CALL", "AIV-PICKLE-DANGEROUS"
MALFORMED = "AIV-FORMAT-MALFORMED"

UNREAD, CLEAN = State.UNREAD, State.CLEAN

WEIGHTS = safetensors_bytes({"a": ("F32", (2, 3))})
HELLO = {"readme.txt": b"hello\n"}
ZEROS = bytes(64 << 20)


def bad(
    name: str,
    technique: str,
    file: str,
    make: Callable[[], bytes],
    rule: str,
    state: State = State.FLAGGED,
) -> Sample:
    """A file that means harm."""
    return Sample(f"containers/{name}", Label.MALICIOUS, technique, file, make, rule, state)


def broken(
    name: str,
    technique: str,
    file: str,
    make: Callable[[], bytes],
    rule: str = MALFORMED,
    state: State = State.FLAGGED,
) -> Sample:
    """A file that breaks its format's rules."""
    return Sample(f"containers/{name}", Label.MALFORMED, technique, file, make, rule, state)


def good(
    name: str, technique: str, file: str, make: Callable[[], bytes], state: State = CLEAN
) -> Sample:
    """A file like those that people ship."""
    return Sample(f"containers/{name}", Label.BENIGN, technique, file, make, "", state)


def nested(data: bytes, times: int) -> bytes:
    """Archive in archive in archive."""
    for depth in range(times):
        data = zip_file({f"{depth}.zip": data})
    return data


def wrapped(times: int) -> bytes:
    """Packed again and again."""
    data = PICKLE
    for _ in range(times):
        data = gz(data)
    return data


def lying_zip(offset: int, value: bytes) -> bytes:
    """An archive whose directory was changed at an offset behind its mark."""
    data = bytearray(zip_file({"weights.bin": PLAIN_PICKLE}))
    at = data.rindex(b"PK\x01\x02") + offset
    data[at : at + len(value)] = value
    return bytes(data)


def zip_in_a_comment_chunk() -> bytes:
    """An archive within a picture, whose comment takes in the chunks behind it."""
    inner = bytearray(zip_file({"model.pkl": PICKLE}))
    inner[-2:] = (4 + 12).to_bytes(2, "little")
    return png(png_chunk(b"zIPa", bytes(inner)))


def real_tar(**members: bytes) -> bytes:
    """As Python writes it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name.replace("__", "."))
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return buffer.getvalue()


def zip_bomb() -> bytes:
    """A directory that promises 3 GB for a kilobyte."""
    data = bytearray(zip_file({"weights.bin": bytes(1000)}, packed=True))
    huge = (3 << 30).to_bytes(4, "little")
    data[22:26] = huge
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = huge
    return bytes(data)


def nested_bomb() -> bytes:
    """An archive of archives that each unpack to 16 MB."""
    inner = zip_file({"zeros": ZEROS[: 16 << 20]}, packed=True)
    return zip_file([(f"{number}.zip", inner) for number in range(2)], packed=True)


def coded(word: bytes, shift: int) -> bytes:
    """A schema in base 64, in which the word begins at one of three places."""
    return base64.b64encode(bytes(shift) + word + b"more")


def zip_as_a_tensor() -> bytes:
    """Weights in which every byte is a tensor's, and the last one's are an archive."""
    archive = zip_file({"m.pkl": PICKLE})
    header = json.dumps(
        {"a": {"dtype": "U8", "shape": [len(archive)], "data_offsets": [0, len(archive)]}}
    ).encode()
    return len(header).to_bytes(8, "little") + header + archive


PYTHON_TYPE = b"arrow.py_extension_type"

ZIPS = (
    bad("zip-pickle", "a pickle in an archive", "models.zip",
        lambda: zip_file({"a.txt": b"a", "m.pkl": PICKLE}), DANGEROUS),
    bad("zip-pickle-packed", "the same, packed", "models.zip",
        lambda: zip_file({"m.pkl": PICKLE}, packed=True), DANGEROUS),
    bad("zip-renamed-pickle", "a pickle under the name of a text in an archive", "models.zip",
        lambda: zip_file({"notes.txt": PICKLE}), DISGUISE),
    bad("zip-nested", "a pickle two archives deep", "models.zip",
        lambda: nested(zip_file({"m.pkl": PICKLE}), 1), DANGEROUS),
    bad("zip-too-deep", "a pickle below the archives that are opened", "models.zip",
        lambda: nested(zip_file({"m.pkl": PICKLE}), 5), "", UNREAD),
    bad("zip-duplicate", "a name twice, of which scanners see one", "models.zip",
        lambda: zip_file([("m.bin", PLAIN_PICKLE), ("m.bin", PICKLE)]), DUPLICATE),
    bad("zip-case", "names that are one on Windows", "models.zip",
        lambda: zip_file([("m.bin", PLAIN_PICKLE), ("M.BIN", PICKLE)]), DUPLICATE),
    bad("zip-slip", "a name that leads out", "models.zip",
        lambda: zip_file({"../../.bashrc": b"x"}), NAME),
    bad("zip-absolute", "an absolute name", "models.zip",
        lambda: zip_file({"/etc/cron.d/x": b"x"}), NAME),
    bad("zip-backslash", "a name that leads out on Windows", "models.zip",
        lambda: zip_file({"..\\..\\x.bat": b"x"}), NAME),
    bad("zip-link", "a symbolic link", "models.zip",
        lambda: zip_link("data", "/etc/passwd"), LINK),
    bad("zip-front", "bytes before an archive", "models.zip",
        lambda: moved_zip(PICKLE, HELLO), DISGUISE, UNREAD),
    bad("zip-bomb", "3 GB announced for a kilobyte", "models.zip", zip_bomb, BOMB, UNREAD),
    bad("zip-bombs", "archives that hold far more than their size", "models.zip",
        nested_bomb, "", UNREAD),
    broken("zip-size", "a directory that gives another size", "models.zip",
           lambda: lying_zip(24, b"\xff"), MISMATCH),
    broken("zip-checksum", "a directory that gives another checksum", "models.zip",
           lambda: lying_zip(16, b"\xff\xff"), MISMATCH),
    broken("zip-cut", "an archive without its directory", "models.zip",
           lambda: zip_file({"a": b"a"})[:40]),
    broken("zip-name", "a directory that gives another name", "models.zip",
           lambda: zip_file({"a.txt": b"a"}).replace(b"a.txt", b"b.pkl", 1), MISMATCH),
    bad("zip-encrypted", "an encrypted member", "models.zip",
        lambda: encrypted_zip("m.pkl"), "", UNREAD),
    bad("mar-handler", "TorchServe's archive with its own handler", "model.mar",
        lambda: mar("handler.py", **{"handler.py": b"import os\nos.system('true')\n"}), CODE),
    bad("mar-pickle", "TorchServe's archive with a pickle", "model.mar",
        lambda: mar("image_classifier", **{"weights.pt": PICKLE}), DANGEROUS),
)  # fmt: skip

SKOPS = (
    bad("skops-system", "a schema that names a dangerous function", "model.skops",
        lambda: skops(skops_node("FunctionNode", "builtins", "function",
                                 {"module_path": "os", "function": "system"})), DANGEROUS),
    bad("skops-type", "a schema that builds what no list allows", "model.skops",
        lambda: skops(skops_node("ObjectNode", "acme.models", "Loader", {})), CALL),
    bad("skops-operator", "an operator from another module (CVE-2025-54412)", "model.skops",
        lambda: skops(skops_node("OperatorFuncNode", "builtins", "eval")), LOADER),
    bad("skops-method", "a method of another object (CVE-2025-54413)", "model.skops",
        lambda: skops(skops_node("MethodNode", "builtins", "str", {
            "func": "__init_subclass__", "obj": skops_node("ObjectNode", "os", "_wrap_close"),
        })), LOADER),
    bad("skops-deep", "a dangerous type far down", "model.skops",
        lambda: skops(skops_node("ListNode", "builtins", "list", [
            skops_node("DictNode", "builtins", "dict", {"a": skops_node("TypeNode", "builtins",
                       "type", {"__module__": "os", "__class__": "system"})})])), DANGEROUS),
    bad("skops-pickle", "a pickle beside the schema", "model.skops",
        lambda: skops(skops_node("JsonNode", "builtins", "str", "1"), **{"a.npy": PICKLE}),
        DANGEROUS),
    broken("skops-schema", "a schema that is no object", "model.skops",
           lambda: zip_file({"schema.json": b"[]"})),
)  # fmt: skip

TARS = (
    bad("tar-pickle", "a pickle in an archive", "model.nemo",
        lambda: tar_file(tar_member("./model_weights.ckpt", PICKLE)), DANGEROUS),
    bad("tar-torch", "PyTorch's oldest checkpoint", "model.pt",
        lambda: tar_file(tar_member("sys_info", PLAIN_PICKLE), tar_member("pickle", PICKLE)),
        DANGEROUS),
    bad("tar-slip", "a name that leads out", "model.tar",
        lambda: tar_file(tar_member("a/../../x", b"x")), NAME),
    bad("tar-absolute", "an absolute name", "model.tar",
        lambda: tar_file(tar_member("/etc/x", b"x")), NAME),
    bad("tar-prefix-slip", "a prefix that leads out", "model.tar",
        lambda: tar_file(tar_member("x", b"x", prefix=b"../..")), NAME),
    bad("tar-long-name-slip", "GNU's long name that leads out", "model.tar",
        lambda: tar_file(tar_member("././@LongLink", b"../../x\0", b"L"), tar_member("x", b"x")),
        NAME),
    bad("tar-pax-slip", "a PAX name that leads out", "model.tar",
        lambda: tar_file(pax(path="../../x"), tar_member("x", b"x")), NAME),
    bad("tar-symlink", "a symbolic link", "model.tar",
        lambda: tar_file(tar_member("data", kind=b"2", link="/etc/passwd")), LINK),
    bad("tar-hardlink", "a hard link", "model.tar",
        lambda: tar_file(tar_member("data", kind=b"1", link="../x")), LINK),
    bad("tar-device", "a device", "model.tar",
        lambda: tar_file(tar_member("null", kind=b"3")), LINK),
    bad("tar-pipe", "a named pipe", "model.tar",
        lambda: tar_file(tar_member("pipe", kind=b"6")), LINK),
    bad("tar-duplicate", "a name twice", "model.tar",
        lambda: tar_file(tar_member("m", PLAIN_PICKLE), tar_member("./m", PICKLE)), DUPLICATE),
    bad("tar-case", "names that are one on Windows", "model.tar",
        lambda: tar_file(tar_member("m", b"a"), tar_member("M", b"b")), DUPLICATE),
    bad("tar-pax-size", "a size by PAX that differs (CVE-2025-62518)", "model.tar",
        lambda: tar_file(pax(size="1024"), tar_header("a", 0),
                         tar_member("m.pkl", PICKLE)), MISMATCH),
    bad("tar-global-size", "one PAX size for all members", "model.tar",
        lambda: tar_file(tar_member("g", pax_records({"size": "512"}), b"g"),
                         tar_member("a", b"a\n" * 256)), MISMATCH),
    bad("tar-behind", "a second archive behind the first one's end", "model.tar",
        lambda: tar_file(tar_member("a", b"a")) + tar_file(tar_member("m.pkl", PICKLE)), HIDDEN),
    bad("tar-is-pickle", "an archive whose first name is a program", "model.pt",
        lambda: tar_file(tar_member(OLD_PICKLE, b"x")), DISGUISE),
    bad("tar-old", "an archive from before POSIX, with a pickle", "model.dat",
        lambda: tar_file(tar_member("m.pkl", PICKLE, b"\0", magic=b"")), DANGEROUS),
    bad("tar-sparse", "a sparse file, put together from pieces", "model.tar",
        lambda: tar_file(pax(**{"GNU.sparse.major": "1", "GNU.sparse.realsize": "99999999999"}),
                         tar_member("m", b"1\n0\n1\n" + bytes(506))), "", UNREAD),
    bad("tar-gz-pickle", "a pickle in a packed archive", "model.tar.gz",
        lambda: gz(tar_file(tar_member("m.pkl", PICKLE))), DANGEROUS),
    broken("tar-cut", "an archive that ends in a member", "model.tar",
           lambda: tar_file(tar_member("a", bytes(5000)))[:3000]),
    broken("tar-no-end", "an archive without its end mark", "model.tar",
           lambda: tar_file(tar_member("a", b"a"), end=b"")),
    broken("tar-checksum", "a header with a wrong checksum", "model.tar",
           lambda: tar_file(tar_member("a", b"a").replace(b"0000644", b"0000777"))),
    broken("tar-size", "a size that programs read differently", "model.tar",
           lambda: tar_file(tar_header("a", size_field=b"0o10_000\0\0\0\0"))),
    broken("tar-negative", "a negative size", "model.tar",
           lambda: tar_file(tar_header("a", size_field=b"\xff" * 12))),
    broken("tar-huge", "a size beyond all disks", "model.tar",
           lambda: tar_file(tar_header("a", size_field=b"\x80" + b"\x7f" * 11))),
    broken("tar-folder-size", "a folder with bytes", "model.tar",
           lambda: tar_file(tar_member("a/", PICKLE, b"5"))),
    broken("tar-pax", "a PAX record with a wrong length", "model.tar",
           lambda: tar_file(tar_member("p", b"99 path=x\n", b"x"), tar_member("a", b"a"))),
)  # fmt: skip

PACKED = (
    bad("gz-pickle", "a packed pickle", "weights.pkl.gz", lambda: gz(PICKLE), DANGEROUS),
    bad("bz2-pickle", "a packed pickle", "weights.bz2", lambda: bz2.compress(PICKLE), DANGEROUS),
    bad("lz4", "a packing that is not read", "weights.bin.lz4",
        lambda: b"\x04\x22\x4d\x18".ljust(64, b"\1"), "", UNREAD),
    bad("gz-bomb", "far more than its size", "weights.bin.gz", lambda: gz(ZEROS + b"0"), BOMB,
        UNREAD),
    bad("bz2-bomb", "far more than its size", "weights.bz2",
        lambda: bz2.compress(ZEROS + b"0"), BOMB, UNREAD),
    bad("gz-too-deep", "packed more often than is unpacked", "weights.gz", lambda: wrapped(6), "",
        UNREAD),
    bad("gz-second-stream", "a second stream that some programs miss", "weights.txt.gz",
        lambda: gz(b"hello\n") + gz(PICKLE), HIDDEN, UNREAD),
    bad("gz-behind", "a program behind the stream", "weights.txt.gz",
        lambda: gz(b"hello\n") + ELF, HIDDEN),
    broken("gz-cut", "a stream that ends in the middle", "weights.gz", lambda: gz(b"hello")[:-9]),
    broken("gz-checksum", "a wrong checksum", "weights.gz",
           lambda: gz(b"hello")[:-8] + bytes(8)),
    broken("xz-garbage", "no stream behind the mark", "weights.xz",
           lambda: b"\xfd7zXZ\0" + bytes(40)),
)  # fmt: skip

SHUT = tuple(
    bad(f"opaque-{name}", f"files in {name}, which is not read", f"model.{name}",
        partial(magic.ljust, 64, b"\1"), OPAQUE, UNREAD)
    for name, magic in {
        "7z": b"7z\xbc\xaf\x27\x1c\0\4",
        "rar": b"Rar!\x1a\x07\1\0",
        "cab": b"MSCF\0\0\0\0",
        "zst": b"\x28\xb5\x2f\xfd",
        "squashfs": b"hsqs",
        "cpio": b"070701",
        "xar": b"xar!\0",
    }.items()
)  # fmt: skip

DISGUISES = (
    bad("json-pickle", "a pickle named as JSON", "config.json", lambda: PICKLE, DISGUISE),
    bad("json-old-pickle", "a pickle of text named as JSON", "config.json", lambda: OLD_PICKLE,
        DISGUISE),
    bad("md-pickle", "a pickle named as a text", "README.md", lambda: PICKLE, DISGUISE),
    bad("onnx-pickle", "a pickle named as a graph", "model.onnx", lambda: PICKLE, DISGUISE),
    bad("png-pickle", "a pickle named as a picture", "loss.png", lambda: PICKLE, DISGUISE),
    bad("txt-elf", "a program named as a text", "NOTICE.txt", lambda: ELF, DISGUISE),
    bad("csv-windows", "a program named as a table", "data.csv", lambda: PE, DISGUISE, UNREAD),
    bad("json-script", "a script named as JSON", "config.json", lambda: SCRIPT, DISGUISE),
    bad("json-zip", "an archive named as JSON", "config.json", lambda: zip_file(HELLO), DISGUISE),
    bad("txt-7z", "an archive named as a text", "notes.txt",
        lambda: b"7z\xbc\xaf\x27\x1c\0\4".ljust(64, b"\1"), DISGUISE, UNREAD),
    bad("txt-html", "a page named as a text", "LICENSE.txt",
        lambda: b"<!DOCTYPE html>\n<html><script>x()</script></html>\n", DISGUISE),
    bad("safetensors-zip", "an archive behind weights", "model.safetensors",
        lambda: WEIGHTS + zip_file({"m.pkl": PICKLE}), DISGUISE),
    bad("safetensors-zip-inside", "an archive as the last tensor", "model.safetensors",
        zip_as_a_tensor, DISGUISE),
    bad("text-zip", "an archive behind a text", "notes.txt",
        lambda: b"hello\n" + zip_file(HELLO), DISGUISE, UNREAD),
    bad("text-zip-garbage", "an archive behind a text, and blanks behind it", "notes.txt",
        lambda: moved_zip(b"hello\n", HELLO) + b"\n\n\n", DISGUISE, UNREAD),
    bad("png-zip", "an archive behind a picture", "loss.png",
        lambda: png() + zip_file({"m.pkl": PICKLE}), HIDDEN),
    bad("png-zip-inside", "an archive in a picture's chunk", "loss.png", zip_in_a_comment_chunk,
        DISGUISE),
    bad("png-pickle-behind", "a pickle behind a picture", "loss.png", lambda: png() + PICKLE,
        HIDDEN),
    bad("jpeg-elf", "a program behind a picture", "photo.jpg", lambda: jpeg() + ELF, HIDDEN),
    bad("gif-zip", "an archive behind a picture", "anim.gif",
        lambda: gif() + zip_file(HELLO), HIDDEN),
    bad("webp-script", "a script behind a picture", "photo.webp", lambda: riff() + SCRIPT, HIDDEN),
    bad("wav-rar", "an archive behind a sound", "voice.wav",
        lambda: riff(b"WAVE") + b"Rar!\x1a\x07\1\0", HIDDEN),
    broken("png-cut", "a picture that ends early", "loss.png", lambda: png()[:-12]),
    broken("png-checksum", "a chunk with a wrong checksum", "loss.png",
           lambda: png().replace(b"IEND\xae", b"IEND\xaf")),
    broken("png-length", "a chunk longer than the picture", "loss.png",
           lambda: png().replace(b"\0\0\0\rIHDR", b"\xff\0\0\rIHDR")),
    broken("jpeg-cut", "a picture that does not end", "photo.jpg", lambda: jpeg(end=b"")),
    broken("gif-block", "a block of no kind", "anim.gif", lambda: gif(end=b"\x99")),
    broken("webp-size", "a size beyond the file's", "photo.webp", lambda: riff(size=9999)),
    bad("svg-script", "a drawing with a script", "logo.svg",
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>', ACTIVE),
    bad("svg-handler", "a drawing that acts when it is loaded", "logo.svg",
        lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', ACTIVE),
    bad("svg-entity", "a drawing that takes in a file", "logo.svg",
        lambda: b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>', ACTIVE),
    bad("html-script", "a page with a script", "report.html",
        lambda: b"<html><body><a href='javascript:x()'>x</a></body></html>", ACTIVE),
)  # fmt: skip

TABLES = (
    bad("arrow-pickle", "a column type that is unpickled (CVE-2023-47248)", "data.arrow",
        lambda: arrow(b"schema " + PYTHON_TYPE + PICKLE), SCHEMA),
    *(
        bad(f"parquet-pickle-{shift}", "the same in base 64", "data.parquet",
            partial(parquet, b"ARROW:schema" + coded(PYTHON_TYPE, shift)), SCHEMA)
        for shift in range(3)
    ),
    broken("parquet-footer", "a footer longer than the table", "data.parquet",
           lambda: parquet(told=9999)),
    broken("parquet-cut", "a table that does not end as it begins", "data.parquet",
           lambda: parquet()[:-2]),
    broken("arrow-cut", "a table that does not end as it begins", "data.arrow",
           lambda: arrow()[:-1]),
)  # fmt: skip

HONEST = (
    good("zip", "texts in an archive", "notes.zip",
         lambda: zip_file({"a.txt": b"a\n", "b/c.json": b"{}"}, packed=True)),
    good("zip-weights", "weights in an archive", "model.zip",
         lambda: zip_file({"model.safetensors": WEIGHTS, "config.json": b"{}"})),
    good("zip-empty", "an archive of nothing", "none.zip", lambda: zip_file({})),
    good("zip-in-zip", "an archive in an archive", "all.zip",
         lambda: zip_file({"a.zip": zip_file(HELLO), "b.zip": zip_file(HELLO)})),
    good("wheel", "a Python package", "a-1-py3-none-any.whl",
         lambda: zip_file({"a/__init__.py": b"A = 1\n", "a-1.dist-info/RECORD": b"a,,\n"})),
    good("tar", "texts in an archive, as Python writes it", "notes.tar",
         lambda: real_tar(a__txt=b"a\n", b__json=b"{}")),
    good("tar-zip", "an archive within another", "all.tar",
         lambda: real_tar(a__zip=zip_file(HELLO))),
    good("tar-gz", "a packed archive", "notes.tar.gz", lambda: gz(real_tar(a__txt=b"a\n"))),
    good("gz", "a packed text", "vocab.txt.gz", lambda: gz(b"a\nb\n")),
    good("gz-padded", "a packed text with zeros behind", "vocab.txt.gz",
         lambda: gz(b"a\nb\n") + bytes(100)),
    good("gz-zeros", "much of nothing", "zeros.txt.gz", lambda: gz(b"# text\n" * 150_000)),
    good("png", "a picture", "loss.png", png),
    good("jpeg", "a picture", "photo.jpg", jpeg),
    good("gif", "a picture", "anim.gif", gif),
    good("webp", "a picture", "photo.webp", riff),
    good("svg", "a drawing", "logo.svg",
         lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>'),
    good("parquet", "a table", "data.parquet", parquet),
    good("readme-zip-words", "a text that speaks of archives", "README.md",
         lambda: b"# PK\n\nA ZIP file starts with `PK\\x03\\x04`, a PDF with `%PDF-`.\n"),
    good("md-html", "a text that begins as a page does", "README.md",
         lambda: b"<html>\n<h1>Model</h1>\n</html>\n"),
    good("skops", "a model in skops", "model.skops",
         lambda: skops(skops_node("DictNode", "builtins", "dict", {
             "key_types": skops_node("ListNode", "builtins", "list", []), "content": {}}))),
)  # fmt: skip


SAMPLES: tuple[Sample, ...] = (
    *ZIPS, *SKOPS, *TARS, *PACKED, *SHUT, *DISGUISES, *TABLES, *HONEST,
)  # fmt: skip
