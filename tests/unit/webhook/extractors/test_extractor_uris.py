from __future__ import annotations

import pytest

from aiverify.webhook.extractors import uris
from aiverify.webhook.extractors.uris import DoubtError

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "uri", "revision"),
    [
        ("hf://acme/llama", "hf://acme/llama", ""),
        ("HF://acme/llama/", "hf://acme/llama", ""),
        ("hf://acme/llama@abc", "hf://acme/llama", "abc"),
        ("hf://acme/llama:abc", "hf://acme/llama", "abc"),
        ("hf://acme/llama@abc/a.gguf", "hf://acme/llama/a.gguf", "abc"),
        ("hf://gpt2", "hf://gpt2", ""),
        ("s3://bucket/model/", "s3://bucket/model", ""),
        ("GS://bucket/Model", "gs://bucket/Model", ""),
        ("pvc://claim/a/b", "pvc://claim/a/b", ""),
        ("file:///models//./a/", "file:///models/a", ""),
        ("oci://Registry.Example/acme/x", "oci://registry.example/acme/x:latest", ""),
        ("oci://registry.example:443/acme/x:1", "oci://registry.example/acme/x:1", ""),
        (f"oci://r.example/x:1@{DIGEST}", f"oci://r.example/x@{DIGEST}", ""),
        ("oci+native://r.example/x:1", "oci://r.example/x:1", ""),
        ("oci://index.docker.io/x:1", "oci://docker.io/library/x:1", ""),
        ("https://Example.org:443/%6dodel/%c3%a9", "https://example.org/model/%C3%A9", ""),
        ("https://example.org", "https://example.org/", ""),
        ("http://example.org:80/a?b=c", "http://example.org/a?b=c", ""),
        ("hdfs://node:8020/a/", "hdfs://node:8020/a", ""),
    ],
)
def test_a_uri_has_one_spelling(text, uri, revision):
    assert uris.read(text) == uris.Uri(uri, revision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " hf://acme/llama",
        "hf://acme/llama\n",
        "hf://acme/ll\u0430ma",
        "hf://acme/llama\u200b",
        "hf://acme/../evil/llama",
        "hf://acme//llama",
        "hf://acme%2fllama",
        "hf://acme/llama@",
        "hf://acme/llama@a@b",
        "hf://acme/llama@a:b",
        "hf://acme@a/llama",
        "hf://acme/llama@../x",
        "hf://acme/llama?x=1",
        "s3://bucket/a/../b",
        "s3://bucket//a",
        "s3://bucket/a%2fb",
        "s3://user:pw@bucket/a",
        "s3://",
        "gs://Bucket/a",
        "pvc://claim/../other",
        "pvc:///a",
        "file://host/a",
        "file:///a/../b",
        "oci://acme/llama:1",
        "oci://r.example/Acme/x",
        "oci://r.example/x/",
        "oci://user@r.example/x",
        "oci://r.example/x@sha256:1",
        "oci://n/tenant/b/bucket/o/model",
        "https://user:pw@example.org/a",
        "https://example.org/a#b",
        "https://example.org/a%2fb",
        "https://example.org/%2e%2e/b",
        "https://example.org/a/..",
        "https://example.org/a%00b",
        "https://example.org/a%zz",
        "https://example.org\\@evil.example/a",
        "https:///a",
        "https://example.org./a",
        "ftp://example.org/a",
        "ollama://llama",
        "acme/llama",
        "hf://" + "a" * 3000,
    ],
)
def test_what_readers_would_read_differently_is_in_doubt(text):
    with pytest.raises(DoubtError):
        uris.read(text)


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ("nginx", "oci://docker.io/library/nginx:latest"),
        ("acme/server:1", "oci://docker.io/acme/server:1"),
        ("localhost/x", "oci://localhost/x:latest"),
        ("registry.example:5000/x:1", "oci://registry.example:5000/x:1"),
        ("docker.io/nginx", "oci://docker.io/library/nginx:latest"),
    ],
)
def test_an_image_is_read_as_a_kubelet_reads_it(text, uri):
    assert uris.image(text) == uri


@pytest.mark.parametrize("text", ["", "UPPER/x", "a b", "x:", "x@sha256:1", "https://r.example/x"])
def test_what_is_no_image_is_in_doubt(text):
    with pytest.raises(DoubtError):
        uris.image(text)


def test_a_revision_that_contradicts_the_one_beside_it_is_refused():
    found = uris.found("hf://acme/llama@a", "/x", revision="b")

    assert "names the revision a, and b beside it" in found.problem


def test_a_revision_that_is_said_twice_alike_is_one():
    assert uris.found("hf://acme/llama@a", "/x", revision="a").revision == "a"


def test_a_problem_shows_what_was_written_without_what_hides():
    found = uris.found("hf://acme/\u202ellama", "/x")

    assert found.problem.startswith("'hf://acme/\\u202ellama' is empty, or has characters")
