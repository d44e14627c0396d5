"""Where credentials are found, in which order, and what of them is never shown."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest

from aiverify.errors import InputError, MalformedError
from aiverify.registry import credentials
from aiverify.registry.credentials import auth_file, find, helper
from aiverify.registry.interface import Credential

HOST = "registry.example"
NAME = "acme/x"
SECRET = "s3cr3t-Pa:ss"


def auth(username: str, password: str = SECRET) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}


def written(path: Path, document: object) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return path


class Home:
    """Somebody's home, with the variables and the programs that they have."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs = folder / "bin"
        self.programs.mkdir()
        self.environment: dict[str, str] = {"PATH": f"{self.programs}:{os.defpath}"}

    def write(self, path: str, document: object) -> Path:
        return written(self.folder / path, document)

    def docker(self, document: object) -> Path:
        return self.write(".docker/config.json", document)

    def program(self, name: str, script: str) -> Path:
        path = self.programs / f"docker-credential-{name}"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    def answering(self, name: str, username: str, secret: str = SECRET) -> None:
        """A helper that answers so, and keeps what it was asked."""
        answer = json.dumps({"ServerURL": HOST, "Username": username, "Secret": secret})
        keep = f"echo $1 > {self.folder}/asked; cat >> {self.folder}/asked"
        self.program(name, f"{keep}\ncat <<'END'\n{answer}\nEND")

    @property
    def asked(self) -> str:
        return (self.folder / "asked").read_text()

    def find(self, repository: str = NAME, host: str = HOST) -> Credential | None:
        return find(host, repository, self.environment, self.folder)

    def username(self, repository: str = NAME, host: str = HOST) -> str:
        found = self.find(repository, host)
        return found.username if found else ""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_nobody_has_a_credential_where_there_are_no_files(home: Home):
    assert home.find() is None


def test_a_name_and_a_password_come_from_base64(home: Home):
    home.docker({"auths": {HOST: auth("ann")}})

    assert home.find() == Credential("ann", SECRET)


def test_nothing_of_a_credential_or_a_file_is_shown_by_its_repr(home: Home):
    path = home.docker({"auths": {HOST: auth("ann")}})

    shown = repr(home.find()) + repr(auth_file.read(path))
    assert SECRET not in shown
    assert auth("ann")["auth"] not in shown


def test_the_first_file_that_has_an_entry_wins(home: Home):
    home.environment |= {
        "XDG_RUNTIME_DIR": str(home.folder / "run"),
        "XDG_CONFIG_HOME": str(home.folder / "config"),
        "DOCKER_CONFIG": str(home.folder / "docker"),
        "REGISTRY_AUTH_FILE": str(home.folder / "named.json"),
    }
    files = ["named.json", "run/containers/auth.json", "config/containers/auth.json"]
    files += ["docker/config.json"]
    for name in files:
        home.write(name, {"auths": {HOST: auth(name.split("/")[0])}})
    home.write(".dockercfg", {f"https://{HOST}/v1/": auth("old")})
    # These are not looked into, since the variables name others.
    home.docker({"auths": {HOST: auth("nobody")}})
    home.write(".config/containers/auth.json", {"auths": {HOST: auth("nobody")}})

    found = []
    for name in files:
        found.append(home.username())
        (home.folder / name).write_text('{"auths": {"other.example": {"auth": "YTpi"}}}')
    assert [*found, home.username()] == ["named.json", "run", "config", "docker", "old"]


def test_without_variables_the_files_are_below_the_home(home: Home):
    home.docker({"auths": {HOST: auth("docker")}})
    assert home.username() == "docker"

    home.write(".config/containers/auth.json", {"auths": {HOST: auth("podman")}})
    assert home.username() == "podman"


def test_a_file_that_is_named_and_missing_is_an_error(home: Home):
    home.docker({"auths": {HOST: auth("ann")}})
    home.environment["REGISTRY_AUTH_FILE"] = str(home.folder / "missing.json")

    with pytest.raises(InputError) as caught:
        home.find()
    assert caught.value.message.endswith("missing.json does not exist")
    assert "REGISTRY_AUTH_FILE" in caught.value.hint


def test_relative_folders_of_xdg_count_as_none(home: Home, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(home.folder)
    home.write("here/containers/auth.json", {"auths": {HOST: auth("eve")}})
    home.environment |= {"XDG_RUNTIME_DIR": "here", "XDG_CONFIG_HOME": "here"}

    assert home.find() is None


def test_the_users_own_files_are_found(home: Home, monkeypatch: pytest.MonkeyPatch):
    for name in ("REGISTRY_AUTH_FILE", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "DOCKER_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home.folder))
    home.docker({"auths": {HOST: auth("ann")}})

    assert credentials.found_for(HOST, NAME) == Credential("ann", SECRET)


@pytest.mark.parametrize(
    "key",
    [
        HOST,
        "REGISTRY.example",
        "https://registry.example",
        "https://registry.example/v1/",
        "https://registry.example/v2/",
        "http://registry.example/v1/",
        "registry.example/v1/",
        "registry.example/acme",
        "registry.example/acme/x",
        "registry.example/acme/x/",
    ],
)
def test_a_key_names_a_repository_in_many_ways(home: Home, key: str):
    home.docker({"auths": {key: auth("ann")}})

    assert home.username() == "ann"


@pytest.mark.parametrize(
    "key",
    [
        "registry.example:443",
        "example",
        "evil.registry.example",
        "registry.example.evil.example",
        "https://evil.example/registry.example",
        "https://registry.example@evil.example/v1/",
        "ftp://registry.example",
        "registry.example/acm",
        "registry.example/acme/x/y",
        "registry.example/v1",
        "registry.example/other",
        "",
        "/",
    ],
)
def test_a_key_of_something_else_does_not_count(home: Home, key: str):
    home.docker({"auths": {key: auth("eve")}})

    assert home.find() is None


def test_a_port_is_part_of_the_host(home: Home):
    home.docker({"auths": {"localhost": auth("a"), "localhost:5000": auth("b")}})

    assert home.username(host="localhost:5000") == "b"
    assert home.username(host="localhost") == "a"
    assert home.username(host="localhost:5001") == ""


def test_the_narrowest_entry_wins(home: Home):
    keys = {HOST: "host", f"{HOST}/acme": "acme", f"{HOST}/acme/x": "x"}
    home.docker({"auths": {key: auth(name) for key, name in keys.items()}})

    names = [home.username(repository) for repository in ("acme/x", "acme/x/y", "acme/xy", "b")]
    assert names == ["x", "x", "acme", "host"]


def test_a_host_goes_before_its_url(home: Home):
    home.docker({"auths": {f"https://{HOST}/v1/": auth("url"), HOST: auth("host")}})

    assert home.username() == "host"


@pytest.mark.parametrize("key", ["docker.io", "index.docker.io", "https://index.docker.io/v1/"])
@pytest.mark.parametrize("host", ["docker.io", "index.docker.io", "registry-1.docker.io"])
def test_dockers_own_registry_has_many_names(home: Home, key: str, host: str):
    home.docker({"auths": {key: auth("ann")}})

    assert home.username("library/alpine", host) == "ann"


def test_an_entry_may_hold_its_members_in_the_clear(home: Home):
    home.docker({"auths": {HOST: {"username": "ann", "password": SECRET}}})

    assert home.find() == Credential("ann", SECRET)


def test_an_identity_token_comes_with_or_without_a_name(home: Home):
    home.docker({"auths": {HOST: {**auth("0000", ""), "identitytoken": "refresh"}}})

    assert home.find() == Credential("0000", "", "refresh")


def test_a_registry_token_is_found(home: Home):
    home.docker({"auths": {HOST: {"registrytoken": "abc.def"}}})

    assert home.find() == Credential(registry_token="abc.def")


@pytest.mark.parametrize("entry", [{}, {"auth": ""}, None, {"username": "ann"}, auth("ann", "")])
def test_an_entry_that_says_nothing_leaves_it_to_the_next_file(home: Home, entry: object):
    home.write(".config/containers/auth.json", {"auths": {HOST: entry}})
    home.docker({"auths": {HOST: auth("ann")}})

    assert home.username() == "ann"


def test_a_password_keeps_bytes_that_are_not_utf8(home: Home):
    pair = base64.b64encode(b"ann:p\xff\0\0").decode()
    home.docker({"auths": {HOST: {"auth": f"{pair[:3]}\n{pair[3:]}"}}})

    found = home.find()
    assert found is not None
    assert found.password.encode("utf-8", "surrogateescape") == b"p\xff"


@pytest.mark.parametrize("text", ["", " \n", "{}", '{"auths": null, "credHelpers": null}'])
def test_an_empty_file_holds_nothing(home: Home, text: str):
    home.docker(text)

    assert home.find() is None


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ("{", "is not valid JSON"),
        ("[]", "must be a JSON object, not an array"),
        ('{"auths": {"a": {}, "a": {"auth": "YTpi"}}}', "duplicate key 'a'"),
        ({"auths": []}, ": auths must be an object, not an array"),
        ({"auths": {HOST: "YTpi"}}, f": auths/{HOST} must be an object, not a string"),
        ({"auths": {HOST: {"auth": 1}}}, f": auths/{HOST}/auth must be a string, not a number"),
        ({"auths": {HOST: {"identitytoken": []}}}, "identitytoken must be a string, not an array"),
        ({"auths": {HOST: {"auth": "YTpi!"}}}, f"auths/{HOST}/auth is not the base64 of a user's"),
        ({"auths": {HOST: {"auth": "YWI="}}}, f"auths/{HOST}/auth is not the base64 of a user's"),
        ({"auths": {HOST: {"auth": "YTp\u00e9"}}}, "is not the base64 of a user's name"),
        ({"auths": {HOST: {"registrytoken": "a\r\nb"}}}, "has a registry token that no header"),
        ({"auths": {HOST: {"username": "a:b", "password": "c"}}}, "a user's name with a colon"),
        ({"credHelpers": {HOST: 1}}, f"credHelpers/{HOST} must be a string, not a number"),
        ({"credHelpers": {HOST: "../x"}}, "names '../x', which is no credential helper's name"),
        ({"credHelpers": {HOST: "a b"}}, "names 'a b', which is no credential helper's name"),
        ({"credsStore": "/bin/x\x1b"}, "names '/bin/x\\x1b', which is no credential helper's"),
        ({"credsStore": 1}, "credsStore must be a string, not a number"),
    ],
)
def test_a_file_that_is_wrong_is_named_with_the_place(home: Home, document: object, complaint: str):
    path = home.docker(document)

    with pytest.raises(MalformedError) as caught:
        home.find()
    assert caught.value.message.startswith(str(path))
    assert complaint in caught.value.message


def test_what_is_wrong_with_somebody_elses_entry_does_not_matter(home: Home):
    home.docker({"auths": {"other.example": {"auth": 1}, HOST: auth("ann")}})

    assert home.username() == "ann"


def test_a_secret_that_is_not_base64_is_not_quoted(home: Home):
    home.docker({"auths": {HOST: {"auth": f"ann:{SECRET}"}}})

    with pytest.raises(MalformedError) as caught:
        home.find()
    assert SECRET not in caught.value.message + caught.value.hint
    assert caught.value.__cause__ is None


def test_a_file_of_ten_megabytes_is_refused(home: Home):
    home.docker({"auths": {HOST: {"auth": "A" * 10_000_000}}})

    with pytest.raises(MalformedError, match="the limit here is 1048576"):
        home.find()


def test_a_folder_or_a_pipe_in_place_of_a_file_is_refused(home: Home):
    os.mkfifo(home.folder / "pipe")
    home.environment["REGISTRY_AUTH_FILE"] = str(home.folder / "pipe")

    with pytest.raises(InputError, match="is a named pipe, not a file"):
        home.find()


def test_a_helper_of_a_host_is_asked_in_place_of_the_entry(home: Home):
    home.answering("pass", "ann")
    home.docker({"auths": {HOST: auth("old")}, "credHelpers": {HOST: "pass"}})

    assert home.find() == Credential("ann", SECRET)
    assert home.asked == f"get\n{HOST}"


def test_a_helper_of_another_host_is_not_asked(home: Home):
    home.answering("pass", "ann")
    home.docker({"credHelpers": {"other.example": "pass", f"{HOST}:5000": "pass"}})

    assert home.find() is None
    assert not (home.folder / "asked").exists()


def test_an_empty_entry_leaves_it_to_the_store(home: Home):
    home.answering("desktop", "ann")
    home.docker({"auths": {HOST: {}}, "credsStore": "desktop"})

    assert home.find() == Credential("ann", SECRET)


def test_an_entry_that_says_something_goes_before_the_store(home: Home):
    home.answering("desktop", "ann")
    home.docker({"auths": {HOST: auth("bob")}, "credsStore": "desktop"})

    assert home.username() == "bob"


def test_a_helper_without_a_name_turns_off_the_store(home: Home):
    home.answering("desktop", "ann")
    home.docker({"credHelpers": {HOST: ""}, "credsStore": "desktop"})

    assert home.find() is None


def test_the_store_knows_dockers_own_registry_by_its_old_url(home: Home):
    home.answering("desktop", "ann")
    home.docker({"credsStore": "desktop"})

    assert home.username("library/alpine", "docker.io") == "ann"
    assert home.asked == "get\nhttps://index.docker.io/v1/"


def test_a_helper_knows_dockers_own_registry_by_what_the_file_calls_it(home: Home):
    home.answering("pass", "ann")
    home.docker({"credHelpers": {"docker.io": "pass"}})

    assert home.username("library/alpine", "docker.io") == "ann"
    assert home.asked == "get\ndocker.io"


def test_a_helper_may_have_an_identity_token(home: Home):
    home.answering("pass", "<token>", "refresh")
    home.docker({"credsStore": "pass"})

    assert home.find() == Credential(identity_token="refresh")


@pytest.mark.parametrize("code", [1, 2])
def test_a_helper_that_has_nothing_leaves_it_to_the_next_file(home: Home, code: int):
    home.program("pass", f"echo credentials not found in native keychain; exit {code}")
    home.write(".config/containers/auth.json", {"credsStore": "pass"})
    home.docker({"auths": {HOST: auth("ann")}})

    assert home.username() == "ann"


def failure(home: Home, timeout: float = 10.0, name: str = "pass") -> InputError:
    asked = helper.Helper(name, HOST, "config.json: credsStore")
    with pytest.raises(InputError) as caught:
        helper.ask(asked, home.environment, timeout)
    return caught.value


def test_a_helper_that_fails_is_named_with_its_words(home: Home):
    home.program("pass", "printf 'the \\033[2Jkeychain\\n is locked'; echo no >&2; exit 1")

    error = failure(home)
    assert error.message == (
        "docker-credential-pass has no credentials for registry.example: "
        "the \\x1b[2Jkeychain is locked"
    )
    assert error.hint == "config.json: credsStore names it."


def test_the_words_of_a_helper_that_fails_may_be_a_complaint(home: Home):
    home.program("pass", "echo gpg is missing >&2; exit 127")

    assert failure(home).message.endswith(": gpg is missing")


def test_a_helper_that_fails_after_it_answered_is_not_quoted(home: Home):
    home.program("pass", f"""echo '{{"Username": "ann", "Secret": "{SECRET}"}}'; exit 1""")

    error = failure(home)
    assert error.message.endswith(": no reason is given")
    assert SECRET not in error.message + error.hint


@pytest.mark.parametrize(
    "answer",
    [
        SECRET,
        f'{{"Secret": "{SECRET}"}}',
        f'{{"Username": 1, "Secret": "{SECRET}"}}',
        f'{{"Username": "ann", "{SECRET}": 1, "{SECRET}": 2}}',
        f'["{SECRET}"]',
        "",
    ],
)
def test_an_answer_that_is_none_is_not_quoted(home: Home, answer: str):
    home.program("pass", f"cat <<'END'\n{answer}\nEND")

    error = failure(home)
    assert error.message == (
        "docker-credential-pass answers with something else than a name and a secret"
    )
    assert error.__cause__ is None


def test_a_name_with_a_colon_is_refused(home: Home):
    home.answering("pass", "ann:bob")

    assert "docker-credential-pass has a user's name with a colon" in failure(home).message


def test_an_empty_answer_is_nobodys(home: Home):
    home.answering("pass", "", "")
    home.docker({"credsStore": "pass"})

    assert home.find() is None


def test_a_helper_that_takes_too_long_is_ended(home: Home):
    home.program("pass", f"echo $$ > {home.folder}/pid; exec sleep 600")

    assert failure(home, 0.5).message == "docker-credential-pass gave no answer within 0.5 s"
    pid = int((home.folder / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_helper_that_closes_its_output_and_goes_on_is_ended(home: Home):
    home.program("pass", "exec >&- 2>&-; exec sleep 600")

    assert "gave no answer within 0.5 s" in failure(home, 0.5).message


@pytest.mark.parametrize("stream", ["", ">&2"])
def test_a_helper_that_does_not_stop_printing_is_ended(home: Home, stream: str):
    home.program("pass", f"exec yes {stream}")

    assert failure(home).message == "docker-credential-pass prints more than 1048576 bytes"


def test_a_helper_may_leave_somebody_behind_who_holds_its_output(home: Home):
    answer = json.dumps({"Username": "ann", "Secret": SECRET})
    home.program("pass", f"sleep 60 & echo $! > {home.folder}/pid; echo '{answer}'")
    home.docker({"credsStore": "pass"})
    try:
        assert home.username() == "ann"
    finally:
        os.kill(int((home.folder / "pid").read_text()), 9)


def test_a_helper_need_not_listen(home: Home):
    home.program("pass", 'exec <&-; echo \'{"Username": "ann", "Secret": "b"}\'')
    home.docker({"credsStore": "pass"})

    assert home.find() == Credential("ann", "b")


def test_a_helper_that_is_not_there_is_named_with_its_file(home: Home):
    path = home.docker({"credsStore": "missing"})

    with pytest.raises(InputError) as caught:
        home.find()
    assert caught.value.message == (
        f"{path}: credsStore names docker-credential-missing, and no such program is on the PATH"
    )


def test_a_helper_that_cannot_be_run_is_named(home: Home):
    home.program("pass", "").write_text("#!/no/such/interpreter\n")

    assert failure(home).message.startswith("docker-credential-pass cannot be run: ")


@pytest.mark.parametrize("path", ["", ".", ":", "here:."])
def test_a_helper_in_the_working_directory_is_not_run(
    home: Home, path: str, monkeypatch: pytest.MonkeyPatch
):
    home.answering("pass", "eve")
    monkeypatch.chdir(home.programs)
    home.environment["PATH"] = path

    assert "no such program is on the PATH" in failure(home).message
    assert not (home.folder / "asked").exists()


def test_a_helper_has_the_environment_that_it_was_looked_for_in(home: Home):
    home.program("pass", """printf '{"Username": "%s", "Secret": "b"}' "$WHO" """)
    home.environment["WHO"] = "ann"
    home.docker({"credsStore": "pass"})

    assert home.username() == "ann"
