from __future__ import annotations

import base64
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.webhook.manifests.carried import Carried
from aiverify.webhook.manifests.rendering import render
from aiverify.webhook.manifests.text import to_yaml
from aiverify.webhook.manifests.values import Values

IMAGE = f"registry.example/aiverify@sha256:{'1' * 64}"

part = st.text(
    st.characters(exclude_characters="/\\\0:", exclude_categories=["Cs"]), min_size=1, max_size=20
).filter(lambda text: text not in (".", ".."))
names = st.lists(part, min_size=1, max_size=3).map("/".join)
contents = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.text("ab \t\r\n\x85\u2028\ufeff'\"#:-|>&*!%@`{}[]", max_size=40).map(str.encode),
)


def of_kind(documents: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(item for item in documents if item["kind"] == kind)


@settings(deadline=None, max_examples=40)
@given(profile=contents, files=st.dictionaries(names, contents, max_size=6))
def test_a_pod_finds_every_file_to_the_byte(profile: bytes, files: dict[str, bytes]):
    rendered = render(Values(Carried(profile, files), IMAGE, crd=False))
    text = to_yaml(item for item in rendered if item["kind"] in ("ConfigMap", "Deployment"))

    documents = list(yaml.safe_load_all(text))
    config_map = of_kind(documents, "ConfigMap")
    pod = of_kind(documents, "Deployment")["spec"]["template"]["spec"]
    held = {key: value.encode() for key, value in config_map["data"].items()}
    for key, value in config_map.get("binaryData", {}).items():
        assert key not in held
        held[key] = base64.b64decode(value)
    laid = {
        item["path"].removeprefix("profile/"): held[item["key"]]
        for item in pod["volumes"][0]["configMap"]["items"]
    }
    assert laid == {**files, "aiverify.yaml": profile}
    for key in held:
        assert key.isascii()
        assert set(key) <= set("-._") | set(filter(str.isalnum, map(chr, range(128))))
        assert len(key) <= 253
        assert not key.startswith("..")
        assert key != "."
