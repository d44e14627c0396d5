"""Running every case: each tool signs it, and each tool verifies what was made."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.support.interop.case import CASES, Case, Kind, Made, Tool
from tests.support.interop.cosigns import Cosign
from tests.support.interop.ground import Artifact, Ground
from tests.support.interop.tools import Aiverify, ModelSigning, SigstorePython
from tests.support.released import flipped

Part = Callable[[Any], tuple[Any, Any]]
"""Where in a bundle some base64 is: the object, and the member of it."""

TOOLS: tuple[Tool, ...] = (Aiverify(), ModelSigning(), Cosign(3), Cosign(2), SigstorePython())


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool said. `words` are its own; `unwitnessed` that it looks at no log or timestamp."""

    accepted: bool
    words: str = ""
    unwitnessed: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One case by one signer: how signing went, and what every verifier said of it.

    A verifier that has no command for the case is not among the answers.
    """

    case: Case
    signer: str
    signed: Answer
    answers: Mapping[str, Answer] = field(default_factory=dict)


def run_all(ground: Ground, cases: Iterable[Case] = CASES) -> tuple[Row, ...]:
    """Every row of the matrix. A case that a signer has no command for has none."""
    folder = ground.folder / "signatures"
    folder.mkdir()
    pairs = [(case, tool) for case in cases for tool in TOOLS]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = pool.map(lambda pair: _row(pair[0], pair[1], ground, folder), pairs)
        return tuple(row for row in found if row is not None)


def _row(case: Case, signer: Tool, ground: Ground, folder: Path) -> Row | None:
    name = f"{case.subject.name} {case.method} {signer.name}".replace(" ", "-").replace(",", "")
    made = Made(case, signer.name, folder / f"{name}.sigstore.json")
    sign = signer.sign(case, ground, made.path)
    if sign is None:
        return None
    done = sign()
    if done.exit_code or not made.path.exists():
        return Row(case, signer.name, Answer(False, done.out + done.err))
    answers = {tool.name: _answer(made, tool, ground) for tool in TOOLS}
    offered = {name: answer for name, answer in answers.items() if answer is not None}
    return Row(case, signer.name, Answer(True), offered)


def _answer(made: Made, tool: Tool, ground: Ground) -> Answer | None:
    """What it says; where it accepts, it must refuse another artifact and another signature."""
    verify = tool.verify(made, ground, ground.good)
    if verify is None:
        return None
    done = verify()
    if done.exit_code:
        return Answer(False, done.out + done.err)
    where = f"{tool.name} verifies {made.path.name}"
    assert not _accepts(tool, made, ground, ground.altered), f"{where} of another artifact"
    altered = _altered(made, tool, _signature_in)
    assert not _accepts(tool, altered, ground, ground.good), f"{where} with another signature"
    if made.case.method.kind is not Kind.LOGGED:
        return Answer(True)
    witnesses = (_altered(made, tool, part) for part in (_entry_in, _timestamp_in))
    blind = [_accepts(tool, altered, ground, ground.good) for altered in witnesses]
    assert all(blind) or not any(blind), f"{where} by one witness of two"
    return Answer(True, unwitnessed=all(blind))


def _accepts(tool: Tool, made: Made, ground: Ground, artifact: Artifact) -> bool:
    verify = tool.verify(made, ground, artifact)
    assert verify is not None
    return verify().exit_code == 0


def _altered(made: Made, tool: Tool, part: Part) -> Made:
    """The signature with one bit changed in one part of it, in a file for this tool."""
    value = json.loads(made.path.read_bytes())
    inner, key = part(value)
    data = base64.b64decode(inner[key])
    # A timestamp ends in its signature; its middle may be a certificate that nobody needs.
    data = data[:-1] + flipped(data[-1:]) if part is _timestamp_in else flipped(data)
    inner[key] = base64.b64encode(data).decode()
    path = made.path.with_name(f"altered.{tool.name}.{made.path.name}")
    path.write_text(json.dumps(value))
    return replace(made, path=path)


def _signature_in(value: Any) -> tuple[Any, Any]:
    if "messageSignature" in value:
        return value["messageSignature"], "signature"
    return value["dsseEnvelope"]["signatures"][0], "sig"


def _entry_in(value: Any) -> tuple[Any, Any]:
    # Not the body: cosign 3 makes that itself, and does not look at the one in the bundle.
    return value["verificationMaterial"]["tlogEntries"][0]["inclusionProof"]["hashes"], 0


def _timestamp_in(value: Any) -> tuple[Any, Any]:
    stamps = value["verificationMaterial"]["timestampVerificationData"]["rfc3161Timestamps"]
    return stamps[0], "signedTimestamp"
