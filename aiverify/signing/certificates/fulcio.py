"""What Fulcio writes into a certificate: who asked for it, and from which build.

The extensions are those of Fulcio's directory of object identifiers. The first six hold the
text itself, the later ones a DER UTF8String.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiverify.errors import MalformedError
from aiverify.signing.certificates import alternatives, reading

if TYPE_CHECKING:
    from cryptography import x509

_ARC = "1.3.6.1.4.1.57264.1."


@dataclass(frozen=True, slots=True)
class Field:
    """An extension of Fulcio's: its number in the directory, its name, and what it says."""

    number: int
    name: str
    words: str

    @property
    def oid(self) -> str:
        """Its object identifier, dotted."""
        return f"{_ARC}{self.number}"


FIELDS = (
    Field(1, "issuer (v1)", "who vouched for the signer's identity"),
    Field(2, "GitHub workflow trigger", "the event that started the workflow"),
    Field(3, "GitHub workflow SHA", "the commit that the workflow ran on"),
    Field(4, "GitHub workflow name", "the name of the workflow"),
    Field(5, "GitHub workflow repository", "the repository of the workflow"),
    Field(6, "GitHub workflow ref", "the branch or tag that the workflow ran on"),
    Field(8, "issuer", "who vouched for the signer's identity"),
    Field(9, "build signer URI", "the build instructions that signed"),
    Field(10, "build signer digest", "the exact version of those build instructions"),
    Field(11, "runner environment", "whose machines ran the build"),
    Field(12, "source repository URI", "the repository that was built"),
    Field(13, "source repository digest", "the commit that was built"),
    Field(14, "source repository ref", "the branch or tag that was built"),
    Field(15, "source repository identifier", "the repository's lasting number"),
    Field(16, "source repository owner URI", "who owns the repository"),
    Field(17, "source repository owner identifier", "the owner's lasting number"),
    Field(18, "build config URI", "the build instructions that were started"),
    Field(19, "build config digest", "the exact version of what was started"),
    Field(20, "build trigger", "the event that started the build"),
    Field(21, "run invocation URI", "the very run that signed"),
    Field(22, "source repository visibility", "whether the repository was public when signing"),
    Field(23, "deployment environment", "the environment that the job deploys to"),
    Field(24, "token subject", "the subject of the identity token, as its issuer wrote it"),
)
"""The directory's extensions. Its number 7 is a kind of alternative name and stands there."""

_BY_NUMBER = {field.number: field for field in FIELDS}
_LAST_RAW = 6


def field_of(oid: str) -> Field | None:
    """The extension with an object identifier.

    One below Fulcio's arc that the directory does not list has the name `Fulcio <number>`.
    """
    number = oid.removeprefix(_ARC)
    if number == oid or not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    return _BY_NUMBER.get(int(number)) or Field(int(number), f"Fulcio {number}", "")


def value_of(field: Field, raw: bytes) -> str:
    """The text of an extension.

    Raises:
        MalformedError: it is not encoded as the directory says.
    """
    what = f"its {field.name}"
    if field.number <= _LAST_RAW:
        return alternatives.text(raw, what)
    return alternatives.utf8_string(raw, what)


def issuer_of(certificate: bytes) -> str:
    """Who vouched for the signer's identity; an empty text if the certificate does not say.

    Raises:
        MalformedError: it cannot be read, or says two things.
    """
    found = _values(reading.parse(certificate).parsed.extensions)
    named = {found[number] for number in (8, 1) if number in found}
    if len(named) > 1:
        raise MalformedError("its two issuers contradict each other")
    return named.pop() if named else ""


def identities_of(certificate: bytes) -> tuple[str, ...]:
    """The names that a certificate gives to its signer: e-mail, URI, DNS or user name.

    Raises:
        MalformedError: it or one of them cannot be read.
    """
    return alternatives.identities(reading.parse(certificate).alternatives)


def _values(extensions: x509.Extensions) -> dict[int, str]:
    from cryptography import x509

    found = {}
    for extension in extensions:
        field = field_of(extension.oid.dotted_string)
        if (
            field
            and field.number in (1, 8)
            and isinstance(extension.value, x509.UnrecognizedExtension)
        ):
            found[field.number] = value_of(field, extension.value.value)
    return found
