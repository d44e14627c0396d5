"""URLs of services: those that may be asked, and those on this machine."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from aiverify.core.names import printable
from aiverify.errors import UsageError

_URL = re.compile("[!-~]{1,2048}")


def check(url: str, what: str, hint: str) -> None:
    """Refuse a URL at which nothing can be asked, or only in the clear.

    Raises:
        UsageError: it has no host, or more than a host, port and path; or it is none of
            `https`, or of `http` on this machine. `what` says whose it is.
    """
    try:
        parts = urlsplit(url)
        good = bool(_URL.fullmatch(url) and parts.hostname and parts.port != 0)
    except ValueError:
        good = False
    shown = printable(url[:200])
    if not good or parts.username is not None or parts.query or parts.fragment or "\\" in url:
        raise UsageError(f"'{shown}' is not a URL at which {what} can be asked", hint=hint)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(url)):
        raise UsageError(
            f"{what} at {shown} would be asked in the clear",
            hint="Use https: http is for services on this machine.",
        )


def is_loopback(url: str) -> bool:
    """Whether a URL leads to this machine, by its address or the name localhost."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
