"""Bills of materials by others: verified as they are, and never rewritten."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.desk import Desk

RULE = """package acme

import rego.v1

deny contains "the vendor's note is gone" if {
    input.sbom.metadata.component["x-vendor"].note != "kept"
}

deny contains "no bill" if not input.sbom
"""


@pytest.fixture
def at_hand(desk: Desk) -> Desk:
    """A model, a key, a rule that looks at what no standard knows, and a profile with both."""
    desk.model()
    desk.key("alice")
    (desk / "acme.rego").write_text(RULE)
    signers = [{"name": "alice", "keys": ["alice.pub"]}]
    desk.profile({"signers": signers}, require={"sbom": True}, policies=["acme.rego"])
    desk.do("sign model --key alice.key")
    return desk


def foreign(model: Path) -> dict[str, Any]:
    """A document as another tool writes it: old, oddly ordered, with members of its own."""
    files = [
        {
            "x-scanned": {"by": "acme", "at": [1, 2.50, None]},
            "hashes": [{"content": digest(path), "alg": "SHA-256"}],
            "name": path.relative_to(model).as_posix(),
            "type": "file",
        }
        for path in sorted(model.rglob("*"))
        if path.is_file() and path.name != "model.sig"
    ]
    return {
        "version": 7,
        "components": files,
        "x-acme": {"deep": [{"er": {"kept": True}}]},
        "metadata": {
            "component": {
                "name": "model",
                "type": "machine-learning-model",
                "x-vendor": {"note": "kept"},
            }
        },
        "specVersion": "1.5",
        "bomFormat": "CycloneDX",
    }


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def attested(desk: Desk, text: str) -> Any:
    """The predicate in a signature file, before anybody interpreted it."""
    bundle = json.loads((desk / text).read_bytes())
    return json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))["predicate"]


def test_what_is_signed_is_the_document_as_it_was_given(at_hand: Desk):
    document = foreign(at_hand / "model")
    (at_hand / "acme.cdx.json").write_text(json.dumps(document, indent=3))

    at_hand.do("attest model --type sbom --predicate acme.cdx.json --key alice.key -o sbom.sig")

    assert attested(at_hand, "sbom.sig") == document
    assert json.loads((at_hand / "acme.cdx.json").read_bytes()) == document


@pytest.mark.parametrize(("note", "verdict"), [("kept", "allow"), ("gone", "deny")])
def test_policies_see_members_that_no_standard_knows(at_hand: Desk, note: str, verdict: str):
    document = foreign(at_hand / "model")
    document["metadata"]["component"]["x-vendor"]["note"] = note
    (at_hand / "acme.cdx.json").write_text(json.dumps(document))
    at_hand.do("attest model --type sbom --predicate acme.cdx.json --key alice.key -o sbom.sig")

    words = "model --profile aiverify.yaml --signature model/model.sig --signature sbom.sig"

    assert at_hand.judge(words).verdict == verdict


def test_a_digest_that_is_not_the_files_is_refused_whoever_wrote_it(at_hand: Desk):
    document = foreign(at_hand / "model")
    document["components"][0]["hashes"][0]["content"] = "0" * 64
    (at_hand / "acme.cdx.json").write_text(json.dumps(document))

    done = at_hand.call("attest model --type sbom --predicate acme.cdx.json --key alice.key")

    assert done.exit_code != 0
    assert document["components"][0]["name"] in done.err


def test_diff_and_score_leave_it_as_it_is(at_hand: Desk):
    text = json.dumps(foreign(at_hand / "model"), indent=1)
    (at_hand / "acme.cdx.json").write_text(text)

    at_hand.do("sbom score acme.cdx.json")
    at_hand.do("sbom diff acme.cdx.json model")

    assert (at_hand / "acme.cdx.json").read_text() == text
