"""Rules about TensorFlow's SavedModel, and its graphs wherever they are stored."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

PYTHON = Rule(
    "AIV-SAVEDMODEL-PYTHON",
    "A TensorFlow graph calls Python",
    Severity.ERROR,
    "An operator calls a function of the Python process that runs the graph.",
    "Do not load the model; save it again without operators in Python.",
    "CWE-94",
)
READ = Rule(
    "AIV-SAVEDMODEL-READ",
    "A TensorFlow graph reads files",
    Severity.ERROR,
    "An operator reads files of the machine that runs the graph, and may give them away.",
    "Do not load the model; save it again without the operator, or with the file as an asset.",
    "CWE-73",
)
WRITE = Rule(
    "AIV-SAVEDMODEL-WRITE",
    "A TensorFlow graph writes files",
    Severity.ERROR,
    "An operator writes files on the machine that runs the graph, such as a start-up script.",
    "Do not load the model; save it again without the operator.",
    "CWE-73",
)
NETWORK = Rule(
    "AIV-SAVEDMODEL-NETWORK",
    "A TensorFlow graph uses the network",
    Severity.ERROR,
    "An operator talks to a server, or is one, while the graph runs.",
    "Do not load the model; save it again without the operator.",
    "CWE-918",
)
HIDDEN = Rule(
    "AIV-SAVEDMODEL-HIDDEN",
    "A TensorFlow graph runs what is hidden in a text",
    Severity.ERROR,
    "An operator takes a text for a second graph or program and runs that, unseen by scanners.",
    "Do not load the model; save it again without the operator.",
    "CWE-913",
)
CUSTOM = Rule(
    "AIV-SAVEDMODEL-CUSTOM",
    "A TensorFlow graph needs operators from elsewhere",
    Severity.WARNING,
    "TensorFlow does not have these operators: a native library must be loaded to run them.",
    "Load only a library whose origin you know.",
    "CWE-829",
)
ASSET = Rule(
    "AIV-SAVEDMODEL-ASSET",
    "A SavedModel's asset lies outside its folder",
    Severity.ERROR,
    "The name of an asset is joined to the model's folder, and leads out of it.",
    "Do not load the model; fetch it again from its publisher.",
    "CWE-22",
)
CHECKPOINT = Rule(
    "AIV-SAVEDMODEL-CHECKPOINT",
    "A checkpoint's index and its data disagree",
    Severity.ERROR,
    "The index places tensors where the data files have no bytes, or names a file that is missing.",
    "Fetch the checkpoint again from its publisher, with all of its files.",
    "CWE-1284",
)

RULES: tuple[Rule, ...] = (PYTHON, READ, WRITE, NETWORK, HIDDEN, CUSTOM, ASSET, CHECKPOINT)
