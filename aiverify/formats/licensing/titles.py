"""Licences of models by their titles. No list of licences has their texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

MIN_WORDS = 150
"""Words of a text that a title may stand over: who only names a licence gives no text."""

MAX_LINES = 20
"""Lines that say something, among which a title is looked for."""

MAX_TITLE = 160
"""Characters of a line that may be a title."""

DATED = r"(?:,? (?:version|v\.?) ?[\d.]+)?(?:,? dated .*)?"

LICENCES: tuple[tuple[str, str], ...] = (
    (r"(?:meta )?llama 2 community licen[cs]e(?: agreement)?", "llama2"),
    (r"(?:meta )?llama 3 community licen[cs]e(?: agreement)?", "llama3"),
    (r"(?:meta )?llama (3\.[1-9]) community licen[cs]e(?: agreement)?", "llama{0}"),
    (r"(?:meta )?llama 4 community licen[cs]e(?: agreement)?", "llama4"),
    (r"gemma terms of use", "gemma"),
    (r"creativeml open ?rail\+\+-m(?: licen[cs]e)?", "openrail++"),
    (r"creativeml open ?rail-m(?: licen[cs]e)?", "creativeml-openrail-m"),
    (r"bigscience open ?rail-m(?: licen[cs]e)?(?: agreement)?", "bigscience-openrail-m"),
    (r"bigscience (?:bloom )?rail licen[cs]e(?: v?1\.0)?", "bigscience-bloom-rail-1.0"),
    (r"bigcode open ?rail-m(?: v1)?(?: licen[cs]e)?(?: agreement)?", "bigcode-openrail-m"),
    (r"open ?rail-m(?: licen[cs]e)?(?: agreement)?", "openrail"),
    (r"tongyi qianwen licen[cs]e agreement", "tongyi-qianwen"),
    (r"tongyi qianwen research licen[cs]e agreement", "tongyi-qianwen-research"),
    (r"qwen licen[cs]e agreement", "qwen"),
    (r"qwen research licen[cs]e agreement", "qwen-research"),
    (r"deepseek licen[cs]e agreement", "deepseek"),
    (r"falcon[ -]180b tii licen[cs]e", "falcon-180b-license"),
    (r"(?:tii )?falcon(?: [23])?(?: llm)?(?: tii)?(?: falcon)? licen[cs]e(?: 2\.0)?",
     "falcon-llm-license"),
    (r"mistral ai non-production licen[cs]e", "mnpl"),
    (r"mistral ai research licen[cs]e", "mrl"),
    (r"nvidia open model licen[cs]e(?: agreement)?", "nvidia-open-model-license"),
    (r"flux\.1 \[?dev\]? non-commercial licen[cs]e(?: agreement)?",
     "flux-1-dev-non-commercial-license"),
    (r"stability ai community licen[cs]e(?: agreement)?", "stabilityai-ai-community"),
    (r"stability ai non-commercial research community licen[cs]e(?: agreement)?",
     "stabilityai-nc-research-community"),
    (r"deepfloyd if licen[cs]e(?: agreement)?", "deepfloyd-if-license"),
    (r"fair noncommercial research licen[cs]e", "fair-noncommercial-research-license"),
    (r"tencent hunyuan community licen[cs]e agreement", "tencent-hunyuan-community"),
    (r"databricks open model licen[cs]e", "databricks-open-model-license"),
    (r"jamba open model licen[cs]e(?: agreement)?", "jamba-open-model-license"),
    (r"yi series models community licen[cs]e agreement", "yi-license"),
    (r"exaone ai model licen[cs]e agreement.{0,40}", "exaone"),
)  # fmt: skip
"""Titles in lower case, and names as model cards have them. `{0}` is the first group."""

POLICIES: tuple[tuple[str, str], ...] = (
    (r"(?:meta )?llama 2 acceptable use policy", "llama2"),
    (r"(?:meta )?llama 3 acceptable use policy", "llama3"),
    (r"(?:meta )?llama (3\.[1-9]) acceptable use policy", "llama{0}"),
    (r"(?:meta )?llama 4 acceptable use policy", "llama4"),
    (r"gemma prohibited use policy", "gemma"),
)
"""Policies that licences refer to, which are none themselves."""

DECORATION = re.compile(r"[#*_`\u201c\u201d\"]+")


def licence_by_title(text: str) -> str:
    """The model licence that a text has the title of, or nothing."""
    return _by_title(text, LICENCES)


def policy_by_title(text: str) -> str:
    """The licence whose policy of use a text has the title of, or nothing."""
    return _by_title(text, POLICIES)


def _by_title(text: str, known: tuple[tuple[str, str], ...]) -> str:
    if sum(1 for _ in re.finditer(r"\w+", text)) < MIN_WORDS:
        return ""
    for line in _titles(text):
        for pattern, name in known:
            found = re.fullmatch(pattern + DATED, line)
            if found:
                return name.format(*found.groups())
    return ""


def _titles(text: str) -> Iterator[str]:
    """The first lines that say something, as titles are compared."""
    seen = 0
    for line in text.split("\n"):
        if not line.strip():
            continue
        seen += 1
        if seen > MAX_LINES:
            return
        if len(line) <= MAX_TITLE:
            plain = " ".join(DECORATION.sub("", line).lower().split())
            yield plain.removeprefix("the ").strip()
