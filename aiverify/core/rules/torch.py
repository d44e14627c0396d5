"""Rules about PyTorch's own containers."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

NATIVE = Rule(
    "AIV-TORCH-NATIVE",
    "A checkpoint carries native code",
    Severity.ERROR,
    "Loading the file loads a library from it, which can do whatever its maker wrote.",
    "Load only what you compiled yourself; ask the publisher for the weights alone.",
    "CWE-829",
)
PACKAGE = Rule(
    "AIV-TORCH-PACKAGE",
    "A checkpoint carries Python modules",
    Severity.ERROR,
    "The file is a torch.package: loading it imports the Python source in it.",
    "Read the source before you load it, or ask the publisher for the weights alone.",
    "CWE-829",
)
STORAGE = Rule(
    "AIV-TORCH-STORAGE",
    "A tensor is not where the checkpoint says",
    Severity.ERROR,
    "A tensor reaches outside of its storage, or the storage is missing or of another size. "
    "Loading it may read or write memory that is not its own.",
    "Do not load the file; fetch it again from its publisher.",
    "CWE-125",
)
FILE_OP = Rule(
    "AIV-TORCH-FILE",
    "A scripted model touches files",
    Severity.ERROR,
    "The program in the model reads or writes files by name when it runs, also where weights "
    "alone are asked for. No model needs it.",
    "Do not load the file; find out who made it, and what else they published.",
    "CWE-73",
)
CUSTOM_OP = Rule(
    "AIV-TORCH-CUSTOM",
    "A scripted model needs operators of a library",
    Severity.WARNING,
    "The program in the model calls what is no part of PyTorch, so that it is not known here "
    "what that does.",
    "Find out which library it is, and whether you trust it.",
    "CWE-829",
)
EXPRESSION = Rule(
    "AIV-TORCH-EXPRESSION",
    "An exported program holds code for an expression",
    Severity.ERROR,
    "PyTorch gives the sizes in an exported program to SymPy, which evaluates them as Python.",
    "Do not load the file; find out who made it, and what else they published.",
    "CWE-95",
)
FOLDER = Rule(
    "AIV-TORCH-FOLDER",
    "A checkpoint has more than one folder",
    Severity.ERROR,
    "PyTorch loads the folder of the first member alone; other programs may see the other.",
    "Do not load the file; fetch it again from its publisher.",
    "CWE-436",
)

RULES: tuple[Rule, ...] = (NATIVE, PACKAGE, STORAGE, FILE_OP, CUSTOM_OP, EXPRESSION, FOLDER)
