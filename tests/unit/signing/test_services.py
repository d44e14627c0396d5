"""Services are asked in limited time, for so many bytes, and nowhere else than told."""

from __future__ import annotations

import socket

import pytest

from aiverify.errors import DeniedError, UndecidedError, UsageError
from aiverify.signing.services import MAX_ANSWER, Service
from tests.support.http_site import Reply, serving

WHAT = "the transparency log"


def ask(site, timeout=10.0, allowed=()):
    return Service(site.url, WHAT, timeout).post("/path", b"request", {"X-A": "b"}, allowed)


@pytest.mark.parametrize(
    "url",
    [
        "https://log.example.com",
        "https://log.example.com:8443/a/b/",
        "http://127.0.0.1:3000",
        "http://127.9.9.9",
        "http://[::1]:3000",
        "http://localhost:3000/x",
    ],
)
def test_https_anywhere_and_http_on_this_machine_are_urls_to_ask(url):
    assert url in str(Service(url, WHAT))


@pytest.mark.parametrize(
    "url",
    [
        "http://log.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://[::]",
        "http://2130706433",
        "http://example.com#@127.0.0.1",
        "http://127.0.0.1@example.com",
        "http://127.0.0.1\\@example.com",
        "https://user@log.example.com",
        "https://user:word@log.example.com",
        "https://@log.example.com",
        "https://log.example.com?x=1",
        "https://log.example.com#x",
        "https://log.example.com/\n",
        "https://log.example.com/ x",
        "https://log.exam\u0440le.com",
        "https://",
        "https:///path",
        "https://log.example.com:0",
        "https://log.example.com:99999",
        "https://log.example.com:x",
        "https://[::1",
        "ftp://log.example.com",
        "file:///etc/passwd",
        "log.example.com",
        "",
        "https://" + "a" * 3000,
    ],
)
def test_any_other_url_is_refused(url):
    with pytest.raises(UsageError, match=WHAT):
        Service(url, WHAT)


def test_an_answer_is_given_back_with_its_place():
    with serving(Reply(201, b"answer", {"Location": "/x"})) as site:
        answer = ask(site)

    assert (answer.status, answer.body, answer.location) == (201, b"answer", "/x")
    [asked] = site.asked
    assert (asked.method, asked.path, asked.body) == ("POST", "/path", b"request")
    assert asked.headers["X-A"] == "b"


def test_no_credentials_are_sent(tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login user password word\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving() as site:
        Service(site.url.replace("127.0.0.1", "localhost"), WHAT).post("", b"", {})
        [asked] = site.asked

    assert "Authorization" not in asked.headers
    assert "Cookie" not in asked.headers


def test_this_machine_is_not_asked_through_a_proxy(monkeypatch):
    with serving() as proxy, serving(Reply(body=b"direct")) as site:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NO_PROXY", "")

        assert ask(site).body == b"direct"
        assert proxy.asked == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status):
    with serving(Reply(body=b"elsewhere")) as other:
        headers = {"Location": f"{other.url}/path"}
        with (
            serving(Reply(status, b"", headers)) as site,
            pytest.raises(UndecidedError, match="sends elsewhere"),
        ):
            ask(site)
        assert other.asked == []
        assert len(site.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 422])
def test_a_refusal_is_told_in_the_services_own_words(status):
    with (
        serving(Reply(status, b'{"code":1,"message":"bad  \\u001b[2J\\nkey"}')) as site,
        pytest.raises(DeniedError) as caught,
    ):
        ask(site)

    assert caught.value.message == f"{WHAT} at {site.url} refuses (HTTP {status}): bad \\x1b[2J key"
    assert len(site.asked) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"plain words", "plain words"),
        (b"", "no reason is given"),
        (b'{"message":7}', '{"message":7}'),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"x" * 5000, "x" * 300 + "..."),
        (b"[" * 5000, "[" * 300 + "..."),
    ],
)
def test_words_of_any_form_are_cut_and_made_printable(body, words):
    with serving(Reply(400, body)) as site, pytest.raises(DeniedError) as caught:
        ask(site)

    assert caught.value.message.endswith(f"(HTTP 400): {words}")


def test_a_status_that_is_expected_is_no_refusal():
    with serving(Reply(409, b"there already")) as site:
        assert ask(site, allowed=(409,)).status == 409


@pytest.mark.parametrize("status", [500, 501, 507])
def test_a_service_that_is_out_of_order_gives_no_answer_and_is_asked_once(status):
    with (
        serving(Reply(status, b"out of order")) as site,
        pytest.raises(UndecidedError, match=f"out of order .HTTP {status}"),
    ):
        ask(site)

    assert len(site.asked) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_service_that_is_busy_is_asked_again_and_not_for_ever(status):
    with serving(Reply(status), Reply(status), Reply(201, b"done")) as site:
        assert ask(site).body == b"done"
        assert [each.body for each in site.asked] == [b"request"] * 3

    with (
        serving(Reply(status)) as site,
        pytest.raises(UndecidedError, match=f"HTTP {status}"),
    ):
        ask(site)
    assert len(site.asked) == 3


def test_a_service_that_is_not_there_is_out_of_reach():
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{place.getsockname()[1]}"

        with pytest.raises(UndecidedError, match="out of reach"):
            Service(url, WHAT).post("", b"", {})


def test_a_service_that_is_slow_gives_no_answer():
    with (
        serving(Reply(delay=30)) as site,
        pytest.raises(UndecidedError, match=r"no answer within 0\.2 s"),
    ):
        ask(site, timeout=0.2)

    assert len(site.asked) == 1


def test_a_service_that_drips_gives_no_answer():
    with (
        serving(Reply(body=b"x" * 1000, drip=0.05)) as site,
        pytest.raises(UndecidedError, match=r"no answer within 0\.3 s"),
    ):
        ask(site, timeout=0.3)


def test_an_answer_that_breaks_off_is_none():
    with serving(Reply(body=b"half", length=1000)) as site, pytest.raises(UndecidedError):
        ask(site)


@pytest.mark.parametrize("status", [200, 400, 500])
def test_an_answer_that_is_too_long_is_none(status):
    with (
        serving(Reply(status, bytes(MAX_ANSWER + 1))) as site,
        pytest.raises(UndecidedError, match="more than"),
    ):
        ask(site)


def test_an_answer_of_the_greatest_length_is_one():
    with serving(Reply(body=bytes(MAX_ANSWER))) as site:
        assert len(ask(site).body) == MAX_ANSWER


def test_a_compressed_answer_is_not_unpacked():
    import gzip

    packed = gzip.compress(bytes(1 << 24))
    with serving(Reply(body=packed, headers={"Content-Encoding": "gzip"})) as site:
        assert ask(site).body == packed
        assert site.asked[0].headers["Accept-Encoding"] == "identity"
