"""Asking an OPA through opa-python-client, and its complaints in our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from aiverify.core.jsonvalue import Json
from aiverify.core.names import printable
from aiverify.core.words import said
from aiverify.errors import InputError, UndecidedError
from aiverify.policy.opa.place import OpaPlace
from aiverify.policy.opa.session import new_session


@dataclass(frozen=True, slots=True)
class HeldPolicy:
    """A policy that a server holds: its text, and the parts of its package below `data`."""

    text: str
    package: tuple[str, ...]


class RefusedPolicyError(Exception):
    """OPA does not take a policy. `identifier` and `line` say where, if it does."""

    def __init__(self, identifier: str, line: str, reason: str) -> None:
        super().__init__(reason)
        self.identifier = identifier
        self.line = line
        self.reason = reason


class OpaServer:
    """An OPA that runs, at a place or at the Unix socket `path`.

    Every method raises UndecidedError when the server is out of reach, slow, out of order, says
    too much, or says what cannot be understood.
    """

    def __init__(self, place: OpaPlace, path: Path | None = None) -> None:
        self.place = place
        self._client = _new_client(place, path)
        self._name = f"OPA at {printable(place.url)}" if place.url else "the local OPA"

    def __str__(self) -> str:
        return self._name

    def is_healthy(self) -> bool:
        """Whether it says that it is ready."""
        with self._asked():
            return bool(self._client.check_health())

    def policies(self) -> dict[str, HeldPolicy]:
        """Every policy that it holds, by its identifier."""
        with self._asked():
            return {str(policy["id"]): _held(policy) for policy in self._client.listed()}

    def put_policy(self, identifier: str, text: str) -> None:
        """Have it hold a policy, as it is.

        Raises:
            RefusedPolicyError: it does not compile.
        """
        from opa_client.errors import RegoParseError

        with self._asked():
            try:
                # By default the client would rewrite a policy that is refused, and have the
                # server judge by what nobody signed.
                self._client.update_policy_from_string(text, identifier, rego_compat=False)
            except RegoParseError as error:
                if not error.errors:
                    raise
                raise _refused(error.errors[0]) from error

    def delete_policy(self, identifier: str) -> None:
        """Have it forget a policy."""
        with self._asked():
            self._client.delete_policy(quote(identifier))

    def put_data(self, name: str, value: Json) -> None:
        """Have it hold a value as the member `name` of `data`."""
        with self._asked():
            whole = [{"op": "add", "path": "", "value": value}]
            self._client.patch_data(quote(name, safe=""), whole)

    def delete_data(self, name: str) -> None:
        """Have it forget a member of `data`."""
        with self._asked():
            self._client.delete_data(quote(name, safe=""))

    def data(self, name: str) -> Json:
        """The member `name` of `data`, which must be there."""
        with self._asked():
            value: Json = self._client.get_data(quote(name, safe=""))["result"]
            return value

    def all_data(self) -> Mapping[str, Json]:
        """All of `data` but `system`: what it holds, and what its rules say of no document."""
        with self._asked():
            found = self._client.get_data()["result"]
            if isinstance(found, Mapping):
                return found
        raise UndecidedError(f"{self} has data that is no object")

    def ask(self, package: str, rule: str, document: Json) -> Mapping[str, Any]:
        """The answer of a rule, of which `result` is a member if the rule is defined.

        A function that fails makes the whole answer fail, and not its rule silent.
        """
        with self._asked():
            answer = self._client.query_rule(
                document, package, rule, query_params={"strict-builtin-errors": "true"}
            )
            if isinstance(answer, Mapping):
                return answer
        raise UndecidedError(f"{self} answers with what is no object")

    def close(self) -> None:
        """Let go of connections."""
        self._client.close_connection()

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """Turn what the client and its libraries raise into an error of ours."""
        import requests
        import urllib3
        from opa_client import errors

        refusals = (
            errors.PolicyNotFoundError,
            errors.DeleteDataError,
            errors.DeletePolicyError,
            errors.PatchDataError,
            errors.RegoParseError,
        )
        timeouts = (requests.Timeout, urllib3.exceptions.TimeoutError)
        try:
            yield
        except requests.HTTPError as error:
            raise UndecidedError(self._failure(error.response)) from error
        except timeouts as error:
            raise UndecidedError(
                f"{self} gave no answer within {self.place.timeout:g} s"
            ) from error
        except requests.exceptions.SSLError as error:
            raise UndecidedError(
                f"{self} is not known by its certificate, or does not know ours"
            ) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise UndecidedError(f"{self} is out of reach") from error
        except refusals as error:
            raise UndecidedError(f"{self} refuses: {said(str(error.message))}") from error
        except (AttributeError, KeyError, TypeError) as error:
            # What the client reads of an answer, it takes for granted.
            raise UndecidedError(f"{self} answers with what no OPA says") from error

    def _failure(self, response: Any) -> str:
        answer = response.json()
        listed = answer.get("errors") if isinstance(answer, Mapping) else None
        if isinstance(listed, list) and listed:
            error = _refused(listed[0])
            where = f"{error.identifier}:{error.line}" if error.identifier else str(self)
            return f"{where}: {error.reason}"
        text = answer.get("message", "") if isinstance(answer, Mapping) else ""
        return f"{self} refuses (HTTP {response.status_code}): {said(str(text))}"


def _new_client(place: OpaPlace, path: Path | None) -> Any:
    from opa_client import OpaClient

    class Client(OpaClient):  # type: ignore[misc]
        def _init_session(self) -> Any:
            session = new_session(place, path)
            session.headers.update(self.headers or {})
            session.cert = self.cert
            return session

        def listed(self) -> Any:
            # The client's own method gives identifiers alone, and one request for each text.
            response = self._session.get(f"{self.root_url}/policies")
            response.raise_for_status()
            return response.json()["result"]

    for file in (place.ca, place.certificate, place.key):
        if file and not file.is_file():
            raise InputError(f"{printable(str(file))} is no file, and OPA cannot be asked without")
    parts = urlsplit(place.url or "http://localhost:80")
    host = parts.hostname or ""
    pair = (str(place.certificate), str(place.key)) if place.key else str(place.certificate)
    return Client(
        f"[{host}]" if ":" in host else host,
        parts.port or (443 if parts.scheme == "https" else 80),
        ssl=(str(place.ca) if place.ca else True) if parts.scheme == "https" else False,
        cert=pair if place.certificate else None,
        token=place.token or None,
        retries=0,
        timeout=place.timeout,
    )


def _held(policy: Any) -> HeldPolicy:
    path = policy["ast"]["package"]["path"]
    return HeldPolicy(policy["raw"], tuple(str(part["value"]) for part in path[1:]))


def _refused(error: Mapping[str, Any]) -> RefusedPolicyError:
    location = error.get("location") or {}
    identifier, row, column = (str(location.get(key, "")) for key in ("file", "row", "col"))
    line = f"{row}:{column}" if column else row
    return RefusedPolicyError(identifier, line, said(str(error.get("message", ""))))
