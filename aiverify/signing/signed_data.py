"""What of a timestamp's signed data nobody signs, held to what it must be (RFC 5652, 5).

The signature is over the signed attributes, and these name the digest of the content. Versions
and the name of the signature's algorithm are outside, and libraries pass over them. They must
fit the rest all the same, so that a timestamp cannot be altered and still be one.
"""

from __future__ import annotations

from aiverify.errors import MalformedError

_SEQUENCE, _INTEGER, _OID, _ATTRIBUTES = 0x30, 0x02, 0x06, 0xA0
_DATA_VERSION = b"\x03"
"""For content that is not plain data (RFC 5652, section 5.1)."""

_SIGNER_VERSIONS = {_SEQUENCE: b"\x01", 0x80: b"\x03"}
"""By how the signer's certificate is named: by issuer and number, or by key (section 5.3)."""

_SHA2 = {bytes.fromhex(f"6086480165030402{n:02x}"): n for n in (1, 2, 3)}
"""SHA-256, SHA-384 and SHA-512 by object identifier (RFC 5754, section 2)."""

_HASHED = {
    **{bytes.fromhex(f"2a8648ce3d0403{n + 1:02x}"): n for n in (1, 2, 3)},
    **{bytes.fromhex(f"2a864886f70d0101{n + 10:02x}"): n for n in (1, 2, 3)},
}
"""ECDSA and RSA with one hash each (RFC 5758, section 3.2; RFC 8017, appendix C)."""

_ANY_HASH = frozenset(
    bytes.fromhex(item) for item in ("2a864886f70d010101", "2a864886f70d01010a", "2b6570", "2b6571")
)
"""RSA by its key alone, RSASSA-PSS and EdDSA: the hash stands elsewhere."""


def check(response: bytes) -> None:
    """Refuse a TimeStampResp whose unsigned parts do not fit what is signed.

    Raises:
        MalformedError: one does not, or it is no DER.
    """
    try:
        data = _signed_data(response)
        if data[0] != (_INTEGER, _DATA_VERSION):
            raise MalformedError("its timestamp is of another version than timestamps are")
        for tag, signer in _items(data[-1][1]):
            _check_signer(_expect(tag, _SEQUENCE, signer))
    except (ValueError, IndexError) as error:
        raise MalformedError("its timestamp is none of RFC 3161") from error


def _signed_data(response: bytes) -> list[tuple[int, bytes]]:
    """The members of the signed data in a response with a token (RFC 3161, section 2.4.2)."""
    [(tag, content)] = _items(response)
    token = _items(_expect(tag, _SEQUENCE, content))[1]
    explicit = _items(_expect(token[0], _SEQUENCE, token[1]))[1]
    [(tag, members)] = _items(explicit[1])
    return _items(_expect(tag, _SEQUENCE, members))


def _check_signer(content: bytes) -> None:
    version, named, digest, *rest = _items(content)
    if version != (_INTEGER, _SIGNER_VERSIONS.get(named[0], b"")):
        raise MalformedError("its timestamp's signer is of another version than it is named by")
    if rest and rest[0][0] == _ATTRIBUTES:
        rest = rest[1:]
    hashed = _SHA2.get(_algorithm(digest))
    signs = _algorithm(rest[0])
    if hashed is None or (signs not in _ANY_HASH and _HASHED.get(signs) != hashed):
        raise MalformedError("its timestamp names another algorithm than it is signed by")


def _algorithm(item: tuple[int, bytes]) -> bytes:
    """The object identifier of an AlgorithmIdentifier."""
    tag, content = _items(_expect(item[0], _SEQUENCE, item[1]))[0]
    return _expect(tag, _OID, content)


def _expect(tag: int, wanted: int, content: bytes) -> bytes:
    if tag != wanted:
        raise ValueError(f"tag {tag} where {wanted} belongs")
    return content


def _items(data: bytes) -> list[tuple[int, bytes]]:
    """The values that stand one after another in DER, by tag (X.690, sections 8.1 and 10.1)."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while at < len(data):
        tag, size = data[at], data[at + 1]
        at += 2
        if size & 0x80:
            count = size & 0x7F
            if not 1 <= count <= 3:
                raise ValueError("a length that no timestamp has")
            size = int.from_bytes(data[at : at + count])
            at += count
        if at + size > len(data):
            raise ValueError("a value that ends outside")
        found.append((tag, data[at : at + size]))
        at += size
    return found
