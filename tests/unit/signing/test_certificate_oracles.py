"""Chains that `openssl` makes, and what the reference implementation and `openssl` say of ours.

The reference, `model_signing` 1.1.1, judges every chain at the time when its leaf became
valid, and knows no weak algorithm, order or stray certificate. So it is asked of chains that
are good, and of those that path validation alone refuses.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from model_signing._signing.sign_certificate import Verifier
from sigstore_models.bundle.v1 import VerificationMaterial
from sigstore_models.common.v1 import X509Certificate, X509CertificateChain

from aiverify.errors import AiverifyError, DeniedError
from aiverify.signing.certificates import Chain, Roots, describe, read_pem, reading, verify
from tests.support.certificates import (
    NOW,
    Wish,
    authority_extensions,
    chain,
    issued,
    key_of,
    root,
    self_signed,
    unrecognized,
)

ROOT = root()
MIDDLE = ROOT.intermediate(path_length=1)
LOW = MIDDLE.intermediate("Low", path_length=0)
RSA = root("RSA", "rsa")
P521 = root("P-521", "p521")
SELF = self_signed()

# By name: the chain, the trusted certificates.
GOOD = {
    "one": ([ROOT.leaf()], [ROOT]),
    "with the root": ([ROOT.leaf(), ROOT], [ROOT]),
    "two": ([MIDDLE.leaf(), MIDDLE], [ROOT]),
    "three": ([LOW.leaf(), LOW, MIDDLE], [ROOT]),
    "three with the root": ([LOW.leaf(), LOW, MIDDLE, ROOT], [ROOT]),
    "trusted intermediates": ([LOW.leaf()], [ROOT, MIDDLE, LOW]),
    "a trusted intermediate": ([LOW.leaf(), LOW], [MIDDLE, ROOT]),
    "RSA above": ([RSA.leaf()], [RSA]),
    "P-521": ([P521.leaf(kind="p521")], [P521]),
    "P-384": ([MIDDLE.leaf(kind="p384"), MIDDLE], [ROOT]),
    "self-signed": ([SELF], [SELF]),
    "two roots": ([MIDDLE.leaf(), MIDDLE], [RSA, ROOT]),
}

NARROW = ROOT.issue(
    "Narrow",
    (
        *authority_extensions(),
        (x509.NameConstraints([x509.DNSName("acme.example")], None), True),
    ),
)
OUTSIDE = NARROW.leaf((x509.SubjectAlternativeName([x509.DNSName("evil.example")]), False))
NO_AUTHORITY = ROOT.leaf()
TOO_LONG = LOW.intermediate("Too long")
POSING = issued(Wish("Root", key_of("Mallory"), authority_extensions()), None)
UNKNOWN_CRITICAL = ROOT.leaf(unrecognized("1.2.3", critical=True))
USELESS = ROOT.issue("Useless", ())

BAD = {
    "unknown root": ([MIDDLE.leaf(), MIDDLE], [RSA]),
    "a root of the attacker's": ([POSING.leaf(), POSING], [ROOT]),
    "self-signed": ([SELF], [ROOT]),
    "an intermediate is no anchor": ([LOW.leaf(), LOW], [MIDDLE, RSA]),
    "issued by a leaf": ([NO_AUTHORITY.issue("Signer"), NO_AUTHORITY], [ROOT]),
    "too long": ([TOO_LONG.leaf(), TOO_LONG, LOW, MIDDLE], [ROOT]),
    "a name outside": ([OUTSIDE, NARROW], [ROOT]),
    "a critical extension": ([UNKNOWN_CRITICAL], [ROOT]),
    "no usage": ([USELESS], [ROOT]),
    "a missing link": ([LOW.leaf(), LOW], [ROOT]),
}


def accepted_by_us(links, trusted):
    try:
        leaf = verify(chain(*links), Roots(tuple(one.der for one in trusted)), NOW)
    except DeniedError:
        return None
    return leaf.public.pem


def accepted_by_model_signing(folder, links, trusted):
    path = folder / "roots.pem"
    path.write_bytes(b"".join(one.pem for one in trusted))
    certificates = [X509Certificate(raw_bytes=base64.b64encode(link.der)) for link in links]
    material = VerificationMaterial(
        x509_certificate_chain=X509CertificateChain(certificates=certificates), tlog_entries=[]
    )
    try:
        key = Verifier([path])._verify_certificates(material)
    except Exception:  # noqa: BLE001 - it raises what its libraries raise
        return None
    return reading.public_of(key).pem


@pytest.mark.parametrize(("links", "trusted"), GOOD.values(), ids=GOOD.keys())
def test_a_good_chain_is_accepted_by_the_reference_and_by_us(tmp_path, links, trusted):
    ours = accepted_by_us(links, trusted)

    assert ours is not None
    assert accepted_by_model_signing(tmp_path, links, trusted) == ours


@pytest.mark.parametrize(("links", "trusted"), BAD.values(), ids=BAD.keys())
def test_a_bad_chain_is_refused_by_the_reference_and_by_us(tmp_path, links, trusted):
    assert accepted_by_us(links, trusted) is None
    assert accepted_by_model_signing(tmp_path, links, trusted) is None


needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")

EXTENSIONS = """\
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
subjectAltName = email:release@acme.example,URI:https://acme.example/ci
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[bare]
basicConstraints = CA:FALSE
keyUsage = digitalSignature
"""


class Openssl:
    """A directory in which the command line tool makes keys and certificates."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "extensions.cnf").write_text(EXTENSIONS)

    def run(self, *words):
        done = subprocess.run(
            ["openssl", *words], cwd=self.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    def key(self, name, *algorithm):
        self.run("genpkey", *(algorithm or P256), "-out", f"{name}.key")

    def root(self, name, *words):
        self.key(name)
        self.run(
            "req", "-x509", "-new", "-key", f"{name}.key", "-subj", f"/O=Acme/CN={name}",
            "-days", "30", "-out", f"{name}.pem", *words,
        )  # fmt: skip

    def issue(self, name, by, section, *words, algorithm=()):
        self.key(name, *algorithm)
        self.run(
            "req", "-new", "-key", f"{name}.key", "-subj", f"/O=Acme/CN={name}", "-out", "new.csr"
        )
        self.run(
            "x509", "-req", "-in", "new.csr", "-CA", f"{by}.pem", "-CAkey", f"{by}.key",
            "-CAcreateserial", "-days", "10" if section == "signer" else "20",
            "-extfile", "extensions.cnf", "-extensions", section, "-out", f"{name}.pem", *words,
        )  # fmt: skip

    def read(self, *names):
        return tuple(der for name in names for der in read_pem(self.folder / f"{name}.pem"))


P256 = ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256")
ALGORITHMS = {
    "P-256": P256,
    "P-384": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"),
    "P-521": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"),
    "Ed25519": ("-algorithm", "ED25519"),
}


@pytest.fixture
def openssl(tmp_path):
    made = Openssl(tmp_path)
    made.root("root")
    made.issue("middle", "root", "authority")
    return made


def now():
    return datetime.now(UTC) + timedelta(minutes=1)


@needs_openssl
@pytest.mark.parametrize("algorithm", ALGORITHMS.keys())
def test_a_chain_that_openssl_made_is_accepted(openssl, algorithm):
    openssl.issue("signer", "middle", "signer", algorithm=ALGORITHMS[algorithm])
    held, trusted = Chain(openssl.read("signer", "middle")), Roots(openssl.read("root"))

    leaf = verify(held, trusted, now())

    assert leaf.subject == "CN=signer,O=Acme"
    assert leaf.issuer == "CN=middle,O=Acme"
    assert leaf.names == ("release@acme.example", "https://acme.example/ci")
    assert describe(held.certificates[0]).key == algorithm
    openssl.run("x509", "-in", "signer.pem", "-pubkey", "-noout", "-out", "signer.pub")
    assert leaf.public.pem == (openssl.folder / "signer.pub").read_text()
    with pytest.raises(DeniedError, match="its certificate expired on"):
        verify(held, trusted, now() + timedelta(days=15))


@needs_openssl
def test_a_certificate_with_the_least_that_openssl_writes_is_accepted(openssl):
    openssl.issue("signer", "root", "bare")

    assert verify(Chain(openssl.read("signer")), Roots(openssl.read("root")), now())


@needs_openssl
def test_a_certificate_that_openssl_signed_weakly_is_refused(openssl):
    openssl.issue("signer", "middle", "signer", "-sha1")
    held, trusted = Chain(openssl.read("signer", "middle")), Roots(openssl.read("root"))

    with pytest.raises(DeniedError, match="is signed with sha1, which is too weak"):
        verify(held, trusted, now())


@needs_openssl
def test_a_self_signed_signer_of_openssls_is_accepted_if_it_is_trusted(openssl):
    openssl.root("alone", "-addext", "keyUsage=digitalSignature")
    openssl.root("plain")
    alone, plain = openssl.read("alone"), openssl.read("plain")

    assert verify(Chain(alone), Roots(alone), now()).subject == "CN=alone,O=Acme"
    with pytest.raises(DeniedError, match="an authority's"):
        verify(Chain(plain), Roots(plain), now())


@needs_openssl
def test_a_trusted_certificate_of_openssls_own_kind_is_not_taken_for_a_plain_one(openssl):
    openssl.run(
        "x509", "-in", "root.pem", "-trustout", "-addreject", "codeSigning", "-out", "own.pem"
    )

    with pytest.raises(AiverifyError, match=r"own\.pem holds no certificate"):
        openssl.read("own")
