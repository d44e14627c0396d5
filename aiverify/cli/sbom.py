"""`aiverify sbom`: the bill of materials."""

from __future__ import annotations

from aiverify.cli import terminal
from aiverify.cli.options import Base, Name, Output, Quiet, Target, Version, examples
from aiverify.core.jsonvalue import pretty

EXAMPLES = examples(
    "aiverify sbom ./llama -o llama.cdx.json",
)


def sbom(
    target: Target,
    output: Output = None,
    base: Base = None,
    name: Name = "",
    version: Version = "",
    quiet: Quiet = False,
) -> None:
    """Write the bill of materials, as CycloneDX 1.6 JSON."""
    from aiverify.operations.sbom import sbom_document

    terminal.refuse_input(output, target, base)
    with terminal.progress(quiet=quiet) as progress:
        document = sbom_document(target, progress, name=name, version=version, base=base)
    terminal.deliver(pretty(document), output)
