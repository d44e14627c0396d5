"""Rules about pickles: programs that build objects."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

DANGEROUS = Rule(
    "AIV-PICKLE-DANGEROUS",
    "A pickle uses what runs commands or code",
    Severity.ERROR,
    "Loading the pickle reaches a function that runs commands or code, or touches files or the "
    "network. No model needs it: this is what an attack looks like.",
    "Do not load the file; find out who made it, and what else they published.",
    "CWE-94",
)
CALL = Rule(
    "AIV-PICKLE-CALL",
    "A pickle calls what no list allows",
    Severity.ERROR,
    "Loading the pickle calls a function or class that is not known to be harmless.",
    "Publish the weights as safetensors; or read what is called, and allow it by name in the "
    "profile's contents.globals.",
    "CWE-502",
)
IMPORT = Rule(
    "AIV-PICKLE-IMPORT",
    "A pickle imports what no list allows",
    Severity.ERROR,
    "Loading the pickle imports a name, and so runs its module; objects may call it later.",
    "Publish the weights as safetensors; or read what is imported, and allow it by name in the "
    "profile's contents.globals.",
    "CWE-502",
)
EXTENSION = Rule(
    "AIV-PICKLE-EXTENSION",
    "A pickle imports by number",
    Severity.ERROR,
    "What the number stands for is registered in the program that loads the pickle, so nobody "
    "can tell from the file what is imported.",
    "Do not load the file; publish the weights as safetensors.",
    "CWE-502",
)
DYNAMIC = Rule(
    "AIV-PICKLE-DYNAMIC",
    "A pickle uses what it computes",
    Severity.ERROR,
    "The pickle imports, calls or changes something that is not named in it but the result of "
    "something else, so that its name cannot be judged.",
    "Do not load the file; publish the weights as safetensors.",
    "CWE-502",
)
CONFUSION = Rule(
    "AIV-PICKLE-CONFUSION",
    "A pickle passes numbers off as objects",
    Severity.ERROR,
    "A NumPy dtype contradicts itself, so that NumPy takes bytes of the file for addresses of "
    "objects: whoever chooses the bytes can run code.",
    "Do not load the file; publish the weights as safetensors.",
    "CWE-843",
)
FRAME = Rule(
    "AIV-PICKLE-FRAME",
    "A pickle's frames do not fit its opcodes",
    Severity.ERROR,
    "One unpickler goes by the frames and another by the opcodes, so the two load two things. "
    "No pickler writes such frames.",
    "Do not load the file; fetch it again from its publisher.",
    "CWE-436",
)
PROTOCOL = Rule(
    "AIV-PICKLE-PROTOCOL",
    "A pickle is not of the protocol that it says",
    Severity.WARNING,
    "The pickle announces a protocol that does not exist, or that lacks an opcode which it "
    "uses. No pickler writes that.",
    "Find out what wrote the file; publish the weights as safetensors.",
    "CWE-436",
)
TRAILING = Rule(
    "AIV-PICKLE-TRAILING",
    "Bytes follow a pickle that are no part of it",
    Severity.WARNING,
    "A program that loads the pickle ignores them, another may load them as something else.",
    "Find out what they are, or cut them off.",
    "CWE-434",
)

RULES: tuple[Rule, ...] = (
    DANGEROUS,
    CALL,
    IMPORT,
    EXTENSION,
    DYNAMIC,
    CONFUSION,
    FRAME,
    PROTOCOL,
    TRAILING,
)
