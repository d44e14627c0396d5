"""`aiverify sbom`: the bill of materials."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aiverify.cli import terminal
from aiverify.cli.grouped import grouped
from aiverify.cli.options import (
    Base,
    Name,
    Output,
    Quiet,
    Target,
    Version,
    a_path,
    a_text,
    examples,
)
from aiverify.cli.registries import Registries
from aiverify.errors import UsageError
from aiverify.sbom.cyclonedx.version import SpecVersion

if TYPE_CHECKING:
    from aiverify.operations.sbom import WrittenSbom

EXAMPLES = examples(
    "aiverify sbom ./llama -o llama.cdx.json",
    "aiverify sbom ./lora --base ./llama --dataset ./ultrachat --format spdx-json",
    "aiverify sbom ./runner --osv ./osv/Go.zip --vex runner.vex.json",
    "aiverify sbom diff old.cdx.json new.cdx.json",
    "aiverify sbom score llama.cdx.json",
)


class SbomFormat(StrEnum):
    """The standard and the serialization that a bill is written in."""

    CYCLONEDX_JSON = "cyclonedx-json"
    CYCLONEDX_XML = "cyclonedx-xml"
    SPDX_JSON = "spdx-json"


@dataclass(frozen=True, slots=True)
class Named:
    """What whoever asks says that the artifact is, and who has the bill written."""

    name: Name = ""
    version: Version = ""
    author: Annotated[str, typer.Option(metavar="NAME", help="Who has the bill written.")] = ""
    supplier: Annotated[str, typer.Option(metavar="NAME", help="Who gives the artifact out.")] = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of vulnerabilities."""

    osv: Annotated[
        Path | None, a_path("Known vulnerabilities: OSV records or their all.zip.", metavar="PATH")
    ] = None
    vex: Annotated[list[Path] | None, a_path("Which of them matter (VEX). May be repeated.")] = None


@grouped
def sbom(
    target: Target,
    reach: Registries,
    named: Named,
    known: Known,
    output: Output = None,
    format: Annotated[  # noqa: A002 - the option's name
        SbomFormat, typer.Option("--format", metavar="FORMAT", help="Or cyclonedx-xml, spdx-json.")
    ] = SbomFormat.CYCLONEDX_JSON,
    spec_version: Annotated[
        SpecVersion | None,
        typer.Option(help="Of CycloneDX.", show_default="1.6"),
    ] = None,
    base: Base = None,
    dataset: Annotated[
        list[str] | None,
        a_text("A dataset that it was trained on. May be repeated.", metavar="DATASET"),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Write the bill of materials, as CycloneDX or SPDX 3.0.1.

    Everything in it is read from the files, offline, and says where it stands. What nobody
    says is left out, and what is contradicted or could not be used is a warning.
    """
    from aiverify.operations.sbom import SbomRequest, write_sbom

    _refuse_version(format, spec_version)
    request = SbomRequest(
        reach.locate(target),
        name=named.name,
        version=named.version,
        author=named.author,
        supplier=named.supplier,
        base=reach.locate_if(base),
        datasets=tuple(reach.locate(item) for item in dataset or ()),
        advisories=known.osv,
        vex=tuple(known.vex or ()),
    )
    terminal.refuse_input(output, *request.inputs)
    with terminal.progress(quiet=quiet) as progress:
        written = write_sbom(request, progress)
    terminal.deliver(_encoded(written, format, spec_version or SpecVersion.V1_6), output)
    if not quiet:
        _warn(written)


def _refuse_version(form: SbomFormat, spec_version: SpecVersion | None) -> None:
    if form is SbomFormat.SPDX_JSON and spec_version:
        raise UsageError(
            "--spec-version is CycloneDX's, and SPDX is written as 3.0.1",
            hint="Leave --spec-version out, or choose --format cyclonedx-json.",
        )


def _encoded(written: WrittenSbom, form: SbomFormat, spec_version: SpecVersion) -> str:
    from aiverify.core.jsonvalue import pretty
    from aiverify.operations.clock import rfc3339

    time = rfc3339(written.time)
    if form is SbomFormat.SPDX_JSON:
        from aiverify.sbom.spdx import document as spdx

        return pretty(spdx.encode(written.bom, serial=written.serial, timestamp=time))
    from aiverify.sbom.cyclonedx import document as cyclonedx

    document = cyclonedx.encode(
        written.bom, serial=written.serial, timestamp=time, spec_version=spec_version.value
    )
    if form is SbomFormat.CYCLONEDX_XML:
        from aiverify.sbom.cyclonedx.xml import to_xml

        return to_xml(document).decode("utf-8")
    return pretty(document)


def _warn(written: WrittenSbom) -> None:
    """What could not be used, and where the artifact's files contradict each other."""
    for warning in written.warnings:
        terminal.remark(f"warning: {warning}")
    for finding in written.findings:
        terminal.remark(f"{finding.severity}: {finding.rule}: {finding.message}")
