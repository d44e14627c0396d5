"""Which URLs may be asked, and which lead to this machine."""

from __future__ import annotations

import pytest

from aiverify.core import urls
from aiverify.errors import UsageError

HINT = "Write another."


@pytest.mark.parametrize(
    "url",
    [
        "https://rekor.example.com",
        "https://rekor.example.com:8443/api/v2",
        "http://127.0.0.1:3000",
        "http://[::1]:3000/x",
        "http://localhost/x",
    ],
)
def test_https_may_be_asked_and_this_machine_in_the_clear(url: str):
    urls.check(url, "the log", HINT)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "is not a URL"),
        ("rekor.example.com", "is not a URL"),
        ("https://", "is not a URL"),
        ("https://user@example.com", "is not a URL"),
        ("https://example.com?x=1", "is not a URL"),
        ("https://example.com#x", "is not a URL"),
        ("https://example.com\\@evil.com", "is not a URL"),
        ("https://example.com:0", "is not a URL"),
        ("https://example.com:x", "is not a URL"),
        ("https://ex ample.com", "is not a URL"),
        ("https://ex\u0430mple.com", "is not a URL"),
        ("https://" + "a" * 2100, "is not a URL"),
        ("http://example.com", "in the clear"),
        ("http://127.0.0.1.example.com", "in the clear"),
        ("ftp://127.0.0.1", "in the clear"),
    ],
)
def test_anything_else_may_not(url: str, why: str):
    with pytest.raises(UsageError, match=f"the log.*{why}|{why}.*the log") as caught:
        urls.check(url, "the log", HINT)
    assert caught.value.hint


@pytest.mark.parametrize("url", ["http://127.1.2.3", "http://localhost:1", "http://[::1]"])
def test_this_machine_is_known_by_its_addresses(url: str):
    assert urls.is_loopback(url)


@pytest.mark.parametrize("url", ["http://0.0.0.0", "http://localhost.example", "http://10.0.0.1"])
def test_another_is_none_of_them(url: str):
    assert not urls.is_loopback(url)
