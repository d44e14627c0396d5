from __future__ import annotations

import pytest

from aiverify.webhook.server.deadline import seconds


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("timeout=10s", 9.5),
        ("timeout=1s", 0.9),
        ("timeout=500ms", 0.4),
        ("timeout=1m", 25.0),
        ("a=b&timeout=2s", 1.9),
        ("timeout=0s", 0.0),
        ("timeout=50ms", 0.0),
        ("timeout=30s", 25.0),
    ],
)
def test_a_review_has_a_little_less_than_the_api_server_waits(query, expected):
    assert seconds(query, 25.0) == pytest.approx(expected)


@pytest.mark.parametrize(
    "query",
    ["", "timeout=", "timeout=10", "timeout=-1s", "timeout=1e9s", "xtimeout=1s", "timeout=1h"],
)
def test_what_is_no_duration_is_none(query):
    assert seconds(query, 7.0) == 7.0


def test_nobody_gets_more_than_the_most():
    assert seconds("timeout=9999m", 5.0) == 5.0
