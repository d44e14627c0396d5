"""`aiverify sbom`: the bill of materials."""

from __future__ import annotations

from aiverify.cli import terminal
from aiverify.cli.grouped import grouped
from aiverify.cli.options import Base, Name, Output, Quiet, Target, Version, examples
from aiverify.cli.registries import Registries
from aiverify.core.jsonvalue import pretty

EXAMPLES = examples(
    "aiverify sbom ./llama -o llama.cdx.json",
)


@grouped
def sbom(
    target: Target,
    reach: Registries,
    output: Output = None,
    base: Base = None,
    name: Name = "",
    version: Version = "",
    quiet: Quiet = False,
) -> None:
    """Write the bill of materials, as CycloneDX 1.6 JSON."""
    from aiverify.operations.sbom import sbom_document

    place, base_place = reach.locate(target), reach.locate_if(base)
    terminal.refuse_input(output, place, base_place)
    with terminal.progress(quiet=quiet) as progress:
        document = sbom_document(place, progress, name=name, version=version, base=base_place)
    terminal.deliver(pretty(document), output)
