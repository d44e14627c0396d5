"""Where a server sends: which places may be gone to, and which may learn who asks."""

from __future__ import annotations

import re
from urllib.parse import urldefrag, urljoin, urlsplit

from aiverify.core import urls
from aiverify.errors import UndecidedError
from aiverify.registry.http import host_of

_URL = re.compile(r"[!-\[\]-~]{1,8192}")
_PORTS = {"https": 443, "http": 80}


def resolve(location: str, current: str, home: str) -> str:
    """The URL that a `Location` or `Link` of the answer of `current` means.

    Every host may be gone to over TLS; in the clear one stays on this machine, where the
    registry at `home` is already asked so.

    Raises:
        UndecidedError: it is no URL, holds a user, or would be asked in the clear.
    """
    try:
        url = urldefrag(urljoin(current, location)).url
        parts = urlsplit(url)
        good = bool(_URL.fullmatch(url) and parts.hostname and parts.port != 0)
    except ValueError:
        good = False
    if not good or "@" in parts.netloc:
        raise UndecidedError(f"{host_of(current)} sends to what is no URL")
    in_clear = parts.scheme == "http" and home.startswith("http://") and urls.is_loopback(url)
    if parts.scheme != "https" and not in_clear:
        raise UndecidedError(f"{host_of(current)} sends to {host_of(url)}, in the clear")
    return url


def is_same_origin(url: str, other: str) -> bool:
    """Whether two URLs are of one scheme, host and port (RFC 6454)."""
    return _origin(url) == _origin(other)


def with_query(url: str, query: str) -> str:
    """A URL with more of a query, and the rest of it as it was."""
    return f"{url}{'&' if urlsplit(url).query else '?'}{query}"


def _origin(url: str) -> tuple[str, str, int]:
    parts = urlsplit(url)
    port = parts.port or _PORTS.get(parts.scheme, 0)
    return parts.scheme, (parts.hostname or "").lower(), port
