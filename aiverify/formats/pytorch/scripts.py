"""TorchScript: programs in a model, as text that PyTorch compiles when it loads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from aiverify.core import rules
from aiverify.formats.found import Found, shown

GAP = r"[\s\\]*"
"""What may stand between two words: blanks, and lines that go on."""

FILES = re.compile(
    rf"(?<![\w.])(?:torch|ops{GAP}\.{GAP}aten){GAP}\.{GAP}(save|from_file)\b"
    rf"|\bfrom_file{GAP}\("
    rf"|(?<![\w.])ops{GAP}\.{GAP}debugprims{GAP}\.{GAP}(load_tensor)\b"
)
"""Operators that take the name of a file."""

ALIAS = re.compile(
    rf"(?:=|\bgetattr{GAP}\(){GAP}(?:\({GAP})?(torch|ops(?:{GAP}\.{GAP}aten)?){GAP}(?:[,)#]|$)",
    re.MULTILINE,
)
"""Another name for all operators, by which each of them can be called. PyTorch writes none."""

BARE = re.compile(
    rf"(?<![\w.])(torch|ops)\b(?!{GAP}[.:=])"
    rf"|(?<![\w.])(ops{GAP}\.{GAP}\w+)\b(?!{GAP}\.)"
)
"""The same in brackets or wherever else, in a text without strings and comments."""

LITERAL = re.compile(
    r"\"{3}(?:\\.|[^\\])*?(?:\"{3}|\Z)|'{3}(?:\\.|[^\\])*?(?:'{3}|\Z)"
    r"|\"(?:\\.|[^\"\\\n])*(?:\"|(?=\n)|\Z)|'(?:\\.|[^'\\\n])*(?:'|(?=\n)|\Z)|#[^\n]*",
    re.DOTALL,
)
"""A string or a comment. One that does not end is taken up to where it must: that is quick."""

OPERATOR = re.compile(rf"(?<![\w.])ops{GAP}\.{GAP}(\w+){GAP}\.{GAP}(\w+)")

CUSTOM_CLASS = re.compile(r"\b__torch__\.torch\.classes\.(\w+)\.(\w+)")

PACKAGE = "__torch__"
"""What all modules of a program are in."""

CLASS = re.compile(r"^class (\w+)\(", re.MULTILINE)

BUILT_IN = frozenset(
    {
        "_c10d_functional",
        "_c10d_functional_autograd",
        "_caffe2",
        "_nnapi",
        "_quantized",
        "_test",
        "aten",
        "c10d",
        "c10d_functional",
        "cuda",
        "debugprims",
        "export",
        "higher_order",
        "inductor",
        "mkl",
        "mkldnn",
        "mkldnn_prepacked",
        "onednn",
        "onnx",
        "prepacked",
        "prim",
        "prims",
        "profiler",
        "quantization",
        "quantized",
        "quantized_decomposed",
        "rngprims",
        "sparse",
        "static_runtime",
        "symm_mem",
        "vulkan_prepack",
        "xnnpack",
    }
)
"""Namespaces of operators and classes that are PyTorch's own."""


def classes_of(path: str, text: str) -> Iterator[str]:
    """The full names of the classes that a file of code defines, by its path below `code/`.

    Elsewhere than in TorchScript's own package they are none: a class `system` in a module `os`
    would make a global of Python's pass for the program's own.
    """
    module = path.removesuffix(".py").replace("/", ".")
    if module.partition(".")[0] != PACKAGE:
        return
    yield from (f"{module}.{name}" for name in CLASS.findall(text))


def judge(found: Found, text: str, place: str) -> None:
    """What a file of code does that weights do not need."""
    plain = LITERAL.sub(lambda found: "" if found[0][0] == "#" else '""', text + "\n")
    for match in (*FILES.finditer(text), *FILES.finditer(plain)):
        name = next((group for group in match.groups() if group), "from_file")
        found.add(rules.torch.FILE_OP, f"the program calls {name}, which opens a file", place)
    for match in (*ALIAS.finditer(text), *BARE.finditer(plain)):
        name = " ".join((next(filter(None, match.groups()))).split())
        message = f"the program gives {shown(name)} another name, to hide what it calls"
        found.add(rules.torch.FILE_OP, message, place)
    for kind, pattern in (("operator", OPERATOR), ("class", CUSTOM_CLASS)):
        for space, name in sorted({*pattern.findall(text), *pattern.findall(plain)}):
            judge_name(found, kind, space, name, place)


def judge_name(found: Found, kind: str, space: str, name: str, place: str) -> None:
    """An operator or class of a namespace that is not PyTorch's own."""
    if space not in BUILT_IN:
        message = f"the program needs the {kind} {shown(f'{space}::{name}')} of a library"
        found.add(rules.torch.CUSTOM_OP, message, place)


def is_own_class(name: str, defined: Set[str]) -> bool:
    """Whether a global is a class of the program, or one of PyTorch that it may use."""
    if name in defined:
        return True
    custom = CUSTOM_CLASS.fullmatch(name)
    return custom is not None and custom[1] in BUILT_IN
