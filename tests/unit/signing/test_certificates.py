"""A signer's certificate: accepted under a trusted root, refused with the reason that it is."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography import x509
from cryptography.hazmat.bindings.openssl.binding import Binding
from cryptography.hazmat.primitives import hashes

from aiverify.errors import DeniedError, MalformedError, UsageError
from aiverify.signing.certificates import Chain, Roots, path, reading, verify
from tests.support.certificates import (
    DAY,
    END,
    MD5_RSA,
    NOW,
    SHA1_RSA,
    SHA256_RSA,
    SIGN_CODE,
    START,
    alternative,
    authority_extensions,
    chain,
    key_usage,
    name,
    resigned,
    root,
    roots,
    self_signed,
    tlv,
    unrecognized,
)

SECOND = timedelta(seconds=1)
ROOT = root()
MIDDLE = ROOT.intermediate()
SIGNER = MIDDLE.leaf()


def reason(held, trusted, at=NOW):
    """Why a chain is refused."""
    with pytest.raises(DeniedError) as caught:
        verify(held, trusted, at)
    assert caught.value.message[0].islower()
    assert not caught.value.message.endswith(".")
    return caught.value.message


@pytest.mark.parametrize(
    "links",
    [[SIGNER, MIDDLE], [SIGNER, MIDDLE, ROOT], [ROOT.leaf()], [ROOT.leaf(), ROOT]],
    ids=["without the root", "with the root", "one", "one and the root"],
)
def test_a_chain_to_a_trusted_root_is_accepted(links):
    leaf = verify(chain(*links), roots(ROOT), NOW)

    assert leaf.subject == "CN=Signer"
    assert (
        leaf.issuer
        == f"CN={links[0].certificate.issuer.rdns[0].get_attributes_for_oid(CN)[0].value}"
    )


CN = x509.NameOID.COMMON_NAME


def test_a_leaf_says_what_its_certificate_says():
    signer = MIDDLE.leaf(
        alternative(x509.RFC822Name("release@acme.example"), x509.DNSName("acme.example")),
        serial=0xABCDEF,
    )

    leaf = verify(chain(signer, MIDDLE), roots(ROOT), NOW)

    assert leaf.names == ("release@acme.example", "acme.example")
    assert leaf.issuer == "CN=Intermediate"
    assert leaf.serial == "abcdef"
    assert (leaf.not_before, leaf.not_after) == (START, END)
    assert leaf.not_after.tzinfo is UTC
    assert leaf.fingerprint == reading.fingerprint_of(signer.der)
    assert re.fullmatch("sha256:[0-9a-f]{64}", leaf.fingerprint)
    assert leaf.public == reading.public_of(signer.key.public_key())
    with pytest.raises(FrozenInstanceError):
        leaf.subject = "CN=Mallory"


@pytest.mark.parametrize("kind", ["p256", "p384", "p521", "ed25519"])
@pytest.mark.parametrize("by", ["p256", "p384", "p521", "ed25519", "rsa"])
def test_keys_of_every_kind_that_we_sign_with_may_be_certified(kind, by):
    authority = root(f"Root {by}", by)

    leaf = verify(chain(authority.leaf(kind=kind)), roots(authority), NOW)

    assert leaf.public.pem.startswith("-----BEGIN PUBLIC KEY-----\n")


@pytest.mark.parametrize(
    ("kind", "words"), [("rsa", "RSA 2048"), ("secp256k1", "secp256k1"), ("dsa", "DSA")]
)
def test_a_leaf_with_another_key_is_refused(kind, words):
    held = chain(ROOT.leaf(kind=kind))

    assert reason(held, roots(ROOT)) == (
        f"its certificate is for a key of the kind {words}, which cannot sign"
    )


def test_the_first_and_the_last_second_of_validity_count():
    held, trusted = chain(MIDDLE.leaf(start=START + DAY, end=END - DAY), MIDDLE), roots(ROOT)

    for at in (START + DAY, END - DAY):
        assert verify(held, trusted, at).subject == "CN=Signer"
    assert reason(held, trusted, START + DAY - SECOND) == (
        "its certificate is not valid before 2026-01-02 00:00:00 UTC"
    )
    assert reason(held, trusted, END - DAY + SECOND) == (
        "its certificate expired on 2026-12-31 00:00:00 UTC"
    )


def test_a_time_in_another_zone_is_the_same_time():
    held, trusted = chain(ROOT.leaf(end=NOW)), roots(ROOT)
    east = timezone(timedelta(hours=9))

    assert verify(held, trusted, NOW.astimezone(east)).not_after == NOW
    assert "expired" in reason(held, trusted, (NOW + SECOND).astimezone(east))


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(UsageError, match="time zone"):
        verify(chain(SIGNER, MIDDLE), roots(ROOT), datetime(2026, 6, 1))


@pytest.mark.parametrize("at", [datetime.min, datetime(1970, 1, 1), datetime.max])
def test_a_time_far_away_is_outside_of_validity(at):
    assert re.search(
        "not valid before|expired",
        reason(chain(SIGNER, MIDDLE), roots(ROOT), at.replace(tzinfo=UTC)),
    )


def test_an_expired_intermediate_is_named_with_its_date():
    middle = ROOT.intermediate(end=NOW - DAY)

    assert reason(chain(middle.leaf(), middle), roots(ROOT)) == (
        "the intermediate 'CN=Intermediate' expired on 2026-05-31 00:00:00 UTC"
    )


def test_an_intermediate_of_the_future_is_named_with_its_date():
    middle = ROOT.intermediate(start=NOW + DAY)

    assert reason(chain(middle.leaf(), middle), roots(ROOT)) == (
        "the intermediate 'CN=Intermediate' is not valid before 2026-06-02 00:00:00 UTC"
    )


def test_an_expired_root_is_named_with_its_date():
    old = root(end=NOW - DAY)

    assert reason(chain(old.leaf(), old), roots(old)) == (
        "the root 'CN=Root' expired on 2026-05-31 00:00:00 UTC"
    )


def test_a_root_of_the_future_is_named_with_its_date():
    new = root(start=NOW + DAY)

    assert reason(chain(new.leaf()), roots(new)) == (
        "the root 'CN=Root' is not valid before 2026-06-02 00:00:00 UTC"
    )


def test_a_leaf_that_was_valid_only_while_no_intermediate_was_is_refused():
    first = ROOT.intermediate(end=NOW - DAY)
    second = ROOT.intermediate(start=NOW + DAY)
    leaf = first.leaf(start=NOW - DAY / 2, end=NOW + DAY / 2)

    assert "the intermediate 'CN=Intermediate' expired" in reason(chain(leaf, first), roots(ROOT))
    assert "not valid before" in reason(chain(leaf, second), roots(ROOT))
    assert "the intermediate" in reason(chain(leaf), roots(ROOT, first, second))


def test_an_unknown_root_is_refused():
    assert reason(chain(SIGNER, MIDDLE), roots(root("Other"))) == (
        "no trusted root issued its certificates: the issuer 'CN=Root' is not known"
    )


def test_a_self_signed_leaf_is_refused_unless_it_is_trusted():
    alone = self_signed()

    assert reason(chain(alone), roots(ROOT)) == (
        "its certificate is self-signed and not among the trusted roots"
    )
    assert verify(chain(alone), roots(ROOT, alone), NOW).subject == "CN=Self"


def test_a_trusted_self_signed_leaf_expires_too():
    alone = self_signed(end=NOW - DAY)

    assert reason(chain(alone), roots(alone)) == (
        "its certificate expired on 2026-05-31 00:00:00 UTC"
    )


def test_another_certificate_for_a_trusted_leafs_name_and_key_is_refused():
    assert "self-signed and not among" in reason(chain(self_signed()), roots(self_signed()))


CA_MARK = (x509.BasicConstraints(ca=True, path_length=None), True)
SIGNS = (key_usage("digital_signature"), True)
SIGNS_AND_CERTIFIES = (key_usage("digital_signature", "key_cert_sign"), True)
CODE = (x509.ExtendedKeyUsage([SIGN_CODE]), False)
ANYTHING = (x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE]), False)
SERVER = (x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH]), False)
ENCRYPTS = (key_usage("key_encipherment"), True)

GOOD_USES = {
    "both": [SIGNS, CODE],
    "key usage alone": [SIGNS],
    "extended usage alone": [CODE],
    "any extended usage": [SIGNS, ANYTHING],
}
BAD_USES = {
    "none": ([], "its certificate does not say that it may sign: it names no usage"),
    "encrypts": ([ENCRYPTS], "its certificate may not be used for digital signatures"),
    "encrypts, code": ([ENCRYPTS, CODE], "its certificate may not be used for digital signatures"),
    "server": ([SIGNS, SERVER], "its certificate may not be used to sign code"),
    "server alone": ([SERVER], "its certificate may not be used to sign code"),
    "CA": (
        [CA_MARK, SIGNS, CODE],
        "its certificate is an authority's, which may not sign artifacts",
    ),
    "CA that certifies": (
        [CA_MARK, SIGNS_AND_CERTIFIES, CODE],
        "its certificate is an authority's, which may not sign artifacts",
    ),
    "CA without key usage": (
        [CA_MARK, CODE],
        "its certificate is an authority's, which may not sign artifacts",
    ),
}


@pytest.mark.parametrize("extensions", GOOD_USES.values(), ids=GOOD_USES.keys())
def test_a_usage_that_lets_the_leaf_sign_is_accepted(extensions):
    assert verify(chain(ROOT.issue("Signer", extensions)), roots(ROOT), NOW)


@pytest.mark.parametrize(("extensions", "why"), BAD_USES.values(), ids=BAD_USES.keys())
def test_another_usage_is_refused(extensions, why):
    assert reason(chain(ROOT.issue("Signer", extensions)), roots(ROOT)) == why


@pytest.mark.parametrize(("extensions", "why"), BAD_USES.values(), ids=BAD_USES.keys())
def test_another_usage_of_a_trusted_self_signed_leaf_is_refused(extensions, why):
    alone = self_signed(extensions=tuple(extensions))

    if extensions == [CA_MARK, SIGNS, CODE]:  # `openssl req -x509` marks what it makes so
        assert verify(chain(alone), roots(alone), NOW).subject == "CN=Self"
    else:
        assert reason(chain(alone), roots(alone)) == why


def test_a_root_does_not_sign_artifacts():
    assert "an authority's" in reason(chain(ROOT), roots(ROOT))


def test_a_leaf_issues_nothing():
    leaf = ROOT.leaf()

    assert reason(chain(leaf.issue("Mallory"), leaf), roots(ROOT)) == (
        "the certificate 'CN=Signer' issued another and is no authority's"
    )


def test_a_trusted_self_signed_leaf_issues_nothing():
    alone = self_signed()
    marked = self_signed("Marked", extensions=(CA_MARK, SIGNS, CODE))

    assert "'CN=Self' issued another" in reason(chain(alone.issue("Mallory")), roots(alone))
    assert "'CN=Marked' issued another" in reason(chain(marked.issue("Mallory")), roots(marked))


NO_AUTHORITIES = {
    "no constraints": ((key_usage("key_cert_sign"), True),),
    "no constraints, no usage": (),
    "not a CA": (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (key_usage("key_cert_sign"), True),
    ),
    "no right to sign certificates": (CA_MARK, (key_usage("crl_sign"), True)),
}


@pytest.mark.parametrize("extensions", NO_AUTHORITIES.values(), ids=NO_AUTHORITIES.keys())
def test_an_intermediate_that_is_no_authority_is_refused(extensions):
    middle = ROOT.issue("Middle", extensions)
    why = "the certificate 'CN=Middle' issued another and is no authority's"

    assert reason(chain(middle.leaf(), middle), roots(ROOT)) == why
    assert reason(chain(middle.leaf()), roots(ROOT, middle)) == why


@pytest.mark.parametrize("extensions", NO_AUTHORITIES.values(), ids=NO_AUTHORITIES.keys())
def test_a_root_that_is_no_authority_is_refused(extensions):
    odd = root("Odd", extensions=extensions)

    assert reason(chain(odd.leaf()), roots(odd)) == (
        "the certificate 'CN=Odd' issued another and is no authority's"
    )


def test_an_authority_for_other_ends_is_refused():
    middle = ROOT.issue("Web", (*authority_extensions(), SERVER))
    fit = ROOT.issue("Code", (*authority_extensions(), CODE))

    assert reason(chain(middle.leaf(), middle), roots(ROOT)) == (
        "the authority 'CN=Web' may not issue certificates to sign code"
    )
    assert verify(chain(fit.leaf(), fit), roots(ROOT), NOW)


def test_a_chain_longer_than_an_authority_allows_is_refused():
    first = ROOT.intermediate("First", path_length=0)
    second = first.intermediate("Second")

    assert reason(chain(second.leaf(), second, first), roots(ROOT)) == (
        "its chain is longer than the authority 'CN=First' allows"
    )
    assert verify(chain(first.leaf(), first), roots(ROOT), NOW)


def constrained(**subtrees):
    middle = ROOT.issue(
        "Narrow", (*authority_extensions(), (x509.NameConstraints(**subtrees), True))
    )
    return lambda *names: chain(middle.leaf(alternative(*names)), middle)


@pytest.mark.parametrize(
    ("allowed", "good", "bad"),
    [
        (
            x509.DNSName("acme.example"),
            x509.DNSName("a.acme.example"),
            x509.DNSName("evil.example"),
        ),
        (
            x509.RFC822Name("acme.example"),
            x509.RFC822Name("a@acme.example"),
            x509.RFC822Name("a@acme.example.evil"),
        ),
        (
            x509.UniformResourceIdentifier("acme.example"),
            x509.UniformResourceIdentifier("https://acme.example/x"),
            x509.UniformResourceIdentifier("https://acme.example.evil/x"),
        ),
    ],
    ids=["DNS", "e-mail", "URI"],
)
def test_a_name_that_an_authority_may_not_vouch_for_is_refused(allowed, good, bad):
    why = "its certificate has a name that an authority above it may not vouch for"
    only = constrained(permitted_subtrees=[allowed], excluded_subtrees=None)
    never = constrained(permitted_subtrees=None, excluded_subtrees=[allowed])

    assert verify(only(good), roots(ROOT), NOW).names == (good.value,)
    assert reason(only(bad), roots(ROOT)) == why
    assert reason(only(good, bad), roots(ROOT)) == why
    assert reason(never(good), roots(ROOT)) == why


def test_a_subject_that_an_authority_may_not_vouch_for_is_refused():
    made = constrained(
        permitted_subtrees=[x509.DirectoryName(name("Someone else"))], excluded_subtrees=None
    )

    assert "may not vouch for" in reason(made(x509.DNSName("acme.example")), roots(ROOT))


@pytest.mark.parametrize("critical", [False, True])
def test_an_extension_that_is_not_known_is_refused_if_it_is_critical(critical):
    unknown = unrecognized("1.2.3.4", critical=critical)
    odd = ROOT.issue("Odd", (*authority_extensions(), unknown))
    leaf, below = chain(ROOT.leaf(unknown)), chain(odd.leaf(), odd)

    if critical:
        assert reason(leaf, roots(ROOT)) == (
            "its certificate has a critical extension that is not known"
        )
        assert reason(below, roots(ROOT)) == (
            "the intermediate 'CN=Odd' has a critical extension that is not known"
        )
    else:
        assert verify(leaf, roots(ROOT), NOW)
        assert verify(below, roots(ROOT), NOW)


@pytest.mark.parametrize(("oid", "shown"), [(SHA1_RSA, "sha1"), (MD5_RSA, "md5")])
def test_a_signature_with_a_weak_hash_is_refused(oid, shown):
    authority = root("RSA", "rsa")
    held = Chain((resigned(authority.leaf(), authority, SHA256_RSA, oid, algorithm=oid),))

    assert reason(held, roots(authority)) == (
        f"the certificate 'CN=Signer' is signed with {shown}, which is too weak"
    )


def test_a_weak_hash_in_a_trusted_intermediate_is_refused():
    authority = root("RSA", "rsa")
    middle = authority.intermediate()
    weak = resigned(middle, authority, SHA256_RSA, SHA1_RSA, algorithm=SHA1_RSA)

    held = chain(middle.leaf())
    assert verify(held, Roots((authority.der, middle.der)), NOW)
    assert "no trusted root issued" in reason(held, Roots((authority.der, weak)))


def test_a_hash_that_can_be_computed_may_be_too_weak_all_the_same():
    middle = ROOT.intermediate("Middle", hash=hashes.SHA224())
    why = "the certificate 'CN=Middle' is signed with sha224, which is too weak"

    assert reason(chain(middle.leaf(), middle), roots(ROOT)) == why
    assert reason(chain(middle.leaf()), roots(ROOT, middle)) == why
    assert reason(chain(middle.leaf(), middle), roots(ROOT, middle)) == why


def test_a_weak_hash_on_a_roots_own_signature_does_not_matter():
    authority = root("RSA", "rsa")
    weak = resigned(authority, authority, SHA256_RSA, SHA1_RSA, algorithm=SHA1_RSA)

    for held in (chain(authority.leaf()), Chain((authority.leaf().der, weak))):
        assert verify(held, Roots((weak,)), NOW)


@pytest.mark.parametrize(("kind", "shown"), [("rsa1024", "RSA 1024"), ("p192", "secp192r1")])
def test_a_weak_key_above_the_leaf_is_refused(kind, shown):
    weak = root("Weak", kind)
    middle = ROOT.intermediate("Middle", kind=kind)

    assert reason(chain(weak.leaf()), roots(weak)) == (
        f"the key of the certificate 'CN=Weak' is too weak: {shown}"
    )
    assert reason(chain(middle.leaf(), middle), roots(ROOT)) == (
        f"the key of the certificate 'CN=Middle' is too weak: {shown}"
    )


@pytest.mark.parametrize("text", ["a@acme.example\0.evil.example", "a@acme\n.example", "\x7f@a"])
def test_a_control_character_in_a_name_is_refused(text):
    stand_in = "x" * len(text)
    signer = ROOT.leaf(alternative(x509.RFC822Name(stand_in)))
    der = resigned(signer, ROOT, tlv(0x81, stand_in.encode()), tlv(0x81, text.encode()))

    assert reason(Chain((der,)), roots(ROOT)) == (
        "its certificate has a control character in a name"
    )


def test_a_name_that_cannot_be_read_is_refused():
    signer = ROOT.leaf(alternative(x509.RFC822Name("xxxx")))
    der = resigned(signer, ROOT, tlv(0x81, b"xxxx"), tlv(0x81, b"\xff\xfe\xfd\xfc"))

    assert reason(Chain((der,)), roots(ROOT)) == (
        "certificate 1 of its chain cannot be used: its extensions cannot be read"
    )


def test_a_user_name_of_fulcio_is_a_name_and_must_be_one():
    oid = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.7")
    good = ROOT.leaf(alternative(x509.OtherName(oid, tlv(0x0C, b"alice!acme"))))
    bad = ROOT.leaf(alternative(x509.OtherName(oid, tlv(0x16, b"alice!acme"))))

    assert verify(chain(good), roots(ROOT), NOW).names == ("alice!acme",)
    assert reason(chain(bad), roots(ROOT)) == (
        "its certificate cannot be read: its user name is not a UTF8String in DER"
    )


def test_a_directory_name_is_no_name_of_a_signer():
    signer = ROOT.leaf(alternative(x509.DirectoryName(name("alice@acme.example"))))

    assert verify(chain(signer), roots(ROOT), NOW).names == ()


NO_CERTIFICATES = {
    "nothing": b"",
    "text": b"certificate",
    "half of one": SIGNER.der[:-40],
    "one and a byte": SIGNER.der + b"\0",
    "PEM": SIGNER.pem,
}


@pytest.mark.parametrize("data", NO_CERTIFICATES.values(), ids=NO_CERTIFICATES.keys())
def test_what_is_no_certificate_is_refused(data):
    assert reason(Chain((SIGNER.der, data)), roots(ROOT)).startswith(
        "certificate 2 of its chain cannot be used: its form cannot be read"
    )
    with pytest.raises(MalformedError, match="trusted certificate 2: its form cannot be read"):
        Roots((ROOT.der, data))


def test_a_signature_in_another_encoding_is_refused():
    middle = next(
        one
        for one in (ROOT.intermediate(serial=number) for number in range(1, 1000))
        if one.certificate.signature[-1] % 2 == 0
    )
    at = len(middle.der) - len(middle.certificate.signature) - 1
    other = middle.der[:at] + b"\x01" + middle.der[at + 1 :]
    held = Chain((middle.leaf().der, other))

    assert verify(chain(middle.leaf(), middle), roots(ROOT, middle), NOW)
    assert reason(held, roots(ROOT, middle)) == (
        "certificate 2 of its chain cannot be used: its signature is not a whole number of bytes"
    )


def test_an_extension_that_is_there_twice_is_refused():
    signer = ROOT.leaf(unrecognized("1.2.3.4"), unrecognized("1.2.3.5"))
    der = resigned(signer, ROOT, b"\x06\x03\x2a\x03\x05", b"\x06\x03\x2a\x03\x04")

    assert reason(Chain((der,)), roots(ROOT)) == (
        "certificate 1 of its chain cannot be used: it has the extension 1.2.3.4 twice"
    )


def test_a_chain_without_a_certificate_is_refused():
    assert reason(Chain(()), roots(ROOT)) == "it comes with no certificate"


def test_a_root_must_be_there():
    with pytest.raises(UsageError, match="no root certificate is trusted"):
        Roots(())
    with pytest.raises(UsageError, match="none of them is self-signed"):
        roots(MIDDLE)
    with pytest.raises(UsageError, match="the limit is 1024"):
        Roots((ROOT.der,) * 1025)


def test_a_certificate_that_only_names_itself_as_its_issuer_is_no_root():
    posing = ROOT.intermediate("Posing", issuer="Posing")

    with pytest.raises(UsageError, match="none of them is self-signed"):
        roots(posing)


@pytest.mark.parametrize(
    ("number", "constant"),
    [
        (2, "UNABLE_TO_GET_ISSUER_CERT"),
        (7, "CERT_SIGNATURE_FAILURE"),
        (9, "CERT_NOT_YET_VALID"),
        (10, "CERT_HAS_EXPIRED"),
        (18, "DEPTH_ZERO_SELF_SIGNED_CERT"),
        (19, "SELF_SIGNED_CERT_IN_CHAIN"),
        (20, "UNABLE_TO_GET_ISSUER_CERT_LOCALLY"),
        (21, "UNABLE_TO_VERIFY_LEAF_SIGNATURE"),
        (22, "CERT_CHAIN_TOO_LONG"),
        (25, "PATH_LENGTH_EXCEEDED"),
        (27, "CERT_UNTRUSTED"),
        (32, "KEYUSAGE_NO_CERTSIGN"),
        (34, "UNHANDLED_CRITICAL_EXTENSION"),
        (47, "PERMITTED_VIOLATION"),
        (48, "EXCLUDED_VIOLATION"),
        (49, "SUBTREE_MINMAX"),
        (51, "UNSUPPORTED_CONSTRAINT_TYPE"),
        (52, "UNSUPPORTED_CONSTRAINT_SYNTAX"),
        (53, "UNSUPPORTED_NAME_SYNTAX"),
        (79, "INVALID_CA"),
    ],
)
def test_the_numbers_are_those_of_openssl(number, constant):
    assert number in path._PARTS
    assert getattr(Binding.lib, f"X509_V_ERR_{constant}") == number


def test_a_number_that_is_not_known_refuses_too():
    why = path._reason(999, reading.parse(SIGNER.der), 0, [])

    assert why == "its certificate does not hold (OpenSSL error 999)"
