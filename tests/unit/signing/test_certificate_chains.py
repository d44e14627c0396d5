"""What stands in a chain, in which order, and what an attacker would put there."""

from __future__ import annotations

import itertools
import re

import pytest
from cryptography import x509

from aiverify.errors import DeniedError
from aiverify.signing.certificates import Chain, Roots, verify
from tests.support.certificates import (
    DAY,
    LEAF_EXTENSIONS,
    NOW,
    Wish,
    alternative,
    authority_extensions,
    chain,
    issued,
    key_of,
    resigned,
    root,
    roots,
    self_signed,
    tlv,
    unrecognized,
)

ROOT = root()
MIDDLE = ROOT.intermediate("Middle")
LOW = MIDDLE.intermediate("Low")
SIGNER = LOW.leaf()
WHOLE = (SIGNER, LOW, MIDDLE, ROOT)
EVIL = issued(Wish("Root", key_of("Mallory"), authority_extensions()), None)


def reason(held, trusted=None):
    with pytest.raises(DeniedError) as caught:
        verify(held, trusted or roots(ROOT), NOW)
    return caught.value.message


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_what_the_roots_hold_may_be_left_out(length):
    assert verify(chain(*WHOLE[:length]), roots(*WHOLE[length - 1 :]), NOW).subject == "CN=Signer"


def test_an_intermediate_among_the_roots_helps_but_ends_no_chain():
    assert verify(chain(SIGNER), roots(MIDDLE, ROOT, LOW), NOW)
    assert reason(chain(SIGNER, LOW), roots(MIDDLE, root("Other"))) == (
        "no trusted root issued its certificates: the issuer 'CN=Root' is not known"
    )
    assert reason(chain(SIGNER, LOW, MIDDLE), roots(LOW, MIDDLE, root("Other"))) == (
        "no trusted root issued its certificates: the issuer 'CN=Root' is not known"
    )


def test_a_leaf_among_the_roots_ends_no_chain_unless_it_is_self_signed():
    assert "no trusted root issued" in reason(chain(SIGNER), roots(SIGNER, root("Other")))


@pytest.mark.parametrize(
    "links", [links for links in itertools.permutations(WHOLE) if links != WHOLE]
)
def test_every_other_order_is_refused(links):
    assert reason(chain(*links)) == "its certificates are not in order, leaf first"


def test_a_gap_is_refused_even_if_the_roots_could_fill_it():
    assert reason(chain(SIGNER, MIDDLE), roots(ROOT, LOW, MIDDLE)) == (
        "its chain holds the unrelated certificate 'CN=Middle'"
    )


def test_an_unrelated_certificate_is_refused_wherever_it_stands():
    stray = root("Stray")

    for at in range(1, len(WHOLE) + 1):
        links = (*WHOLE[:at], stray, *WHOLE[at:])
        assert reason(chain(*links)) == "its chain holds the unrelated certificate 'CN=Stray'"
    assert "'CN=Signer'" in reason(chain(stray, *WHOLE))


def test_a_second_leaf_is_refused():
    other = LOW.issue("Other")

    assert reason(chain(other, *WHOLE)) == "its chain holds the unrelated certificate 'CN=Signer'"
    assert reason(chain(SIGNER, other, *WHOLE[1:])) == (
        "its chain holds the unrelated certificate 'CN=Other'"
    )


@pytest.mark.parametrize("number", range(4))
def test_a_certificate_that_is_there_twice_is_refused(number):
    subject = WHOLE[number].subject

    assert reason(chain(*WHOLE, WHOLE[number])) == (
        f"its chain holds the certificate 'CN={subject}' twice"
    )


def test_a_self_signed_leaf_may_stand_as_its_own_root_and_no_more_often():
    """model_signing signs with no certificate unless it is given a chain as well."""
    alone = self_signed()

    verify(chain(alone, alone), roots(alone), NOW)
    assert "not among the trusted roots" in reason(chain(alone, alone))
    assert "twice" in reason(chain(alone, alone, alone), roots(alone))
    assert "twice" in reason(chain(SIGNER, SIGNER))


def test_sixteen_certificates_are_enough():
    links = [ROOT]
    for number in range(14):
        links.append(links[-1].intermediate(f"Authority {number}"))
    fifteen = chain(links[-1].leaf(), *reversed(links))
    seventeen = chain(links[-1].intermediate("One more").leaf(), *reversed([*links, SIGNER]))

    assert len(fifteen.certificates) == 16
    assert verify(fifteen, roots(ROOT), NOW)
    assert reason(seventeen) == "its chain has 17 certificates; the limit is 16"


def test_ten_thousand_certificates_are_counted_and_not_read():
    assert reason(Chain((b"no certificate",) * 10_000)) == (
        "its chain has 10000 certificates; the limit is 16"
    )


def test_a_certificate_of_a_megabyte_is_not_read():
    large = ROOT.leaf(unrecognized("1.2.3.4", bytes(1 << 20)))

    assert reason(chain(large)) == (
        f"certificate 1 of its chain is {len(large.der)} bytes; the limit is 65536"
    )


def test_a_root_that_the_attacker_brings_is_not_trusted():
    middle = EVIL.intermediate("Middle")

    for held in (chain(EVIL.leaf(), EVIL), chain(middle.leaf(), middle, EVIL)):
        assert reason(held, roots(root("Other"))) == (
            "no trusted root issued its certificates: the issuer 'CN=Root' is not known"
        )
    # Of the same name as the true one, and with the same key identifiers as its own.
    assert "no trusted root issued" in reason(chain(EVIL.leaf(), EVIL))


def test_the_roots_name_is_not_the_roots_key():
    assert reason(chain(EVIL.leaf())) == (
        "the signature of the certificate 'CN=Signer' is not by its issuer 'CN=Root'"
    )
    posing = EVIL.leaf(identifiers=False)
    assert "is not by its issuer" in reason(chain(posing))
    assert "is not by its issuer" in reason(chain(posing, ROOT))


def test_an_intermediates_name_is_not_its_key():
    forged = issued(Wish("Signer", key_of("Mallory"), LEAF_EXTENSIONS), EVIL, issuer="Low")

    assert reason(chain(forged, *WHOLE[1:])) == (
        "the signature of the certificate 'CN=Signer' is not by its issuer 'CN=Low'"
    )


@pytest.mark.parametrize("identifiers", [True, False])
def test_two_roots_of_one_name_are_told_apart_by_their_keys(identifiers):
    true, false = (
        root(identifiers=identifiers),
        issued(
            Wish("Root", key_of("Mallory"), authority_extensions()), None, identifiers=identifiers
        ),
    )
    middle = true.intermediate("Middle", identifiers=identifiers)
    held = chain(middle.leaf(identifiers=identifiers), middle)

    assert verify(held, roots(true, false), NOW)
    assert verify(held, roots(false, true), NOW)
    assert "is not by its issuer" in reason(held, roots(false))


def test_a_root_that_was_renewed_with_its_key_is_the_same_authority():
    old, new = root(end=NOW - DAY), root(start=NOW - DAY)
    held = chain(old.leaf())

    assert verify(held, roots(old, new), NOW)
    assert verify(held, roots(new, old), NOW)
    assert "the root 'CN=Root' expired" in reason(held, roots(old))


def test_authorities_that_certify_each_other_lead_nowhere():
    one, other = root("One"), root("Other")
    one_by_other = other.issue("One", authority_extensions())
    other_by_one = one.issue("Other", authority_extensions())
    leaf = one.leaf()

    for held in (
        chain(leaf, one_by_other, other_by_one),
        chain(leaf, one_by_other),
        chain(leaf, one_by_other, other),
    ):
        assert "no trusted root issued" in reason(held)
    assert reason(chain(leaf), roots(ROOT, one_by_other, other_by_one)) == (
        "no trusted root ends its chain, which goes on from issuer to issuer"
    )
    assert "twice" in reason(chain(leaf, one_by_other, other_by_one, one_by_other))


def test_a_cross_certificate_leads_to_either_root():
    old, new = root("Old"), root("New")
    cross = old.issue("New", authority_extensions())
    leaf = new.leaf()

    assert verify(chain(leaf, cross), roots(old), NOW)
    assert verify(chain(leaf, cross, old), roots(old), NOW)
    assert verify(chain(leaf, cross, old), roots(new), NOW)
    assert verify(chain(leaf, new), roots(old, cross), NOW)
    # The last certificate is nobody's that we know, so nothing vouches for its bytes.
    assert "the issuer 'CN=Old' is not known" in reason(chain(leaf, cross), roots(new))


def test_a_stricter_copy_of_an_intermediate_does_not_hide_behind_a_laxer_one():
    lax, strict = ROOT.intermediate("Twin"), ROOT.intermediate("Twin", path_length=0)
    low = lax.intermediate("Below")

    assert verify(chain(low.leaf(), low, lax), roots(ROOT), NOW)
    assert "longer than the authority 'CN=Twin' allows" in reason(chain(low.leaf(), low, strict))


def test_a_key_roll_over_certificate_without_identifiers_is_no_root():
    old = root("Acme")
    new = issued(
        Wish("Acme", key_of("Acme's new key"), authority_extensions()), old, identifiers=False
    )
    leaf = new.leaf(identifiers=False)

    assert "no trusted root issued" in reason(chain(leaf), roots(new, ROOT))


def test_an_issuers_name_in_another_encoding_is_another_name():
    signer = MIDDLE.leaf()
    was = tlv(0x0C, b"Middle")
    der = resigned(signer, MIDDLE, was, tlv(0x13, b"Middle"))

    assert re.search("unrelated|not known", reason(Chain((der, MIDDLE.der))))


def test_messages_show_no_control_character():
    odd = issued(Wish("a\x1b[2J\u202eb\n", key_of("odd"), LEAF_EXTENSIONS), None)

    why = reason(chain(odd, ROOT))
    assert why.isprintable()
    assert "'CN=a" in reason(chain(ROOT.leaf(), odd))


def test_a_long_name_is_cut_in_messages():
    held = chain(root("N" * 64).leaf())

    assert len(reason(held)) < 400


def test_the_chain_is_judged_whole_before_its_names_are_believed():
    forged = EVIL.leaf(alternative(x509.RFC822Name("release@acme.example")))

    with pytest.raises(DeniedError):
        verify(chain(forged), roots(ROOT, self_signed()), NOW)


def test_the_roots_order_and_repetition_do_not_matter():
    trusted = [ROOT, MIDDLE, root("Other"), EVIL, ROOT]

    found = {
        verify(chain(*WHOLE), Roots(tuple(one.der for one in order)), NOW)
        for order in itertools.permutations(trusted)
    }
    assert len(found) == 1
