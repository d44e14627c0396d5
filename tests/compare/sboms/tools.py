"""The tools that are compared, and how each is asked."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.compare.sboms.fixture import Fixture
from tests.compare.sboms.installing import Install, node_module, wheel

ENVIRONMENTS = Path(__file__).resolve().parents[3] / ".venv" / "sboms"
"""Where the tools are installed, unless somebody says otherwise: no part of the sources."""


@dataclass(frozen=True)
class Run:
    """One call of a tool.

    Of its words, MODEL stands for the directory, DATA for a dataset at hand, OUT for the
    directory of the documents, ADVISORIES and STATEMENTS for what is known of packages.
    `documents` are the names of what it writes that counts, below OUT.
    """

    words: str
    documents: tuple[str, ...]

    def argv(self, program: Path, fixture: Fixture, out: Path) -> list[str]:
        """The call, with everything in its place."""
        places = {
            "MODEL": fixture.model,
            "DATA": fixture.data,
            "OUT": out,
            "ADVISORIES": fixture.advisories,
            "STATEMENTS": fixture.statements,
        }
        words = self.words.split()
        for name, place in places.items():
            words = [word.replace(name, str(place)) for word in words]
        return [str(program), *words[1:]]


@dataclass(frozen=True)
class Tool:
    """A tool by its name and version, how it is installed, and its calls."""

    name: str
    version: str
    install: Install
    runs: tuple[Run, ...]

    @property
    def title(self) -> str:
        """The name with the version, if it has one to tell."""
        return f"{self.name} {self.version}".strip()

    @property
    def folder(self) -> str:
        """The name of the directory that it is installed in."""
        return f"{self.name.partition('[')[0]}-{self.version}"


def ours(_: Path) -> Path:
    """The program beside this interpreter."""
    return Path(sys.executable).with_name("aiverify")


PITLOOM_FILES = (
    "model.safetensors",
    "gguf/tiny-llama.Q4_K_M.gguf",
    "lora/adapter_model.safetensors",
    "onnx/model.onnx",
)
"""It takes one file a call."""

TOOLS = (
    Tool(
        "aiverify",
        "",
        ours,
        (
            Run(
                "aiverify sbom MODEL --quiet --spec-version 1.7 --dataset DATA"
                " --osv ADVISORIES --vex STATEMENTS -o OUT/bom.cdx.json",
                ("bom.cdx.json",),
            ),
            Run(
                "aiverify sbom MODEL --quiet --format spdx-json --dataset DATA"
                " --osv ADVISORIES --vex STATEMENTS -o OUT/bom.spdx.json",
                ("bom.spdx.json",),
            ),
        ),
    ),
    Tool(
        "aisbom-cli",
        "1.7.0",
        wheel(
            "aisbom-cli==1.7.0",
            "aisbom",
            (
                "41935f5705687777e399f9d0d79b89841cfc530b8f5b16285f43b29d2ab12dad",
                "506c2045ed2184dc1606af7f8a2d75e724ca722334640d635e2344fbf79054a3",
            ),
        ),
        (
            Run(
                "aisbom scan MODEL --offline --no-fail-on-risk --schema-version 1.7 --vex"
                " --output OUT/bom.json",
                ("bom.json", "bom.vex.cdx.json", "bom.openvex.json"),
            ),
            Run(
                "aisbom scan MODEL --offline --no-fail-on-risk --format spdx --spdx-version 3.0"
                " --output OUT/bom.spdx.json",
                ("bom.spdx.json",),
            ),
        ),
    ),
    Tool(
        "airom",
        "0.5.0",
        wheel(
            "airom==0.5.0",
            "airom",
            (
                "35b9d6a4508f8976f29894c3771063bc60d0a28e53f55369dcfbbf79088f6174",
                "3aa1efd58dab9db4516cb46d4b90eeaf3ad75ce1107be26068ace69b73d17acb",
                "3cb6f8b4070454cb934ec7b62de9d9fb69160742e7a68e9de946cae0a7019fe9",
                "5c1f00060aee81876e2c6374a861704efcdbb569ea54dd2da339baac64207777",
                "74aaee5609227c953b9304c8941e2142265cb383a10f16e627a13fef81e576bd",
                "75d08462b6f68f433c78655db191212af5da55620fbc676549655fdae2670c50",
                "87a1a277b676c6d8c3419728bde48b7a417ba0c625a5de23572c0fcdcd133a33",
                "8e9ec97c6197187fbb783b956f7c660db16fa3ae2ea43f3e5b3b3338e58e3e61",
                "a90086011e357058c2d678338ae327c6cec5ed0ebc35dddb3c879a4be4d26269",
            ),
        ),
        (
            Run(
                "airom fs MODEL --offline --quiet --cdx-version 1.7"
                " -o cyclonedx=OUT/bom.cdx.json -o spdx=OUT/bom.spdx.json",
                ("bom.cdx.json", "bom.spdx.json"),
            ),
        ),
    ),
    Tool(
        "cdxgen",
        "12.8.4",
        node_module(
            "@cyclonedx/cdxgen@12.8.4",
            "cdxgen",
            "sha512-9EMER2beUSU7fvKgVaYOnYCFqAHrY3bQ7ERenh29/Edku0ctEXzYdov6vCmjmo"
            "/hSBH+JtvA7+j1U884MVYFOA==",
        ),
        (
            Run(
                "cdxgen MODEL -t ai -t python --no-install-deps --spec-version 1.7"
                " --format cyclonedx --format spdx -o OUT/bom.json",
                ("bom.json", "bom.spdx.json"),
            ),
        ),
    ),
    Tool(
        "pitloom[ai]",
        "0.20.2",
        wheel(
            "pitloom[ai]==0.20.2",
            "loom",
            (
                "3ce9a846066263992949853b5defe5c32c5509f53f0086159511163cd5239d77",
                "54710373427e452a86a1a8197b84bf792fe57b14c3a8d9ff58838e68ce1b92ba",
            ),
        ),
        tuple(
            Run(f"loom model --enrich -o OUT/{number}.json MODEL/{file}", (f"{number}.json",))
            for number, file in enumerate(PITLOOM_FILES)
        ),
    ),
    Tool(
        "cyclonedx-py",
        "7.5.0",
        wheel(
            "cyclonedx-bom==7.5.0",
            "cyclonedx-py",
            (
                "396cc8c9cb7533d25a21f930b45d2699a1839e3ba2be9ba88f8bd61c566b51dc",
                "a3020e225107214a66cb9c79ae83e3a71640a06d4ff3a0e2f9cb0d238f7061fd",
            ),
        ),
        (
            Run(
                "cyclonedx-py requirements --sv 1.7 -o OUT/bom.json MODEL/requirements.txt",
                ("bom.json",),
            ),
        ),
    ),
)


def quiet() -> dict[str, str]:
    """An environment in which nobody reaches a network, and nobody waits for one.

    Python's own settings are left out: a tool may keep its bytecode, as it does for its users.
    """
    nowhere = "http://127.0.0.1:9"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {
        **kept,
        "AISBOM_NO_TELEMETRY": "1",
        "AISBOM_OFFLINE": "1",
        "DO_NOT_TRACK": "1",
        "FETCH_LICENSE": "false",
        "HF_HUB_OFFLINE": "1",
        "HTTPS_PROXY": nowhere,
        "HTTP_PROXY": nowhere,
        "NO_COLOR": "1",
        "PYTHONWARNINGS": "ignore",
        "https_proxy": nowhere,
        "http_proxy": nowhere,
    }


def named(name: str) -> Tool:
    """The tool of a name."""
    return next(tool for tool in TOOLS if tool.name == name)
