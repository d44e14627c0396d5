"""Whatever byte of a signature is changed, there are words for it, or one error."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aiverify.core.names import is_visible
from aiverify.errors import MalformedError
from aiverify.operations.inspect_signature import SignatureInspection, inspect_signature
from aiverify.render import signature, signature_json
from aiverify.render.page import Style
from tests.support.signature_samples import AT, samples

NAMES = ("provenance.sigstore.json", "blob.sigstore.json")


@cache
def bundle(name: str) -> str:
    return samples()[name].to_bytes().decode()


def look(data: bytes) -> SignatureInspection:
    return inspect_signature(data, Path("a.sig"), AT + timedelta(days=1))


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every text in a JSON document."""
    if isinstance(value, str):
        return [path]
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [place for key, item in items for place in places(item, (*path, key))]


def spoil(text: str, at: int, byte: int) -> str:
    """A text with another byte, below its base64 where it is that."""
    try:
        raw = bytearray(base64.b64decode(text, validate=True))
    except ValueError:
        raw = bytearray()
    if len(raw) < 16:
        return f"{text[: at % (len(text) + 1)]}{chr(byte)}{text[at % (len(text) + 1) :]}"
    raw[at % len(raw)] = byte
    return base64.b64encode(raw).decode()


@given(st.sampled_from(NAMES), st.data(), st.integers(0, 1 << 20), st.integers(0, 255))
def test_any_byte_changed_in_any_part_gives_words(name: str, data: Any, at: int, byte: int):
    document = json.loads(bundle(name))
    *above, last = data.draw(st.sampled_from(places(document)))
    holder = document
    for key in above:
        holder = holder[key]
    holder[last] = spoil(holder[last], at, byte)
    try:
        found = look(json.dumps(document).encode())
    except MalformedError:
        return
    page = signature.as_table(found, verbose=True, style=Style())
    assert all(is_visible(char) or char == "\n" for char in page)
    assert json.loads(signature_json.as_json(found))["verified"] is False


@given(st.sampled_from(NAMES), st.randoms(use_true_random=False))
def test_any_order_of_keys_gives_the_same(name: str, order: Any):
    def shuffled(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        order.shuffle(pairs)
        return dict(pairs)

    turned = json.loads(bundle(name), object_pairs_hook=shuffled)
    assert look(json.dumps(turned).encode()) == look(bundle(name).encode())
