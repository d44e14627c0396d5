"""A session that goes nowhere by itself, over loopback."""

from __future__ import annotations

from aiverify.files.web import plain_session, unauthenticated
from tests.support.http_site import Reply, serving


def test_a_redirect_is_not_followed_and_what_it_says_is_not_looked_into():
    reply = Reply(302, b"x" * 10, {"Location": "https://[::1/broken"}, length=1 << 40)
    with serving(reply) as site, plain_session() as session:
        with session.get(site.url, stream=True, allow_redirects=False, timeout=5) as answer:
            assert answer.status_code == 302
        assert len(site.asked) == 1


def test_a_cookie_is_not_kept():
    with serving(Reply(headers={"Set-Cookie": "a=b"})) as site, plain_session() as session:
        session.get(site.url, timeout=5)
        session.get(site.url, timeout=5)
        assert [asked.headers.get("Cookie") for asked in site.asked] == [None, None]


def test_a_netrc_is_not_looked_into(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving() as site, plain_session() as session:
        session.get(site.url, auth=unauthenticated, timeout=5)
        assert "Authorization" not in site.asked[0].headers
