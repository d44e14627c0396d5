"""What the webhook may do in the API: as little as it can do with."""

from __future__ import annotations

from collections.abc import Sequence

from aiverify.core.jsonvalue import Json
from aiverify.webhook.manifests.objects import Document, of_cluster, of_namespace
from aiverify.webhook.manifests.values import CONFIGURATION, NAME, Values
from aiverify.webhook.manifests.workload import SECRET

_RBAC = "rbac.authorization.k8s.io"


def service_account(values: Values) -> Document:
    """Who the pods are. The token is mounted by those alone that need it."""
    return of_namespace(values, "v1", "ServiceAccount", automountServiceAccountToken=False)


def secret(values: Values) -> Document:
    """The Secret that the webhook keeps its certificate in.

    It is made here and empty, because the right to make Secrets cannot be given for one name. To
    apply it again takes nothing out of it.
    """
    return of_namespace(values, "v1", "Secret", SECRET, type="Opaque")


def roles(values: Values) -> list[Document]:
    """Roles and their bindings, none where the webhook asks for nothing."""
    found: list[Document] = []
    if values.self_signed:
        own = _rule("", ["secrets"], ["get", "update"], [SECRET])
        found += [
            of_namespace(values, f"{_RBAC}/v1", "Role", rules=[own]),
            of_namespace(
                values, f"{_RBAC}/v1", "RoleBinding", roleRef=_to("Role"), subjects=[_who(values)]
            ),
        ]
    rules = [*_configurations(values), *_profiles(values)]
    if rules:
        found += [
            of_cluster(f"{_RBAC}/v1", "ClusterRole", rules=rules),
            of_cluster(
                f"{_RBAC}/v1",
                "ClusterRoleBinding",
                roleRef=_to("ClusterRole"),
                subjects=[_who(values)],
            ),
        ]
    return found


def _configurations(values: Values) -> list[Json]:
    if not values.self_signed:
        return []
    kinds = ["validatingwebhookconfigurations"]
    if values.mutating:
        kinds.append("mutatingwebhookconfigurations")
    return [_rule("admissionregistration.k8s.io", kinds, ["get", "patch"], [CONFIGURATION])]


def _profiles(values: Values) -> list[Json]:
    if not values.crd:
        return []
    from aiverify.webhook.cluster.profiles import NAME as PROFILE
    from aiverify.webhook.manifests.crd import GROUP, PLURAL

    # A list by this name alone is a right to that name alone.
    return [_rule(GROUP, [PLURAL], ["get", "list", "watch"], [PROFILE])]


def _rule(
    group: str, resources: Sequence[str], verbs: Sequence[str], names: Sequence[str] = ()
) -> Json:
    rule: dict[str, Json] = {"apiGroups": [group], "resources": list(resources)}
    if names:
        rule["resourceNames"] = list(names)
    return {**rule, "verbs": list(verbs)}


def _to(kind: str) -> Json:
    return {"apiGroup": _RBAC, "kind": kind, "name": NAME}


def _who(values: Values) -> Json:
    return {"kind": "ServiceAccount", "name": NAME, "namespace": values.namespace}
