"""What registries ask for, as they write it."""

from __future__ import annotations

import pytest

from aiverify.errors import DeniedError, MalformedError
from aiverify.registry.challenge import MAX_HEADER, Challenge, choose, parse

HOST = "registry.example"
HUB = (
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",'
    'scope="repository:samalba/my-app:pull,push"'
)


def test_a_bearer_challenge_says_where_for_whom_and_for_what():
    found = choose(HUB, HOST)

    assert (found.scheme, found.realm) == ("bearer", "https://auth.docker.io/token")
    assert found.service == "registry.docker.io"
    assert found.scopes == ("repository:samalba/my-app:pull,push",)


def test_several_scopes_are_told_apart():
    found = choose('Bearer realm="https://a/t",scope="repository:a:pull repository:b:push"', HOST)

    assert found.scopes == ("repository:a:pull", "repository:b:push")


@pytest.mark.parametrize(
    "header",
    [
        'Basic realm="x", Bearer realm="https://a/t",service="s"',
        'Bearer realm="https://a/t",service="s", Basic realm="x"',
        'bEARER REALM="https://a/t" , Service="s" ,, BASIC realm="x"',
        'Negotiate, Basic realm="x",Bearer realm="https://a/t", service = "s"',
        'Negotiate YWJj==, Bearer realm="https://a/t",service=s',
        "Bearer realm=https://a/t,service=s",
        r'Bearer realm="https:\//a/t",service="\s"',
        ', ,Bearer\trealm="https://a/t"\t,\tservice="s",',
    ],
)
def test_a_bearer_is_chosen_wherever_it_stands_and_however_it_is_written(header: str):
    assert choose(header, HOST) == Challenge("bearer", {"realm": "https://a/t", "service": "s"})


def test_a_basic_challenge_is_chosen_where_there_is_no_bearer():
    header = 'Digest realm="x", nonce="a, Bearer realm=b", Basic realm="The \\"registry\\", here"'

    assert choose(header, HOST) == Challenge("basic", {"realm": 'The "registry", here'})


def test_what_stands_in_quotes_is_no_challenge():
    [found] = parse('Basic realm="a, Bearer realm=https://evil.example/t"', HOST)

    assert found == Challenge("basic", {"realm": "a, Bearer realm=https://evil.example/t"})


@pytest.mark.parametrize(
    "header",
    [
        '"',
        "=",
        'Bearer realm="https://a/t',
        'Bearer realm="a" service="b"',
        'Bearer realm="a"x',
        'Bearer realm="a\r\nSet-Cookie: b"',
        'Bearer realm="a\\\n"',
        'Bearer realm="a\0b"',
        "Bearer realm=a\nb",
        "Bearer: realm=a",
        "<html>",
        "\ud800",
    ],
)
def test_a_header_that_is_no_list_of_challenges_is_refused(header: str):
    with pytest.raises(MalformedError) as caught:
        choose(header, HOST)
    assert caught.value.message.startswith("the WWW-Authenticate of registry.example is no list")
    assert "\n" not in caught.value.message


def test_a_parameter_that_stands_twice_is_refused():
    with pytest.raises(MalformedError, match="has the parameter realm twice"):
        choose('Bearer realm="https://a/t",REALM="https://b/t"', HOST)


@pytest.mark.parametrize("header", ["", " , ", "\t"])
def test_a_header_that_says_nothing_is_refused(header: str):
    with pytest.raises(DeniedError, match="does not say for which"):
        choose(header, HOST)


def test_logins_that_we_do_not_have_are_named():
    with pytest.raises(DeniedError) as caught:
        choose('Negotiate, NTLM, Digest realm="x"', HOST)
    assert caught.value.message == (
        "registry.example asks for logins that aiverify does not have: negotiate, ntlm, digest"
    )


def test_a_header_may_be_long_and_no_longer():
    start, end = 'Bearer realm="', '"'
    fits = start + "a" * (MAX_HEADER - len(start + end)) + end

    assert len(choose(fits, HOST).realm) == MAX_HEADER - len(start + end)
    with pytest.raises(MalformedError, match="has more than 8192 characters"):
        choose(fits + " ", HOST)


def test_a_host_is_made_safe_to_print():
    with pytest.raises(MalformedError) as caught:
        choose('"', "evil\x1b[2J")
    assert "\x1b" not in caught.value.message
