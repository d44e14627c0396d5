"""What goes wrong between sigstore-python and the services of an instance, in our words.

The library raises errors of its own, those of `requests`, and whatever an answer of another
form makes it stumble over. A service that says no has refused; one that says nothing, or
nothing that can be used, leaves it open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiverify.core.names import printable
from aiverify.errors import AiverifyError, DeniedError, UndecidedError, UsageError
from aiverify.signing import services

if TYPE_CHECKING:
    import requests
    from rfc3161_client import TimeStampResponse
    from sigstore.models import ClientTrustConfig
    from sigstore.sign import SigningContext

_LONGEST = 300


def context_of(config: ClientTrustConfig) -> SigningContext:
    """Whom sigstore-python asks, none of whom it waits for longer than we do."""
    from sigstore.sign import SigningContext

    found = config.signing_config
    fulcio, log = found.get_fulcio(), found.get_tlogs()[0]
    stampers: list[Any] = [_Timestamps(client.url) for client in found.get_tsas()]
    # The library sets no limits here: an authority that is silent would be waited for for ever.
    for session in (fulcio.session, log._session):  # type: ignore[attr-defined]  # noqa: SLF001
        for scheme in ("https://", "http://"):
            session.mount(scheme, _limited())
    return SigningContext(
        fulcio=fulcio, rekor=log, trusted_root=config.trusted_root, tsa_clients=stampers
    )


def explained(error: Exception, where: str) -> AiverifyError:
    """What an error means for whoever wants to sign. `where` names the instance."""
    import requests
    from sigstore.errors import Error as SigstoreError
    from sigstore.errors import NetworkError

    if isinstance(error, AiverifyError):
        return error
    cause = error.__cause__ or error.__context__
    known = cause if isinstance(cause, requests.RequestException) else error
    if isinstance(known, requests.RequestException):
        return _of_request(known)
    if isinstance(error, NetworkError):
        return UndecidedError(f"{where} is out of reach: {_text(error)}")
    if isinstance(error, SigstoreError):
        return DeniedError(f"what {where} gave does not hold: {_text(error)}")
    return UndecidedError(f"a service of {where} gave no usable answer: {_text(error)}")


def unusable(error: Exception, client: str) -> UsageError:
    """Why a token cannot be used. sigstore-python tells by what made it stumble."""
    reason = type(error.__cause__).__name__
    if reason == "ExpiredSignatureError" or "validity period" in str(error):
        return expired()
    if reason == "InvalidAudienceError":
        return UsageError(
            f"the identity token was made out to somebody else than {printable(client)}",
            hint=f"Ask for one with the audience {printable(client)}.",
        )
    return UsageError(
        "the identity token is none, or lacks a claim",
        hint="It is a JSON Web Token with iss, sub, aud, iat and exp.",
    )


def expired() -> UsageError:
    """A token was good once."""
    return UsageError(
        "the identity token has expired", hint="Get a new one: they last some minutes."
    )


class _Timestamps:
    """A timestamp authority for sigstore-python, which would go on without an answer of one."""

    def __init__(self, url: str) -> None:
        self.url = url

    def request_timestamp(self, signature: bytes) -> TimeStampResponse:
        from rfc3161_client import decode_timestamp_response

        from aiverify.signing import timestamps

        return decode_timestamp_response(timestamps.request(self.url, signature, services.TIMEOUT))


def _limited() -> requests.adapters.HTTPAdapter:
    from requests.adapters import HTTPAdapter

    class Limited(HTTPAdapter):
        """Waits for an answer as long as our own requests do."""

        def send(self, *args: Any, **given: Any) -> requests.Response:
            return super().send(*args, **{**given, "timeout": services.TIMEOUT})

    return Limited()


def _of_request(error: requests.RequestException) -> AiverifyError:
    import requests

    response = error.response
    if response is not None:
        who, status = f"the service at {_origin(response.url)}", response.status_code
        if 400 <= status < 500 and status not in services.BUSY:
            said = services.words(response.content[: services.MAX_ANSWER])
            return DeniedError(f"{who} refuses (HTTP {status}): {said}")
        return UndecidedError(f"{who} is out of order (HTTP {status})")
    who = f"the service at {_origin(error.request.url)}" if error.request else "a service"
    if isinstance(error, requests.Timeout):
        return UndecidedError(f"{who} gave no answer within {services.TIMEOUT:g} s")
    if isinstance(error, requests.ConnectionError):
        return UndecidedError(f"{who} is out of reach")
    return UndecidedError(f"{who} gave no usable answer: {_text(error)}")


def _origin(url: str | None) -> str:
    parts = urlsplit(url or "")
    return printable(f"{parts.scheme}://{parts.netloc}"[:_LONGEST])


def _text(error: Exception) -> str:
    return printable(" ".join(str(error).split()))[:_LONGEST] or type(error).__name__
