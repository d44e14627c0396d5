"""What `inspect` saw, for people and for tools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from aiverify.bundle.opened import Attachment
from aiverify.core import mediatypes
from aiverify.core.description import BaseReference, Description, Stated
from aiverify.core.facts import FileFacts
from aiverify.core.finding import Severity
from aiverify.core.fit import Fit
from aiverify.core.jsonvalue import Json, pretty
from aiverify.core.words import counted
from aiverify.operations.examine import Contents
from aiverify.operations.inspect import Inspection
from aiverify.render.page import Style, columns, heading, page, size
from aiverify.render.table import finding_rows
from aiverify.signing import predicates
from aiverify.signing.oms import LISTINGS
from aiverify.signing.predicates import MANIFEST_SIGNED
from aiverify.verify.target import Form

if TYPE_CHECKING:
    from rich.console import RenderableType


def as_json(value: Inspection) -> str:
    """The facts of every file, and all findings."""
    contents = value.contents
    files: dict[str, Json] = {item.name: item.to_json() for item in contents.files}
    document: dict[str, Json] = {
        "apiVersion": "aiverify.dev/inspection/v1",
        "target": contents.target.shown,
        "form": contents.target.form.value,
        "kind": contents.kind.value,
        "files": files,
        "findings": [finding.to_json() for finding in value.findings],
        "ignored": list(contents.left_out),
    }
    if value.base:
        document["base"] = value.base.to_json()
    return pretty(document)


def as_table(value: Inspection, *, verbose: bool, style: Style) -> str:
    """What the artifact is first, then each file, then what was found."""
    return page(_parts(value, verbose), style)


def _parts(value: Inspection, verbose: bool) -> Iterator[RenderableType]:
    contents = value.contents
    total = sum(item.size for item in contents.files)
    yield columns(
        [
            ("target", f"{contents.target.location} ({contents.target.form})"),
            ("kind", contents.kind.value),
            *_packed(contents),
            *_described(contents.description, verbose),
            *_fit(value),
            ("files", f"{len(contents.files)}, {size(total)}"),
        ]
    )
    yield heading("Files")
    yield columns(
        (_row(item) for item in contents.files),
        heads=("state", "format", "size", "name", "contents"),
        wrap=(3, 4),
    )
    imported = [(item.name, use) for item in contents.files for use in item.facts.globals]
    if verbose and imported:
        yield heading("Imported by pickles")
        yield columns(
            ("called" if use.invoked else "named", use.name, f"{name}, {use.place}")
            for name, use in imported
        )
    if contents.left_out:
        yield heading("Left out of every signature and bundle")
        yield columns((name,) for name in contents.left_out)
    if value.findings:
        yield heading("Findings")
        yield columns(finding_rows(value.findings))


def _packed(contents: Contents) -> Iterator[tuple[str, str]]:
    """What is said of a bundle: how it is packed, and what speaks of it."""
    bundle = contents.target.bundle
    if bundle is None:
        return
    yield "packed as", bundle.maker if len(bundle.parts) == 1 else f"unit of {len(bundle.parts)}"
    yield "manifest", str(bundle.descriptor.digest)
    told = Counter(_attached(item) for item in bundle.attachments)
    attached = ", ".join(f"{name} ({n})" if n > 1 else name for name, n in sorted(told.items()))
    yield "attached", attached or "nothing"
    if contents.target.form is Form.REGISTRY:
        yield "checked", "manifests and files up to 4 MiB; of larger files headers, unchecked"


def _attached(item: Attachment) -> str:
    """What an attachment is, by the word of whoever attached it."""
    if item.artifact_type == mediatypes.SBOM:
        return "SBOM"
    if item.predicate_type in (*LISTINGS, MANIFEST_SIGNED):
        return "signature"
    return f"attested {predicates.shown(item.predicate_type)}".rstrip()


def _row(item: FileFacts) -> tuple[str, ...]:
    return (
        item.state.value,
        item.facts.format,
        size(item.size),
        item.name,
        item.facts.summary or item.facts.unread,
    )


def _described(description: Description, verbose: bool) -> Iterator[tuple[str, str]]:
    """What the files say of the whole; with --verbose, also where they say it."""
    single: tuple[tuple[str, Stated[str] | None], ...] = (
        ("name", description.name),
        ("architecture", description.architecture),
        ("family", description.family),
        ("library", description.library),
        ("task", description.task),
    )
    for label, stated in single:
        if stated:
            yield label, _told(stated.value, (stated.source,), verbose)
    several: tuple[tuple[str, tuple[Stated[str], ...]], ...] = (
        ("licence", description.licences),
        ("datasets", description.datasets),
        ("languages", description.languages),
    )
    for label, many in several:
        if many:
            text = ", ".join(item.value for item in many)
            yield label, _told(text, {item.source: None for item in many}, verbose)
    if description.base_models:
        text = ", ".join(dict.fromkeys(_base(item.value) for item in description.base_models))
        yield "base model", _told(text, (i.source for i in description.base_models), verbose)
    yield from _measured(description)


def _measured(description: Description) -> Iterator[tuple[str, str]]:
    if description.parameters:
        dtypes = ", ".join(f"{name} {count:,}" for name, count in description.dtypes.items())
        yield "parameters", f"{description.parameters.value:,} ({dtypes})"
    if description.context_length:
        yield "context", f"{description.context_length.value:,} tokens"
    if description.vocabulary:
        yield "vocabulary", f"{description.vocabulary.value:,} tokens"
    if description.adapter:
        settings = description.adapter.value
        told = (
            settings.peft_type or "unknown type",
            "" if settings.rank is None else f"r {settings.rank}",
            "" if settings.alpha is None else f"alpha {settings.alpha}",
            f"on {', '.join(settings.target_modules) or 'unknown modules'}",
        )
        yield "adapter", ", ".join(part for part in told if part)


def _fit(value: Inspection) -> Iterator[tuple[str, str]]:
    if value.base is None:
        return
    base = value.base
    yield "base", base.reference.name
    count = sum(finding.severity is Severity.ERROR for finding in base.fit.findings)
    yield "fit", f"{counted(count, 'finding')} against it" if count else _fitting(base.fit)


def _fitting(fit: Fit) -> str:
    verb = "fits" if fit.pairs == 1 else "fit"
    return f"{counted(fit.pairs, 'pair')} {verb}" if fit.checked else "not checked"


def _told(text: str, sources: Iterable[str], verbose: bool) -> str:
    return f"{text}  [{', '.join(sources)}]" if verbose else text


def _base(base: BaseReference) -> str:
    pin = base.digest or base.revision
    return f"{base.name}@{pin}" if pin else base.name
