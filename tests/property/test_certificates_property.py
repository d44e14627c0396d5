"""No byte of a chain can be changed and no certificate moved; no bytes bring the reader down."""

from __future__ import annotations

import itertools

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st

from aiverify.errors import AiverifyError, DeniedError
from aiverify.signing.certificates import Chain, Roots, describe, fulcio, read_pem, verify
from tests.support.certificates import (
    NOW,
    alternative,
    chain,
    log_list,
    root,
    roots,
    self_signed,
    tlv,
    unrecognized,
)

ROOT = root()
MIDDLE = ROOT.intermediate(path_length=0)
SIGNER = MIDDLE.leaf(
    alternative(x509.RFC822Name("release@acme.example")),
    unrecognized("1.3.6.1.4.1.57264.1.8", tlv(0x0C, b"https://issuer.example")),
    log_list((bytes(32), 1_780_000_000_000)),
)
RSA = root("RSA", "rsa")
EDWARDS = root("Ed25519", "ed25519")
ALONE = self_signed()

CHAINS = {
    "without the root": (chain(SIGNER, MIDDLE), roots(ROOT)),
    "with the root": (chain(SIGNER, MIDDLE, ROOT), roots(ROOT)),
    "with a trusted intermediate": (chain(SIGNER, MIDDLE), roots(ROOT, MIDDLE)),
    "RSA": (chain(RSA.leaf(), RSA), roots(RSA)),
    "Ed25519": (chain(EDWARDS.leaf(kind="ed25519"), EDWARDS), roots(EDWARDS)),
    "self-signed": (chain(ALONE), roots(ALONE)),
}
PLACES = [
    (name, number) for name, (held, _) in CHAINS.items() for number in range(len(held.certificates))
]


def with_change(held: Chain, number: int, at: int, flip: int) -> Chain:
    changed = bytearray(held.certificates[number])
    changed[at] ^= flip
    certificates = list(held.certificates)
    certificates[number] = bytes(changed)
    return Chain(tuple(certificates))


@pytest.mark.parametrize(("name", "number"), PLACES)
def test_no_byte_of_any_certificate_can_be_changed(name: str, number: int) -> None:
    held, trusted = CHAINS[name]
    verify(held, trusted, NOW)
    accepted = []

    for at, flip in itertools.product(range(len(held.certificates[number])), (0x01, 0x20, 0x80)):
        try:
            verify(with_change(held, number, at, flip), trusted, NOW)
        except DeniedError:
            continue
        accepted.append((at, flip))

    assert accepted == []


@given(st.sampled_from(PLACES), st.data())
@settings(deadline=None)
def test_no_byte_can_be_changed_into_any_other(place: tuple[str, int], data: st.DataObject) -> None:
    held, trusted = CHAINS[place[0]]
    at = data.draw(st.integers(0, len(held.certificates[place[1]]) - 1))
    changed = with_change(held, place[1], at, data.draw(st.integers(1, 255)))

    with pytest.raises(DeniedError):
        verify(changed, trusted, NOW)


@given(st.sampled_from(PLACES), st.data())
@settings(deadline=None)
def test_no_byte_can_be_cut_or_added(place: tuple[str, int], data: st.DataObject) -> None:
    held, trusted = CHAINS[place[0]]
    der = held.certificates[place[1]]
    at = data.draw(st.integers(0, len(der) - 1))
    other = der[:at] + data.draw(st.binary(max_size=3)) + der[at + data.draw(st.integers(0, 3)) :]
    if other == der:
        return
    certificates = list(held.certificates)
    certificates[place[1]] = other

    with pytest.raises(DeniedError):
        verify(Chain(tuple(certificates)), trusted, NOW)


DEEP = [ROOT]
for depth in range(5):
    DEEP.append(DEEP[-1].intermediate(f"Authority {depth}"))
LONG = (DEEP[-1].leaf(), *reversed(DEEP))


@given(st.permutations(LONG), st.integers(2, len(LONG)))
@settings(deadline=None)
def test_no_certificate_can_be_moved(links: list, length: int) -> None:
    held = links[:length]
    if tuple(held) == LONG[:length]:
        return

    with pytest.raises(DeniedError):
        verify(chain(*held), roots(*DEEP), NOW)


@given(st.permutations(DEEP))
@settings(deadline=None)
def test_the_order_of_the_roots_says_nothing(trusted: list) -> None:
    assert verify(chain(LONG[0]), roots(*trusted), NOW).subject == "CN=Signer"


certificates = st.sampled_from([SIGNER.der, MIDDLE.der, ROOT.der, RSA.der])
pieces = st.lists(st.binary(max_size=40) | certificates, max_size=20)


@given(pieces)
@settings(deadline=None)
def test_any_bytes_are_refused_as_a_chain(data: list[bytes]) -> None:
    other = Roots((EDWARDS.der,))

    with pytest.raises(DeniedError) as caught:
        verify(Chain(tuple(data)), other, NOW)
    assert caught.value.message.isprintable()


def shown(der: bytes) -> None:
    found = describe(der)
    words = (*found.names, *found.usage, *found.problems, found.subject, found.issuer, found.key)
    assert all(word.isprintable() for word in words)
    assert all(value.isprintable() for _, value in found.extensions)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_can_be_described(data: bytes) -> None:
    shown(data)


def test_every_changed_certificate_can_be_described() -> None:
    said = set()
    for at, flip in itertools.product(range(len(SIGNER.der)), (0x01, 0x02, 0x04, 0x40, 0x80)):
        changed = bytearray(SIGNER.der)
        changed[at] ^= flip
        shown(bytes(changed))
        for read in (fulcio.issuer_of, fulcio.identities_of):
            try:
                read(bytes(changed))
            except AiverifyError as error:
                said.add(error.message)
    assert all(message.isprintable() for message in said)


@given(st.lists(certificates | st.binary(max_size=20), max_size=4).map(b"".join))
@settings(deadline=None)
def test_any_file_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("files") / "chain.pem"
    for content in (data, SIGNER.pem + data, SIGNER.pem[: len(data)] + data):
        path.write_bytes(content)
        try:
            said = str(len(read_pem(path)))
        except AiverifyError as error:
            said = error.message
        assert said.isprintable()
        assert said != "0"
