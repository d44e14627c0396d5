"""The page that says how the bills compare."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from tests.compare.sboms.found import Extent
from tests.compare.sboms.rows import ROWS
from tests.compare.sboms.tools import Tool

if TYPE_CHECKING:
    from tests.compare.sboms.__main__ import Result

HEAD = """# Bills of materials side by side

Written by `make compare`, which writes one directory (a fine-tuned Llama-style model with its
card, configuration and tokenizer, a LoRA adapter, a GGUF file, an ONNX graph, a Go program,
`requirements.txt`, `uv.lock`, a licence's text and a file that nobody can read), installs each
tool in an environment of its own and has all of them describe that directory, without a network.

Each cell is decided by a function over the documents that the tool wrote, the same for every
tool: the right value counts wherever a document has it, in a field of the standard or in a
property of the tool's own. *In part* is followed by what is there. A tool that is made for
something else than models is not judged by rows about models.
"""

REST = """## What is not here

- OWASP's AIBOM Generator asks the hub of Hugging Face about a model, and describes no directory.
- ai-bom-generator needs Python 3.12, and takes what is to be said of a model from a file that
  is written by hand.
"""


def page(results: Sequence[Result], absent: Sequence[tuple[Tool, str]]) -> str:
    """The whole page, in Markdown. `absent` are tools that could not be had, with the reasons."""
    names = [result.tool.title for result in results]
    asked = (f"- {result.tool.title}: {_calls(result.tool)}" for result in results)
    parts = [
        HEAD,
        "## Fields\n",
        *_table(["", *names], _rows(results)),
        "Seconds are those of each call, the best of three, on one machine.\n",
        "## How each was asked\n",
        *asked,
        "",
        REST.rstrip("\n"),
        *(f"- {tool.title}: {reason}." for tool, reason in absent),
        "",
    ]
    for result in results:
        parts += [f"## Where {result.tool.name} has it\n", *_table(["", "place"], _places(result))]
    return "\n".join(parts)


def _calls(tool: Tool) -> str:
    return "; ".join(f"`{run.words}`" for run in tool.runs)


def _rows(results: Sequence[Result]) -> Iterator[list[str]]:
    for row in ROWS:
        yield [row.title, *(str(result.found[row.title]) for result in results)]
    filled = (
        sum(found.extent is Extent.ALL for found in result.found.values()) for result in results
    )
    yield [f"**filled, of {len(ROWS)}**", *map(str, filled)]
    yield ["documents", *(str(len(result.evidence.documents)) for result in results)]
    yield ["seconds", *(_seconds(result.seconds) for result in results)]


def _seconds(calls: Sequence[float]) -> str:
    each = " + ".join(f"{seconds:.2f}" for seconds in calls)
    return f"{each} = {sum(calls):.2f}" if len(calls) > 1 else each


def _places(result: Result) -> Iterator[list[str]]:
    for title, found in result.found.items():
        if found.places:
            first, *others = dict.fromkeys(found.places)
            more = f" and {len(others)} more" if others else ""
            yield [title, f"`{first}`{more}"]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""
