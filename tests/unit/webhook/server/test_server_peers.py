from __future__ import annotations

import pytest

from aiverify.webhook.server.peers import refusal

CERTIFICATE = {
    "subject": ((("organizationName", "system:masters"),), (("commonName", "kube-apiserver"),)),
    "subjectAltName": (("DNS", "api.test"), ("URI", "spiffe://a/b"), ("email", "a@b")),
}


@pytest.mark.parametrize("name", ["kube-apiserver", "api.test", "spiffe://a/b"])
def test_any_name_of_the_certificate_will_do(name):
    assert refusal(["other", name], CERTIFICATE) == ""


@pytest.mark.parametrize("name", ["system:masters", "a@b", "KUBE-APISERVER", "*", "kube-*", ""])
def test_what_is_no_such_name_is_refused(name):
    assert refusal([name], CERTIFICATE)


def test_without_names_whoever_is_certified_will_do():
    assert refusal([], CERTIFICATE) == ""


@pytest.mark.parametrize("certificate", [None, {}])
def test_who_has_no_certificate_has_no_name(certificate):
    assert refusal(["a"], certificate)
