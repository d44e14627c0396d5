"""Objects as YAML that a person can read before it is applied."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from aiverify.core.jsonvalue import Json
from aiverify.core.names import is_visible

_WIDTH = 96

REMARKS = {
    "Namespace": "Pods in here are not judged: whoever may make some here is trusted.",
    "ServiceAccount": "Only pods that ask the API server mount its token.",
    "Role": "Its own Secret and no other; it may not list them.",
    "ClusterRole": "Its own webhook configurations, for the caBundle, and profiles, to read them.",
    "Secret": "Empty: the webhook puts its certificate here. To apply it again empties nothing.",
    "ConfigMap": "The profile and the files that it names, to the byte.",
    "NetworkPolicy": "In: the API server's questions, and metrics. Out: DNS, registries, and the "
    "API server where it is asked. Kubernetes cannot name the API server here but by its address.",
    "PodDisruptionBudget": "One pod at a time: without any, nothing is admitted.",
    "ValidatingWebhookConfiguration": "From here on the API server asks. The selector goes by the "
    "name that the API server itself gives a namespace; no label or annotation of a workload "
    "exempts it.",
    "MutatingWebhookConfiguration": "Pods that load models from a volume get a container that "
    "verifies them first. The validating webhook sees what comes of it.",
    "CustomResourceDefinition": "A profile as an object of the cluster. Whoever may write one says "
    "who is trusted.",
    "Certificate": "By cert-manager, which has to be installed.",
}
"""What to know of an object, by its kind."""


def to_yaml(documents: Iterable[Mapping[str, Json]]) -> str:
    """YAML documents, each with what is to be known of it. The same objects give the same text."""
    return "".join(f"---\n{_remark(item)}{_dump(item)}" for item in documents)


def _remark(document: Mapping[str, Json]) -> str:
    words = REMARKS.get(str(document.get("kind")), "")
    return "".join(f"# {line}\n" for line in textwrap.wrap(words, _WIDTH))


def _dump(document: Mapping[str, Json]) -> str:
    import yaml

    class Dumper(yaml.SafeDumper):
        """Indents lists, writes texts of several lines as such, and uses no aliases."""

        def ignore_aliases(self, data: Any) -> bool:
            del data
            return True

        def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
            del indentless
            super().increase_indent(flow, False)

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        # Left to itself, the library would write some line breaks so that they are read as spaces.
        plain = all(char in "\n\t" or is_visible(char) for char in value)
        style = ("|" if "\n" in value else None) if plain else '"'
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    return yaml.dump(
        document,
        Dumper=Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=False,
        width=10_000,
    )
