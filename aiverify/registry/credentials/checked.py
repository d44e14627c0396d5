"""What every credential is held against, wherever it comes from."""

from __future__ import annotations

import re

from aiverify.errors import MalformedError
from aiverify.registry.interface import Credential

BEARER = re.compile("[!-~]{1,65536}")
"""What can follow `Bearer` in a header: visible, ASCII, without spaces."""


def checked(credential: Credential, where: str) -> Credential | None:
    """A credential if it says who somebody is, or None. A name without a password does not.

    Raises:
        MalformedError: it would say something else once it is sent. `where` names it.
    """
    if ":" in credential.username:
        # RFC 7617 section 2: what follows the first colon is taken for the password.
        raise MalformedError(f"{where} has a user's name with a colon, which no login can have")
    token = credential.registry_token
    if token and not BEARER.fullmatch(token):
        raise MalformedError(f"{where} has a registry token that no header can hold")
    named = credential.username and credential.password
    return credential if named or credential.identity_token or token else None
