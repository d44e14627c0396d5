"""Rules about files of one artifact that contradict each other.

All warn and none denies: prose and labels are written by hand and lag behind, while a loader goes
by the bytes. A policy can make more of them.
"""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

LICENCE = Rule(
    "AIV-CLAIM-LICENCE",
    "Two files give different licences",
    Severity.WARNING,
    "The model card, a header and the text of a licence beside them have nothing in common, so "
    "nobody knows which terms hold.",
    "Ask the publisher which licence holds, and correct the other file.",
    "CWE-345",
)
BASE = Rule(
    "AIV-CLAIM-BASE",
    "Two files name different base models",
    Severity.WARNING,
    "The model card, the adapter's configuration and a header do not agree on what the model was "
    "made from, which decides what it inherits.",
    "Find out which base model it was made from, and correct the other file.",
    "CWE-345",
)
DTYPE = Rule(
    "AIV-CLAIM-DTYPE",
    "The weights are of another dtype than the configuration says",
    Severity.WARNING,
    "The configuration belongs to other weights, or these were converted without it.",
    "Correct the dtype in config.json, or fetch the weights that belong to it.",
    "CWE-345",
)
PARAMETERS = Rule(
    "AIV-CLAIM-PARAMETERS",
    "The model has another size than a file says",
    Severity.WARNING,
    "The number of parameters that is stated, or that is in the model's name, is not what the "
    "headers of the weights come to, beyond what rounding explains.",
    "Check that the weights are whole and are the model's, or correct the number.",
    "CWE-345",
)
QUANTIZATION = Rule(
    "AIV-CLAIM-QUANTIZATION",
    "The weights are not quantized in the way that a file says",
    Severity.WARNING,
    "A label, the model card or the configuration names a quantization of which no tensor is.",
    "Go by the types of the tensors, and correct what says otherwise.",
    "CWE-345",
)
CONTEXT = Rule(
    "AIV-CLAIM-CONTEXT",
    "Two files give different context lengths",
    Severity.WARNING,
    "The configuration and the header of one model do not agree on how much text it can take.",
    "Convert the model again from its configuration, or correct the number.",
    "CWE-345",
)
VOCABULARY = Rule(
    "AIV-CLAIM-VOCABULARY",
    "There are more tokens than embeddings",
    Severity.WARNING,
    "A token without an embedding stops the model, or makes it read beyond the tensor's end. The "
    "tokenizer or the configuration belongs to another model.",
    "Use the tokenizer that the model was trained with, or resize the embeddings.",
    "CWE-1288",
)
ARCHITECTURE = Rule(
    "AIV-CLAIM-ARCHITECTURE",
    "Two files give different architectures",
    Severity.WARNING,
    "The configuration and the header beside it speak of different models.",
    "Keep the files of different models apart, or correct the one that is wrong.",
    "CWE-345",
)
LIBRARY = Rule(
    "AIV-CLAIM-LIBRARY",
    "The files are not those of the library that the model card names",
    Severity.WARNING,
    "The library could not load these files: one that it needs is not there.",
    "Add the file that is missing, or correct library_name.",
    "CWE-345",
)

RULES: tuple[Rule, ...] = (
    LICENCE,
    BASE,
    DTYPE,
    PARAMETERS,
    QUANTIZATION,
    CONTEXT,
    VOCABULARY,
    ARCHITECTURE,
    LIBRARY,
)
