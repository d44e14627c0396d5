"""Identity tokens: given, from the environment, from CI, or asked for in a browser."""

from __future__ import annotations

import os

from aiverify.core.names import printable
from aiverify.errors import UndecidedError, UsageError
from aiverify.signing.material import Material

VARIABLES = ("SIGSTORE_ID_TOKEN", "SIGSTORE_IDENTITY_TOKEN")
"""Where cosign and where sigstore-python take a token from, in the environment."""

CLIENT_ID = "sigstore"


def ambient() -> str | None:
    """The token that the environment offers: a variable's, or a CI system's for this job.

    Raises:
        UndecidedError: a CI system that should have one did not answer.
    """
    for name in VARIABLES:
        if stated := os.environ.get(name):
            return stated.strip()
    from sigstore.oidc import IdentityError, detect_credential

    try:
        return detect_credential(CLIENT_ID)
    except IdentityError as error:
        raise UndecidedError(
            f"this CI system gave no identity token: {printable(str(error))[:300]}",
            hint="On GitHub, the job needs `permissions: id-token: write`.",
        ) from error


def interactive(material: Material, *, browser: bool) -> str:
    """Ask somebody at a terminal: in a browser, or by a code that they fetch themselves.

    Raises:
        UsageError: the sign-in failed, or the instance names no identity provider.
        UndecidedError: the identity provider is out of reach.
    """
    from sigstore.errors import NetworkError
    from sigstore.oidc import IdentityError, Issuer, IssuerError

    url = material.config().signing_config.get_oidc_url()
    try:
        return str(Issuer(url).identity_token(force_oob=not browser))
    except (IssuerError, NetworkError) as error:
        said = f": {printable(str(error))[:300]}" if str(error) else ""
        raise UndecidedError(
            f"the identity provider {printable(url)} is out of reach{said}"
        ) from error
    except (IdentityError, EOFError, ValueError, LookupError, TypeError) as error:
        raise UsageError(f"nobody signed in: {printable(str(error))[:300]}") from error
