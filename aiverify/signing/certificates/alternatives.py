"""The subject's alternative names of a certificate (RFC 5280, section 4.2.1.6)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from aiverify.errors import MalformedError

if TYPE_CHECKING:
    from cryptography import x509

FULCIO_USER = "1.3.6.1.4.1.57264.1.7"
"""The other name that Fulcio gives to a user who has no e-mail address."""

_UTF8_STRING = 0x0C


def identities(names: Iterable[x509.GeneralName]) -> tuple[str, ...]:
    """The names that say who somebody is: e-mail, URI, DNS and Fulcio's user name.

    Raises:
        MalformedError: Fulcio's is not the string that it ought to be.
    """
    from cryptography import x509

    found = []
    for name in names:
        match name:
            case x509.RFC822Name() | x509.UniformResourceIdentifier() | x509.DNSName():
                found.append(name.value)
            case x509.OtherName() if name.type_id.dotted_string == FULCIO_USER:
                found.append(utf8_string(name.value, "its user name"))
    return tuple(found)


def in_words(name: x509.GeneralName) -> str:
    """Any alternative name with its kind, for people. It may hold any character."""
    from cryptography import x509

    match name:
        case x509.DirectoryName():
            return f"directory name {name.value.rfc4514_string()}"
        case x509.RegisteredID():
            return f"registered id {name.value.dotted_string}"
        case x509.OtherName():
            return _other(name)
    plain = {
        x509.RFC822Name: "e-mail",
        x509.UniformResourceIdentifier: "URI",
        x509.DNSName: "DNS",
        x509.IPAddress: "IP address",
    }
    kind = plain.get(type(name))
    return f"{kind} {name.value}" if kind else "a name of an unknown kind"


def utf8_string(der: bytes, what: str) -> str:
    """The text of a DER UTF8String (X.690, section 8.23), which must be all there is.

    Raises:
        MalformedError: it is another type, has another length or is not UTF-8.
    """
    if len(der) >= 2 and der[0] == _UTF8_STRING:
        start, size = _length(der)
        if start + size == len(der):
            return text(der[start:], what)
    raise MalformedError(f"{what} is not a UTF8String in DER")


def text(raw: bytes, what: str) -> str:
    """A text that is UTF-8.

    Raises:
        MalformedError: it is not.
    """
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise MalformedError(f"{what} is not UTF-8") from error


def _other(name: x509.OtherName) -> str:
    oid = name.type_id.dotted_string
    if oid != FULCIO_USER:
        return f"other name {oid}"
    try:
        return f"user {utf8_string(name.value, 'it')}"
    except MalformedError:
        return "user name that cannot be read"


def _length(der: bytes) -> tuple[int, int]:
    """Where the content starts, and its length; a length that cannot be if it is not DER."""
    first = der[1]
    if first < 0x80:
        return 2, first
    count = first - 0x80
    size = int.from_bytes(der[2 : 2 + count])
    shortest = size >= 0x80 and (count == 1 or size >> (8 * (count - 1)))
    return (2 + count, size) if shortest else (2, len(der))
