"""What is in a signature file, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from aiverify.core.words import counted
from aiverify.operations.inspect_signature import SignatureInspection
from aiverify.operations.seen.entry import Entry
from aiverify.operations.seen.signer import Signer
from aiverify.operations.seen.stamp import Stamp
from aiverify.operations.seen.statement import Payload, Statement
from aiverify.operations.seen.words import cut, cut_all, duration, moment
from aiverify.render.page import Style, columns, heading, page, size
from aiverify.signing.certificates import Described, fulcio
from aiverify.signing.oms import LISTINGS, PREDICATE, SignedManifest
from aiverify.signing.predicates import shown

if TYPE_CHECKING:
    from rich.console import RenderableType

Row = tuple[str, str]

FEW = 10
"""Files, and subjects, that are shown unless more are asked for."""

MANY = 10_000
"""Files that are shown at most."""

LABEL = 13
"""Columns of a label, so that the sections stand below each other."""

_MEANINGS = {field.name: field.words for field in fulcio.FIELDS}


def as_table(value: SignatureInspection, *, verbose: bool, style: Style) -> str:
    """What it says first, then who is said to have signed, who saw it, and what is notable."""
    return page(_parts(value, verbose), style)


def _parts(value: SignatureInspection, verbose: bool) -> Iterator[RenderableType]:
    yield _rows(_kind(value))
    if value.payload and value.payload.statement:
        yield heading("Statement")
        yield _rows(_statement(value.payload.statement, verbose))
    files = value.payload and value.payload.statement and value.payload.statement.files
    if files:
        yield heading("Files")
        yield _files(files, verbose)
    yield heading("Signer")
    yield _rows(_signer(value.signer))
    leaf = value.signer.leaf
    if leaf and leaf.extensions:
        yield heading("What the certificate says of the signer")
        yield _extensions(leaf, verbose)
    for number, item in enumerate(value.signer.certificates[1:], 2):
        yield heading(f"Certificate {number} of the chain")
        yield _rows(_certificate(item))
    for entry in value.entries:
        yield heading(f"Log entry {entry.index}")
        yield _rows(_entry(entry))
    for stamp in value.timestamps:
        yield heading("Timestamp")
        yield _rows(_stamp(stamp))
    if value.remarks:
        yield heading("Notable")
        yield columns((item.severity.value, _plain(item.message)) for item in value.remarks)
    yield heading("Nothing here was verified: anybody can write such a file.")
    yield _text("`aiverify verify TARGET --signature FILE` says whether somebody you trust signed.")


def _kind(value: SignatureInspection) -> Iterator[Row]:
    yield "file", value.shown
    yield "kind", f"Sigstore bundle, version {value.version}"
    if value.message:
        yield "signs", "a file, of which it holds the digest alone"
        yield "digest", str(value.message.digest)
    elif value.payload:
        yield "signs", _signs(value.payload)
        yield "payload", f"{value.payload.type}, {size(value.payload.size)}"
        if not value.payload.statement:
            yield "digest", str(value.payload.digest)


def _signs(payload: Payload) -> str:
    found = payload.statement
    if found is None:
        return "an envelope with something that is no statement"
    if found.lists_files:
        return "a list of a model's files"
    return f"an attestation: {cut(shown(found.predicate_type))}"


def _statement(found: Statement, verbose: bool) -> Iterator[Row]:
    yield from (("predicate", name) for name in _names(found.predicate_type))
    if found.files and found.subject_count > 1:
        return  # Before OMS v1.0, each file was a subject of its own.
    most = len(found.subjects) if verbose else FEW
    for subject in found.subjects[:most]:
        yield "subject", subject.name or "without a name"
        yield from (("", f"{name}:{value}") for name, value in subject.digests.items())
    if found.subject_count > most:
        yield "", f"and {found.subject_count - most:,} more"
    yield from found.facts


def _names(uri: str) -> Iterator[str]:
    """A predicate type in short, where it is known, and in whole."""
    if uri in LISTINGS:
        yield "OpenSSF Model Signing" if uri == PREDICATE else "model_signing before OMS v1.0"
    elif shown(uri) != uri:
        yield shown(uri)
    yield uri


def _files(files: SignedManifest, verbose: bool) -> RenderableType:
    way, entries = files.serialization, files.manifest.entries
    hashed = f"hashed with {way.algorithm}"
    if way.shard_size:
        hashed += f" in {counted(len(entries), 'shard')} of at most {way.shard_size:,} bytes"
    rows: list[Row] = [
        ("count", f"{len(files.manifest.files):,}, {hashed}"),
        ("root digest", str(files.root)),
        ("links", "followed" if files.allow_symlinks else "not allowed"),
        ("left out", ", ".join(cut_all(sorted(files.ignore_paths), FEW)) or "nothing"),
    ]
    most = MANY if verbose else FEW
    for entry in islice(entries, most):
        rows.append(("file", cut(entry.label)))
        if verbose:
            rows.append(("", str(entry.digest)))
    if len(entries) > most:
        more = f"and {len(entries) - most:,} more"
        rows.append(("", more if verbose else f"{more}, which --verbose shows"))
    return _rows(rows)


def _signer(found: Signer) -> Iterator[Row]:
    if found.leaf:
        chain = counted(len(found.certificates), "certificate")
        single = found.method == "certificate"
        yield "signed with", "a certificate" if single else f"a chain of {chain}, its own first"
        yield from _certificate(found.leaf)
        return
    forms = {
        "oms": "SHA-256 of its PEM text, as OMS names keys",
        "cosign": "SHA-256 of its DER, as cosign names keys",
    }
    yield "signed with", "a key"
    if found.hint:
        yield "key hint", found.hint
        yield "", forms.get(found.form, "in nobody's form that is known")
    if found.fingerprint:
        yield "fingerprint", found.fingerprint
    if found.key:
        yield "key inside", f"{found.key.kind}, {found.key.public.fingerprint}"


def _certificate(item: Described) -> Iterator[Row]:
    yield "subject", item.subject or "without a name"
    yield from (("name", name) for name in item.names)
    yield "issuer", item.issuer
    if item.not_before and item.not_after:
        lifetime = duration(item.not_after - item.not_before)
        yield "valid", f"{moment(item.not_before)} to {moment(item.not_after)}, {lifetime}"
    yield "key", item.key
    yield "signature", item.signature
    yield "meant for", ", ".join(item.usage)
    if item.is_authority:
        yield "", "it may issue certificates"
    yield "serial", item.serial
    yield "fingerprint", item.fingerprint
    for log in item.logs:
        yield "promised", f"to be public, {moment(log.time)}, by the log"
        yield "", log.id


def _extensions(leaf: Described, verbose: bool) -> RenderableType:
    rows = ((name, _plain(value), _MEANINGS.get(name, "")) for name, value in leaf.extensions)
    return columns((row if verbose else row[:2] for row in rows), wrap=(1, 2) if verbose else (1,))


def _entry(entry: Entry) -> Iterator[Row]:
    yield "log", entry.log_id
    yield "kind", f"{entry.kind} {entry.version}"
    if entry.stated:
        signed = "promised by the log" if entry.promised else "which the log did not sign"
        yield "time", f"{_moment(entry.time)}, {signed}"
    else:
        yield "time", "none: a timestamp says when"
    if entry.proof:
        proof = entry.proof
        steps = counted(proof.hashes, "step")
        yield "proof", f"entry {proof.index:,} of {proof.tree_size:,}, {steps} to the root"
        if proof.origin:
            yield "checkpoint", f"{proof.origin}, signed by {', '.join(proof.signed_by)}"
    else:
        yield "proof", "none"
    if entry.key:
        yield "key", f"{entry.key.kind}, {entry.key.public.fingerprint}"
    about = {True: "this signature", False: "another signature", None: "it cannot be told"}
    yield "about", about[entry.matches]


def _stamp(stamp: Stamp) -> Iterator[Row]:
    if stamp.problem:
        yield "problem", stamp.problem
        return
    yield "time", _moment(stamp.time)
    yield "authority", stamp.authority or "it does not say"
    yield "policy", stamp.policy
    yield "serial", stamp.serial
    about = {True: "this signature", False: "another signature", None: "it cannot be told"}
    yield "about", f"{about[stamp.matches]}, by {stamp.hash}"


def _moment(time: datetime | None) -> str:
    return moment(time) if time else "a time that is none"


def _rows(rows: Iterable[Row]) -> RenderableType:
    """Labels and texts; a label is not said twice in a row, and one without a text not at all."""
    last, shown_rows = "", []
    for label, text in rows:
        if text:
            shown_rows.append(("" if label == last else label, _plain(text)))
            last = label or last
    return columns((f"{label:<{LABEL}}", text) for label, text in shown_rows)


def _plain(text: str) -> str:
    """A text that gets no colour. Colours are words of ours, and the file may hold the same."""
    return f"{text} "


def _text(words: str) -> RenderableType:
    from rich.text import Text

    return Text(words)
