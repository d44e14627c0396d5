"""Every rule that aiverify's own code can report, a file a subject. Rego's are in `policies/`.

One is named with its subject: `rules.integrity.CHANGED.found(...)`.
"""

from __future__ import annotations

from aiverify.core.finding import Rule
from aiverify.core.rules import adapters as adapters
from aiverify.core.rules import admission as admission
from aiverify.core.rules import claims as claims
from aiverify.core.rules import code as code
from aiverify.core.rules import configs as configs
from aiverify.core.rules import containers as containers
from aiverify.core.rules import contents as contents
from aiverify.core.rules import integrity as integrity
from aiverify.core.rules import keras as keras
from aiverify.core.rules import onnx as onnx
from aiverify.core.rules import pickles as pickles
from aiverify.core.rules import policies as policies
from aiverify.core.rules import programs as programs
from aiverify.core.rules import savedmodel as savedmodel
from aiverify.core.rules import sboms as sboms
from aiverify.core.rules import scanners as scanners
from aiverify.core.rules import signatures as signatures
from aiverify.core.rules import templates as templates
from aiverify.core.rules import torch as torch

RULES: tuple[Rule, ...] = (
    *integrity.RULES,
    *signatures.RULES,
    *contents.RULES,
    *containers.RULES,
    *pickles.RULES,
    *torch.RULES,
    *keras.RULES,
    *onnx.RULES,
    *savedmodel.RULES,
    *templates.RULES,
    *configs.RULES,
    *code.RULES,
    *programs.RULES,
    *scanners.RULES,
    *adapters.RULES,
    *claims.RULES,
    *sboms.RULES,
    *policies.RULES,
    *admission.RULES,
)
