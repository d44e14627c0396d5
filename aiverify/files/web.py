"""A session for asking a service over HTTP, which goes nowhere that nobody told it to go."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import requests

_Request = TypeVar("_Request")


def session_class() -> type[requests.Session]:
    """The class of sessions that follow no redirect, keep no cookie and say nothing of their own.

    requests reads the whole body of a redirect and parses where it leads to, however long the
    one and whatever the other, even where it is told to follow none.
    """
    from http.cookiejar import DefaultCookiePolicy

    import requests

    class Session(requests.Session):
        def __init__(self) -> None:
            super().__init__()
            self.headers.clear()
            self.headers["Accept-Encoding"] = "identity"
            self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

        def get_redirect_target(self, resp: requests.Response) -> None:
            del resp

    return Session


def plain_session() -> requests.Session:
    """One of them."""
    return session_class()()


def unauthenticated(request: _Request) -> _Request:
    """An `auth` that adds nothing. Without one, a `.netrc` would be looked into."""
    return request
