"""`docs/interoperability.md`: the matrix that a run came to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from tests.support.interop.case import Subject
from tests.support.interop.matrix import TOOLS, Row
from tests.support.interop.notes import reason, remarks
from tests.support.services.tools import COSIGN, SERVICES, folder

INTRODUCTION = """# Interoperability

Every tool below signs a small model, or a file of it, in each way that it has a command for, and
every tool verifies what the others made: with keys, with certificates of an own authority, and by
identity and with a log against the real services of Sigstore on loopback. Where a tool accepts, it
has also refused the same signature for an artifact with one bit changed, and with one bit of the
signature changed. `make e2e` repeats it all, and fails where an answer is no longer the one here.
"""


def page(rows: Sequence[Row]) -> str:
    """The page for the rows of a run."""
    notes: dict[str, int] = {}
    tables = [line for subject in Subject for line in _table(subject, rows, notes)]
    numbered = [f"{number}. {sentence}" for sentence, number in notes.items()]
    parts = (
        INTRODUCTION,
        "| tool | version |",
        "|---|---|",
        *(f"| {name} | {found} |" for name, found in _versions()),
        "",
        "*yes*: accepted; *no*: refused; *cannot*: it has a command for this and does not get",
        "through; *n/a*: it has none. Numbers are notes at the end.",
        "",
        *tables,
        "## Notes",
        "",
        *numbered,
    )
    return "\n".join(parts) + "\n"


def _table(subject: Subject, rows: Sequence[Row], notes: dict[str, int]) -> Iterator[str]:
    names = [tool.name for tool in TOOLS]
    yield f"## {subject}"
    yield ""
    yield f"| signed with | by | {' | '.join(names)} |"
    yield "|---" * (2 + len(names)) + "|"
    for row in rows:
        if row.case.subject is not subject:
            continue
        start = f"| {row.case.method} | {row.signer} |"
        if not row.signed.accepted:
            why = [reason(row.signer, row.signed).sentence]
            yield f"{start} {_cell('cannot', why, notes)} |" + " |" * (len(names) - 1)
            continue
        cells = (_answer(row, name, notes) for name in names)
        yield f"{start} {' | '.join(cells)} |"
    yield ""


def _answer(row: Row, verifier: str, notes: dict[str, int]) -> str:
    answer = row.answers.get(verifier)
    if answer is None:
        return "n/a"
    return _cell("yes" if answer.accepted else "no", remarks(row, verifier), notes)


def _cell(word: str, sentences: Sequence[str], notes: dict[str, int]) -> str:
    numbers = [str(notes.setdefault(sentence, len(notes) + 1)) for sentence in sentences]
    return f"{word} ({', '.join(numbers)})" if numbers else word


def _versions() -> Iterator[tuple[str, str]]:
    for name, package in (
        ("aiverify", "aiverify"),
        ("model_signing", "model-signing"),
        ("sigstore", "sigstore"),
    ):
        yield name, version(package)
    programs = {f"cosign {major}": name for major, name in COSIGN.items()}
    for shown, program in (*programs.items(), *((name, name) for name in SERVICES)):
        # What `.ci/go-tools` leaves beside a program: the module, and its version.
        built = (folder() / f".{program}").read_text().strip()
        yield shown, built.rpartition("@")[2].removeprefix("v")
