"""A real OPA as an engine: started and stopped, or somebody's server with what it may hold."""

from __future__ import annotations

import datetime
import gc
import ipaddress
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from aiverify.errors import InputError, MalformedError, UndecidedError
from aiverify.operations.policies import Wanted, judge_by
from aiverify.policy.opa import server, session
from aiverify.policy.opa.client import OpaServer
from aiverify.policy.opa.engine import OpaEngine
from aiverify.policy.opa.place import OpaPlace, find_program, from_environment
from tests.support.http_site import Reply, serving
from tests.support.opa import Site, needs_opa, opa, program, serving_opa
from tests.support.rego import complaint, module

pytestmark = needs_opa

SLOW = """slow contains i if {
	some i in numbers.range(1, 100000)
	some j in numbers.range(1, 100000)
	i + j == -1
}
deny contains "slow" if { input.slow; count(slow) > 0 }
"""
ONE = 'deny contains "one" if input.x == data.config.x'
CONFIG: dict[str, Any] = {"config": {"x": 1, "y": [1.5, {"a/b": None}]}}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with serving_opa(tmp_path) as running:
        yield running


def messages(engine: OpaEngine, document: Any) -> list[str]:
    return [result.message for result in engine.evaluate(document)]


def process_of(engine: OpaEngine) -> subprocess.Popen[bytes]:
    alive = engine._close.peek()
    assert alive
    process: subprocess.Popen[bytes] = alive[1].__self__._process
    return process


def held(site: Site) -> list[str]:
    answer = requests.get(f"{site.url}/v1/policies", timeout=10).json()
    return sorted(policy["id"] for policy in answer["result"])


def put(site: Site, identifier: str, text: str) -> None:
    url = f"{site.url}/v1/policies/{identifier}"
    requests.put(url, data=text.encode(), timeout=10).raise_for_status()


# A program of our own


def test_a_local_opa_answers_and_is_stopped() -> None:
    with opa(ONE, data=CONFIG) as engine:
        process = process_of(engine)
        assert process.poll() is None
        assert messages(engine, {"x": 1}) == ["one"]
        assert messages(engine, {"x": 2}) == []
        assert engine.query("data.config.y", None) == [1.5, {"a/b": None}]
    assert process.poll() is not None
    with pytest.raises(UndecidedError, match="out of reach"):
        engine.evaluate({})


def test_an_engine_that_is_forgotten_stops_its_opa() -> None:
    engine = opa(ONE, data=CONFIG)
    process = process_of(engine)
    del engine
    gc.collect()
    assert process.wait(10) != 0


def test_nobody_else_can_reach_a_local_opa() -> None:
    with opa(ONE, data=CONFIG) as engine:
        folder = Path(f"/proc/{process_of(engine).pid}/cwd").resolve()
        assert folder.stat().st_mode & 0o077 == 0
        assert (folder / "socket").is_socket()
        links = Path(f"/proc/{process_of(engine).pid}/fd").iterdir()
        inodes = {str(link.readlink()) for link in links if link.is_symlink()}
        tcp = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
        listening = [line.split()[9] for line in tcp.splitlines() if " 0A " in line]
        assert inodes
        assert inodes & {f"socket:[{inode}]" for inode in listening} == set()
    assert not folder.exists()


def test_a_local_opa_has_none_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIVERIFY_OPA_TOKEN", "secret")
    monkeypatch.setenv("OPA_RUN_ADDR", "127.0.0.1:1")
    with opa(ONE, data=CONFIG) as engine:
        environ = Path(f"/proc/{process_of(engine).pid}/environ").read_bytes()
    names = {entry.partition(b"=")[0] for entry in environ.split(b"\0") if entry}
    assert names == {b"HOME", b"GOMEMLIMIT"}


def test_a_local_opa_that_ends_decides_nothing() -> None:
    with opa(ONE, data=CONFIG) as engine:
        process_of(engine).kill()
        process_of(engine).wait()
        with pytest.raises(UndecidedError, match="the local OPA is out of reach"):
            engine.evaluate({"x": 2})


def test_files_that_call_one_another_are_loaded_together() -> None:
    one = module("package a\nimport data.b\nf(x) := b.g(x)\ndeny contains f(input.x)", "a.rego")
    two = module("package b\nimport data.a\ng(x) := x\nh(x) := a.f(x)", "b.rego")
    with opa(one, two) as engine:
        assert messages(engine, {"x": "both"}) == ["both"]


def test_a_fault_that_opa_finds_is_told_with_our_name_of_the_file() -> None:
    bad = module('package q\nx := 1 + "a"', "rules/bad one.rego")
    said = complaint(MalformedError, lambda: opa(ONE, bad))
    assert said.startswith("rules/bad one.rego:2: plus: invalid argument")


def test_a_failure_is_told_with_our_name_of_the_file() -> None:
    with opa("deny contains 1 if 1 / input.x == 1") as engine:
        said = complaint(UndecidedError, lambda: engine.evaluate({"x": 0}))
    assert said == "p.rego:2:20: div: divide by zero"


def test_a_program_that_is_no_opa_is_not_waited_for(tmp_path: Path) -> None:
    fake = tmp_path / "opa"
    fake.write_text("#!/bin/sh\necho 'unknown \x1b[2J flag' >&2\nexit 1\n")
    fake.chmod(0o755)
    said = complaint(UndecidedError, lambda: opa(ONE, place=OpaPlace(program=str(fake))))
    assert said == "the local OPA does not start: unknown \\x1b[2J flag"


def test_a_program_that_never_answers_is_given_up_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "opa"
    fake.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 600\n")
    fake.chmod(0o755)
    monkeypatch.setattr(server, "START", 0.5)
    with pytest.raises(UndecidedError, match="not ready within"):
        opa(ONE, place=OpaPlace(program=str(fake)))
    assert not Path("/proc", (tmp_path / "pid").read_text().strip()).exists()


@pytest.mark.parametrize("name", ["nothing", "text"])
def test_a_program_that_is_not_there_is_an_input_error(name: str, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no program")
    with pytest.raises(InputError, match="no program that can be run") as caught:
        find_program(str(tmp_path / name))
    assert "AIVERIFY_OPA" in caught.value.hint


def test_a_folder_whose_path_is_too_long_for_a_socket_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    monkeypatch.setattr(server.tempfile, "tempdir", str(deep))
    with pytest.raises(UndecidedError, match="too long for a Unix socket"):
        opa(ONE)
    assert list(deep.iterdir()) == []


def test_a_judgement_that_takes_too_long_decides_nothing() -> None:
    with opa(SLOW, place=from_environment(timeout=0.5)) as engine:
        assert messages(engine, {}) == []
        with pytest.raises(UndecidedError, match=r"the local OPA gave no answer within 0\.5 s"):
            engine.evaluate({"slow": True})


def test_a_judgement_that_takes_too_much_memory_decides_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server, "MAX_MEMORY", 400 << 20)
    text = 'deny contains "x" if count([i | some i in numbers.range(1, 30000000)]) == input.n'
    with opa(text) as engine:
        process = process_of(engine)
        with pytest.raises(UndecidedError):
            engine.evaluate({"n": 1})
        assert process.wait(10) != 0


def test_threads_share_an_engine() -> None:
    with opa("deny contains input.x\nverify := input.x") as engine:
        seen: list[Any] = []

        def work(number: int) -> None:
            for _ in range(5):
                text = f"t{number}"
                asked = messages(engine, {"x": text}), engine.query("data.p.verify", {"x": text})
                seen.append(asked == ([text], text))

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == [True] * 20


# What only OPA's own functions would do


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("deny contains 1 if json.match_schema({}, input.s)[0]", "match_schema is not allowed"),
        ("deny contains 1 if json.verify_schema(input.s)[0]", "verify_schema is not allowed"),
        ("deny contains data.system.version.version", "data.system is OPA's own"),
        ('deny contains 1 if data["system"]', "data.system is OPA's own"),
        ("import data.system.version\ndeny contains version.version", "data.system is OPA's own"),
    ],
)
def test_what_is_opas_own_is_refused(text: str, message: str) -> None:
    said = complaint(MalformedError, lambda: opa(text))
    assert said.startswith("p.rego:")
    assert message in said


@pytest.mark.parametrize("package", ["system", "system.authz", "system.log"])
def test_a_policy_cannot_configure_opa(package: str) -> None:
    with pytest.raises(MalformedError, match=r"^p\.rego:1:9: package system.* is OPA's own"):
        opa(module(f"package {package}\nallow := true\ndeny contains 1"))


def test_data_cannot_configure_opa() -> None:
    with pytest.raises(MalformedError, match="OPA's own"):
        opa(ONE, data={"system": {}})


def test_a_schema_in_a_comment_is_not_fetched() -> None:
    with socket.socket() as trap:
        trap.bind(("127.0.0.1", 0))
        trap.listen()
        trap.settimeout(0.5)
        url = f"http://127.0.0.1:{trap.getsockname()[1]}/s.json"
        text = (
            "# METADATA\n# scope: package\n# schemas:\n"
            f'#   - input: {{"$ref": "{url}"}}\npackage p\n'
            'deny contains "x" if input.x == 1\n'
        )
        try:
            with opa(module(text)) as engine:
                assert messages(engine, {"x": 1}) == ["x"]
        except MalformedError:
            pass
        with pytest.raises(TimeoutError):
            trap.accept()


# Somebody's server


def test_policies_on_a_server_are_named_by_digest_and_taken_away(site: Site) -> None:
    with opa(ONE, data=CONFIG, place=site.place()) as engine:
        ids = held(site)
        assert len(ids) == 2
        assert {identifier.split("/")[0] for identifier in ids} == {"aiverify"}
        assert {len(identifier.split("/")[1]) for identifier in ids} == {64}
        assert messages(engine, {"x": 1}) == ["one"]
        assert messages(engine, {"x": 1}) == ["one"]
        assert engine.query("data.p.deny", {"x": 1}) == ["one"]
    assert held(site) == []
    assert requests.get(f"{site.url}/v1/data", timeout=10).json() == {"result": {}}


def test_files_are_put_before_those_that_call_them(site: Site) -> None:
    modules = (
        module("package a\nimport data.z\ndeny contains z.f(input.x)", "a.rego"),
        module("package y\nf(x) := data.z.f(x)\ng if h(1) with h as data.z.f\nh(x) := x", "y.rego"),
        module("package z\nf(x) := x", "z.rego"),
    )
    with opa(*modules, place=site.place()) as engine:
        assert messages(engine, {"x": "put"}) == ["put"]
    assert held(site) == []


def test_two_engines_of_one_rule_set_share_a_server(site: Site) -> None:
    with opa(ONE, data=CONFIG, place=site.place()) as first:
        first.query("data.p.deny", {})
        with opa(ONE, data=CONFIG, place=site.place()) as second:
            assert messages(second, {"x": 1}) == ["one"]
        assert messages(first, {"x": 1}) == ["one"]


def test_one_that_goes_first_takes_no_wrong_answer_with_it(site: Site) -> None:
    first = opa(ONE, data=CONFIG, place=site.place())
    with opa(ONE, data=CONFIG, place=site.place()) as second:
        first.close()
        with pytest.raises(UndecidedError):
            second.evaluate({"x": 1})


@pytest.mark.parametrize(
    "text", ["package other\nx := 1", "package p\ndeny contains 2 if false", "package p.q\nx := 1"]
)
def test_a_server_with_another_policy_is_refused(site: Site, text: str) -> None:
    put(site, "theirs", text)
    with pytest.raises(UndecidedError, match="holds another policy, theirs") as caught:
        opa(ONE, data=CONFIG, place=site.place())
    assert "DELETE /v1/policies" in caught.value.hint
    assert held(site) == ["theirs"]


def test_another_rule_set_of_ours_is_another_policy(site: Site) -> None:
    with (
        opa(ONE, data=CONFIG, place=site.place()),
        pytest.raises(UndecidedError, match="holds another policy, aiverify/"),
    ):
        opa('deny contains "two"', place=site.place())


def test_the_servers_own_configuration_may_stay(site: Site) -> None:
    put(site, "authz", "package system.authz\nallow := true")
    with opa(ONE, data=CONFIG, place=site.place()) as engine:
        assert messages(engine, {"x": 1}) == ["one"]
    assert held(site) == ["authz"]


@pytest.mark.parametrize("name", ["other", "p", "p/helper", "config", "aiverify"])
def test_a_server_with_other_data_is_refused(site: Site, name: str) -> None:
    requests.put(f"{site.url}/v1/data/{name}", json={"x": 2}, timeout=10).raise_for_status()
    with pytest.raises(UndecidedError, match=r"holds other data|does not hold data\.config"):
        opa(ONE, data=CONFIG, place=site.place())
    assert held(site) == []
    assert requests.get(f"{site.url}/v1/data/{name}", timeout=10).json()["result"] == {"x": 2}


def test_a_server_that_has_the_policies_already_is_taken_as_it_is(tmp_path: Path) -> None:
    for name, text in {"one.rego": f"package p\n{ONE}", "two.rego": "package q\ny := 1"}.items():
        (tmp_path / name).write_text(text)
    modules = (module(f"package p\n{ONE}"), module("package q\ny := 1", "q.rego"))
    with serving_opa(tmp_path, "one.rego", "two.rego") as site:
        with opa(*modules, data=CONFIG, place=site.place()) as engine:
            assert messages(engine, {"x": 1}) == ["one"]
        assert held(site) == ["one.rego", "two.rego"]
        # Data below a package that is there already would be a rule's helper.
        requests.put(f"{site.url}/v1/data/p/helper", json=1, timeout=10).raise_for_status()
        with pytest.raises(UndecidedError, match=r"holds other data, data\.p\.helper"):
            opa(*modules, data=CONFIG, place=site.place())


@pytest.mark.parametrize(
    "change",
    [
        lambda site: put(site, "new", "package p\ndeny contains 2 if false"),
        lambda site: put(site, held(site)[0], "package p\ndeny contains 2 if false"),
        lambda site: requests.delete(f"{site.url}/v1/policies/{held(site)[0]}", timeout=10),
        lambda site: requests.put(f"{site.url}/v1/data/config/x", json=7, timeout=10),
        lambda site: requests.delete(f"{site.url}/v1/data/config", timeout=10),
    ],
    ids=["added", "changed", "deleted", "other data", "no data"],
)
def test_a_server_that_is_changed_meanwhile_decides_nothing(site: Site, change: Any) -> None:
    with opa(ONE, data=CONFIG, place=site.place()) as engine:
        assert messages(engine, {"x": 1}) == ["one"]
        change(site)
        with pytest.raises(UndecidedError):
            engine.evaluate({"x": 1})


def test_a_refused_policy_leaves_nothing_behind_and_is_not_rewritten(site: Site) -> None:
    bad = module('package q\nx := 1 + "a"', "q.rego")
    said = complaint(MalformedError, lambda: opa(ONE, bad, data=CONFIG, place=site.place()))
    assert said.startswith("q.rego:2:6: plus: invalid argument")
    assert held(site) == []


def test_a_policy_of_the_old_syntax_is_not_modernized_on_its_way(site: Site) -> None:
    from aiverify.policy.opa.client import RefusedPolicyError

    with closing(OpaServer(site.place())) as server:
        with pytest.raises(RefusedPolicyError, match="`if` keyword is required"):
            server.put_policy("old", "package p\ndeny[x] { x := 1 }")
        assert held(site) == []


def test_a_server_that_has_gone_decides_nothing(site: Site) -> None:
    with opa(ONE, data=CONFIG, place=site.place()) as engine:
        site.process.kill()
        site.process.wait()
        with pytest.raises(UndecidedError, match="is out of reach"):
            engine.evaluate({"x": 2})


def test_a_slow_server_decides_nothing(site: Site) -> None:
    engine = opa(SLOW, place=site.place(timeout=1.0))
    with closing(engine), pytest.raises(UndecidedError, match="gave no answer within 1 s"):
        engine.evaluate({"slow": True})


# Who the server is, and who we are


AUTHZ = 'package system.authz\ndefault allow := false\nallow if input.identity == "s3cret-t0ken"\n'


def test_a_token_is_sent_and_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "authz.rego").write_text(AUTHZ)
    words = ("--authentication=token", "--authorization=basic", "authz.rego")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with serving_opa(tmp_path, *words) as site:
        place = from_environment(site.url, environment={"AIVERIFY_OPA_TOKEN": "s3cret-t0ken"})
        assert "s3cret" not in repr(place)
        with opa(ONE, data=CONFIG, place=place) as engine:
            assert messages(engine, {"x": 1}) == ["one"]
        for token in ("", "wr0ng"):
            said = complaint(
                UndecidedError,
                lambda token=token: opa(ONE, data=CONFIG, place=OpaPlace(site.url, token=token)),
            )
            assert "refuses (HTTP 401)" in said
            assert "wr0ng" not in said


class Papers:
    """An authority, and what it gave out, as files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._make("authority", self.key, None)
        self.ca = self._write("ca.pem", self.certificate)

    def issue(self, name: str) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        path = self.folder / f"{name}.key"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return self._write(f"{name}.pem", self._make(name, key, self.certificate)), path

    def _make(
        self, name: str, key: ec.EllipticCurvePrivateKey, by: x509.Certificate | None
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.datetime.now(datetime.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(by.subject if by else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(hours=1))
            .not_valid_after(now + datetime.timedelta(hours=1))
            .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        )
        if by:
            loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
            builder = builder.add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        return builder.sign(self.key, hashes.SHA256())

    def _write(self, name: str, certificate: x509.Certificate) -> Path:
        path = self.folder / name
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        return path


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_a_server_is_known_by_the_authority_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, other = (Papers(folder(tmp_path / name)) for name in ("ours", "other"))
    certificate, key = ours.issue("server")
    words = ("--tls-cert-file", certificate, "--tls-private-key-file", key)
    with serving_opa(tmp_path, *words, scheme="https") as site:
        with opa(ONE, data=CONFIG, place=OpaPlace(site.url, ca=ours.ca)) as engine:
            assert messages(engine, {"x": 1}) == ["one"]
        # Roots that the environment names do not come before the ones named here.
        for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
            monkeypatch.setenv(variable, str(ours.ca))
        for ca in (other.ca, None):
            with pytest.raises(UndecidedError, match="is not known by its certificate"):
                opa(ONE, data=CONFIG, place=OpaPlace(site.url, ca=ca))


def test_a_server_may_ask_for_our_certificate(tmp_path: Path) -> None:
    papers = Papers(tmp_path)
    certificate, key = papers.issue("server")
    mine, my_key = papers.issue("client")
    words = ("--tls-cert-file", certificate, "--tls-private-key-file", key)
    asking = ("--tls-ca-cert-file", papers.ca, "--authentication=tls")
    with serving_opa(tmp_path, *words, *asking, scheme="https") as site:
        place = OpaPlace(site.url, ca=papers.ca, certificate=mine, key=my_key)
        with opa(ONE, data=CONFIG, place=place) as engine:
            assert messages(engine, {"x": 1}) == ["one"]
        with pytest.raises(UndecidedError):
            opa(ONE, data=CONFIG, place=OpaPlace(site.url, ca=papers.ca))


def test_a_file_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"ca\.pem is no file"):
        opa(ONE, data=CONFIG, place=OpaPlace("https://127.0.0.1:1", ca=tmp_path / "ca.pem"))


def test_no_proxy_stands_before_this_machine(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:1")
    for place in (site.place(), from_environment()):
        with opa(ONE, data=CONFIG, place=place) as engine:
            assert messages(engine, {"x": 1}) == ["one"]


# A server that means no good, or is none


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(302, headers={"Location": "http://127.0.0.1:1/"}), "sends elsewhere"),
        (Reply(308, headers={"Location": "http://127.0.0.1:1/"}), "sends elsewhere"),
        (Reply(200, b"<html>"), "not valid JSON"),
        (Reply(200, b""), "not valid JSON"),
        (Reply(502, b"<html>Bad gateway"), "not valid JSON"),
        (Reply(500, b'{"message": "a \\u001b[2J storm"}'), r"a \\x1b\[2J storm"),
        (Reply(200, b"[]"), "what no OPA says"),
        (Reply(200, b"{}"), "what no OPA says"),
        (Reply(200, b'{"result": [{"id": "x"}]}'), "what no OPA says"),
        (Reply(200, b"[" * 100_000), "not valid JSON"),
        (Reply(200, b"{}", length=100), "out of reach"),
        (Reply(200, delay=5), "no answer within"),
        (Reply(200, b"x" * 100, drip=0.05), "no answer within"),
    ],
)
def test_what_is_no_answer_of_opas_decides_nothing(reply: Reply, message: str) -> None:
    with serving(reply) as site, pytest.raises(UndecidedError, match=message) as caught:
        opa(ONE, data=CONFIG, place=OpaPlace(site.url, timeout=0.5))
    assert "\x1b" not in caught.value.message


def test_an_answer_without_end_is_not_read_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MAX_ANSWER", 1000)
    said = "more than 1000 bytes"
    with serving(Reply(200, b" " * 2000)) as site, pytest.raises(UndecidedError, match=said):
        opa(ONE, data=CONFIG, place=OpaPlace(site.url))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{}", "gave no answer to what it was asked"),
        (b'{"result": true}', "gave no answer"),
        (b'{"result": {}}', "gave no answer"),
        (b'{"result": {"asked": {}, "unclear": []}}', "lost it"),
        (b'{"result": {"asked": {"data.p.deny": {}}, "unclear": []}}', "an object, not a set"),
        (b'{"result": {"asked": {"data.p.deny": [1]}, "unclear": []}}', "no result"),
        (b'{"result": {"asked": {"data.p.deny": []}, "unclear": ["data.p.deny"]}}', "duplicate"),
        (b'{"result": {"asked": {"data.p.deny": ["x"], "data.p.deny": []}, "unclear": []}}', "dup"),
        (b'{"result": {"asked": {"data.p.deny": [NaN]}, "unclear": []}}', "not strict JSON"),
    ],
)
def test_half_an_answer_is_none(site: Site, body: bytes, message: str) -> None:
    with opa(ONE, data=CONFIG, place=site.place()) as engine, serving(Reply(200, body)) as liar:
        engine._upload.server = OpaServer(OpaPlace(liar.url))
        engine._upload.compare = lambda: None
        with closing(engine._upload.server), pytest.raises(UndecidedError, match=message):
            engine.evaluate({})


def test_without_a_place_the_engine_is_the_embedded_one(tmp_path: Path) -> None:
    (tmp_path / "p.rego").write_text(f"package p\n{ONE}")
    judge = judge_by([Wanted(["p.rego"], directory=tmp_path)], CONFIG["config"])
    with closing(judge.engine) as engine:
        assert [item.message for item in engine.evaluate({"x": 1})] == ["one"]
    assert program()
