"""Rules about ONNX graphs."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

EXTERNAL = Rule(
    "AIV-ONNX-EXTERNAL",
    "An ONNX model names data outside its folder",
    Severity.ERROR,
    "Loading the model reads, and saving it overwrites, whatever file the location leads to.",
    "Do not load the model; fetch it again from its publisher.",
    "CWE-22",
)
KEY = Rule(
    "AIV-ONNX-KEY",
    "External data is described by more than the format has",
    Severity.ERROR,
    "Some loaders set every key that they find as an attribute of an object of theirs.",
    "Do not load the model; save it again with only location, offset, length and checksum.",
    "CWE-915",
)
RANGE = Rule(
    "AIV-ONNX-RANGE",
    "External data is to be read from where no tensor can be",
    Severity.ERROR,
    "An offset or length is no number, is negative, overflows, or is not what the shape needs.",
    "Do not load the model; fetch it again from its publisher.",
    "CWE-1284",
)
MISSING = Rule(
    "AIV-ONNX-MISSING",
    "An ONNX model's external data is not there",
    Severity.ERROR,
    "The model names a file for its tensors that is missing or too short, or is no data at all.",
    "Fetch the data file from the model's publisher, and keep it beside the model.",
    "CWE-345",
)
TENSOR = Rule(
    "AIV-ONNX-TENSOR",
    "A tensor's data is not what its shape needs",
    Severity.ERROR,
    "A loader that trusts the shape reads or writes beyond the data.",
    "Do not load the model; fetch it again from its publisher.",
    "CWE-130",
)
PYTHON = Rule(
    "AIV-ONNX-PYTHON",
    "An ONNX model calls Python",
    Severity.ERROR,
    "An operator of the graph runs Python code whenever the model runs.",
    "Do not run the model; export it again without operators in Python.",
    "CWE-94",
)
CUSTOM = Rule(
    "AIV-ONNX-CUSTOM",
    "An ONNX model needs operators from elsewhere",
    Severity.WARNING,
    "Operators outside the standard come in a native library, which must be loaded to run them.",
    "Load only a library whose origin you know; no loader brings these operators.",
    "CWE-829",
)
CONTEXT = Rule(
    "AIV-ONNX-CONTEXT",
    "An ONNX model carries a compiled program",
    Severity.WARNING,
    "A node holds or names a program for an accelerator, into which nobody can look.",
    "Use the model from which it was compiled, and compile it on the machine that runs it.",
    "CWE-829",
)
RECURSION = Rule(
    "AIV-ONNX-RECURSION",
    "A function of an ONNX model calls itself",
    Severity.ERROR,
    "Loaders put a function's body in the place of each call, and would never come to an end.",
    "Do not load the model; fetch it again from its publisher.",
    "CWE-674",
)

RULES: tuple[Rule, ...] = (
    EXTERNAL,
    KEY,
    RANGE,
    MISSING,
    TENSOR,
    PYTHON,
    CUSTOM,
    CONTEXT,
    RECURSION,
)
