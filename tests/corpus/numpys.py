"""NumPy's files: arrays that are pickles, and headers that lie."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from aiverify.core.facts import State
from tests.corpus.sample import Label, Sample
from tests.support.numpy_files import OBJECTS, PLAIN, described, npy
from tests.support.pickle_files import attack, pickled, text
from tests.support.zip_files import DEFLATED, Member, zip_bytes

REAL = Path(__file__).parent.parent / "assets" / "real"

DANGEROUS, MALFORMED = "AIV-PICKLE-DANGEROUS", "AIV-FORMAT-MALFORMED"
SYSTEM = attack("os.system")
RECORD = "[('a', '<i4'), ('b', [('c', '|O')])]"

Make = Callable[[], bytes]


def bad(name: str, technique: str, make: Make, rule: str = DANGEROUS, file: str = "") -> Sample:
    """A malicious sample."""
    return Sample(f"numpy/{name}", Label.MALICIOUS, technique, file or "a.npy", make, rule)


def broken(name: str, technique: str, make: Make) -> Sample:
    """A malformed one."""
    return Sample(f"numpy/{name}", Label.MALFORMED, technique, "a.npy", make, MALFORMED)


def good(name: str, technique: str, make: Make, file: str = "a.npy") -> Sample:
    """A benign one."""
    return Sample(f"numpy/{name}", Label.BENIGN, technique, file, make, "", State.CLEAN)


MALICIOUS = (
    bad("object", "an array of objects", partial(npy, OBJECTS, SYSTEM)),
    bad("object-renamed", "the same under another name", partial(npy, OBJECTS, attack("nt.system")),
        file="embeddings.bin"),
    bad("object-version-2", "the same in version 2",
        partial(npy, OBJECTS, SYSTEM, version=(2, 0))),
    bad("object-version-3", "the same in version 3",
        partial(npy, OBJECTS, SYSTEM, version=(3, 0))),
    bad("object-sized", "objects by a code with a size",
        partial(npy, described("'|O8'"), SYSTEM)),
    bad("object-field", "objects in a field of a field", partial(npy, described(RECORD), SYSTEM)),
    bad("object-subarray", "objects in a dtype with a shape",
        partial(npy, described("[('a', '|O', (2,))]"), SYSTEM)),
    bad("object-empty", "an array of no objects, which is unpickled all the same",
        partial(npy, described("'|O'", "(0,)"), SYSTEM)),
    bad("npz", "an array of objects in an archive",
        lambda: zip_bytes({"a.npy": npy(), "b.npy": npy(OBJECTS, SYSTEM)}), file="a.npz"),
    bad("npz-packed", "the same, packed", lambda: zip_bytes(
        [Member("a.npy", npy(OBJECTS, SYSTEM), DEFLATED)]), file="a.npz"),
    bad("npz-other", "a pickle in an archive of arrays",
        lambda: zip_bytes({"a.npy": npy(), "b": SYSTEM}), file="a.npz"),
    bad("npz-duplicate", "an array twice",
        lambda: zip_bytes([Member("a.npy", npy()), Member("a.npy", npy(OBJECTS, SYSTEM))]),
        "AIV-CONTAINER-DUPLICATE", "a.npz"),
    bad("npz-torch", "a checkpoint that begins with an array",
        lambda: zip_bytes({"m/a.npy": npy(), "m/data.pkl": SYSTEM}), file="model.pt"),
    bad("trailing-pickle", "a pickle behind the numbers", lambda: npy() + SYSTEM,
        "AIV-CONTAINER-HIDDEN"),
    bad("trailing-array", "an array of objects behind the numbers",
        lambda: npy() + npy(OBJECTS, SYSTEM), "AIV-CONTAINER-HIDDEN"),
    bad("code", "a header that is code, where old readers evaluate it", partial(
        npy, PLAIN.replace("(2, 3)", "__import__('os').system('id')")), MALFORMED),
    bad("code-lambda", "a header that is a function's call", partial(
        npy, "(lambda: " + PLAIN + ")()"), MALFORMED),
)  # fmt: skip

BROKEN = (
    broken("version", "version 9", partial(npy, version=(9, 0))),
    broken("version-minor", "version 1.7", partial(npy, version=(1, 7))),
    broken("header-length", "a header longer than the file", partial(npy, length=60_000)),
    broken("header-short", "a header that ends in its dictionary", partial(npy, length=20)),
    broken("header-huge", "a header of 4 GiB", partial(npy, version=(2, 0), length=0xFFFFFFFF)),
    broken("header-nested", "ten thousand parentheses",
           partial(npy, described("'<f4'", "(" * 10_000 + ")" * 10_000))),
    broken("header-number", "a number of ten thousand digits",
           partial(npy, described("'<f4'", "(" + "9" * 10_000 + ",)"))),
    broken("header-keys", "a key that does not belong",
           partial(npy, PLAIN.replace("}", "'more': 1}"))),
    broken("header-twice", "a shape twice", partial(npy, PLAIN.replace("}", "'shape': (1,)}"))),
    broken("header-behind", "something behind the dictionary", partial(npy, PLAIN + " or 1")),
    broken("descr", "a dtype that does not exist", partial(npy, described("'<q9'"))),
    broken("descr-size", "numbers of 7 bytes", partial(npy, described("'<f7'"))),
    broken("order", "an order that is a number",
           partial(npy, PLAIN.replace("False", "0"))),
    broken("shape-negative", "a negative shape", partial(npy, described("'<f4'", "(-2, -3)"))),
    broken("shape-overflow", "a shape whose product wraps",
           partial(npy, described("'<f4'", f"({1 << 32}, {1 << 32})"))),
    broken("shape-long", "a shape longer than the file",
           partial(npy, described("'<f4'", "(1000000,)"))),
    broken("truncated", "numbers that are cut off", lambda: npy()[:-1]),
    broken("pickle-truncated", "a pickle that breaks off",
           partial(npy, OBJECTS, pickled(text("a"))[:-2])),
)  # fmt: skip

BENIGN = (
    good("plain", "numbers", npy),
    good("version-2", "numbers in version 2", partial(npy, version=(2, 0))),
    good("python-2", "a shape of Python 2's numbers", partial(npy, described("'<f4'", "(2L, 3L)"))),
    good("objects", "a list of strings",
         partial(npy, OBJECTS, pickled(b"](" + text("a") + text("b") + b"e"))),
    good("npz-numbers", "numbers in an archive", lambda: zip_bytes({"a.npy": npy()}), "a.npz"),
    good("real-structured", "a file that numpy 2.4 wrote", (REAL / "structured.npy").read_bytes),
    good("real-npz", "an archive that numpy 2.4 wrote", (REAL / "arrays.npz").read_bytes, "a.npz"),
)  # fmt: skip

SAMPLES: tuple[Sample, ...] = (*MALICIOUS, *BROKEN, *BENIGN)
