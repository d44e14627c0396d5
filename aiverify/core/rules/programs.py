"""Rules about compiled programs."""

from __future__ import annotations

from aiverify.core.finding import Rule, Severity

SEARCH_PATH = Rule(
    "AIV-PROGRAM-SEARCH-PATH",
    "A program looks for libraries where others can put them",
    Severity.WARNING,
    "Its RPATH or RUNPATH has a folder that depends on where the program is started, or in which "
    "every user may write; a library laid there is loaded instead of the right one.",
    "Build it again with a search path below $ORIGIN or with none (patchelf --remove-rpath).",
    "CWE-427",
)
LIBRARY = Rule(
    "AIV-PROGRAM-LIBRARY",
    "A program loads a library in an unusual way",
    Severity.WARNING,
    "It names a library by its path, so that no search path decides which file it is, or one "
    "that watches over all others.",
    "Look at the library that is named; build the program again with its plain name.",
    "CWE-114",
)
INTERPRETER = Rule(
    "AIV-PROGRAM-INTERPRETER",
    "A program is started by a loader that others can replace",
    Severity.WARNING,
    "The kernel runs the named loader before anything else of the program.",
    "Build the program again with the system's own loader.",
    "CWE-426",
)
STACK = Rule(
    "AIV-PROGRAM-STACK",
    "A program runs with an executable stack",
    Severity.WARNING,
    "Where the stack can be run, a buffer that overflows is a program. One such library takes "
    "the protection from the whole process that loads it.",
    "Build it again with -z noexecstack; assembly needs a .note.GNU-stack section.",
    "CWE-693",
)
WRITABLE_CODE = Rule(
    "AIV-PROGRAM-WRITABLE-CODE",
    "A program has memory that can be both written and run",
    Severity.WARNING,
    "Whatever is written there can be run. Packers and infected programs look like this.",
    "Build it again without -N, -z rwx and packers; find out why it is needed.",
    "CWE-693",
)
TEXT_RELOCATIONS = Rule(
    "AIV-PROGRAM-TEXTREL",
    "A program's code is rewritten when it is loaded",
    Severity.WARNING,
    "The loader makes the code writable to relocate it, and so it is not protected meanwhile.",
    "Build it again as position-independent code (-fPIC, -z text).",
    "CWE-693",
)
HARDENING = Rule(
    "AIV-PROGRAM-HARDENING",
    "A program is built without a protection that compilers give",
    Severity.NOTE,
    "A fault in the program is easier to use against it: its code is always at one address, or "
    "its table of functions stays writable.",
    "Build it again with -fPIE -pie and -z relro -z now (Go: -buildmode=pie).",
    "CWE-693",
)
MISMATCH = Rule(
    "AIV-PROGRAM-MISMATCH",
    "A program's sections and segments contradict each other",
    Severity.ERROR,
    "Tools that go by sections see other libraries and symbols than the loader, which goes by "
    "segments: the program hides something from whoever looks into it.",
    "Do not run it; fetch it again from its publisher.",
    "CWE-436",
)
GO_SOURCE = Rule(
    "AIV-PROGRAM-GO-SOURCE",
    "A Go program was not built from published source alone",
    Severity.NOTE,
    "It says itself that files were changed, or modules replaced by folders of whoever built it, "
    "so its revision and its modules do not tell what it does.",
    "Ask for a build from a clean checkout.",
    "CWE-345",
)
BPF_HELPER = Rule(
    "AIV-PROGRAM-BPF-HELPER",
    "An eBPF program changes what other programs do",
    Severity.WARNING,
    "It calls a function of the kernel that writes into other programs' memory, sends them "
    "signals, changes what the kernel answers them, or loads further programs.",
    "Find out why it must; load it only from a publisher that you trust with the kernel.",
    "CWE-250",
)
BPF_LICENCE = Rule(
    "AIV-PROGRAM-BPF-LICENCE",
    "An eBPF object states no licence",
    Severity.WARNING,
    "Kernels ask for a licence and refuse many helpers to programs without one.",
    'Add char LICENSE[] SEC("license") to the source.',
)
FOREIGN = Rule(
    "AIV-PROGRAM-FOREIGN",
    "A program lies in the artifact, of a kind that is not looked into",
    Severity.WARNING,
    "It is compiled for another system or for a virtual machine, and nothing is known of it.",
    "Remove it, or have it looked at by other means.",
    "CWE-829",
)

RULES: tuple[Rule, ...] = (
    SEARCH_PATH,
    LIBRARY,
    INTERPRETER,
    STACK,
    WRITABLE_CODE,
    TEXT_RELOCATIONS,
    HARDENING,
    MISMATCH,
    GO_SOURCE,
    BPF_HELPER,
    BPF_LICENCE,
    FOREIGN,
)
