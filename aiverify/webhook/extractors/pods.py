"""Kubernetes' own kinds: pods, and what makes them."""

from __future__ import annotations

from aiverify.webhook.extractors.declared import Declared, kinds

EXTRACTORS = (
    Declared(kinds("", "Pod"), roots=(".spec",)),
    Declared(kinds("", "PodTemplate"), roots=(".template", ".template.spec")),
    Declared(
        (
            *kinds("apps", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"),
            *kinds("", "ReplicationController"),
            *kinds("batch", "Job"),
        ),
        roots=(".spec", ".spec.template", ".spec.template.spec"),
    ),
    Declared(
        kinds("batch", "CronJob"),
        roots=(".spec.jobTemplate", ".spec.jobTemplate.spec.template.spec"),
    ),
    Declared(
        kinds("leaderworkerset.x-k8s.io", "LeaderWorkerSet"),
        roots=(
            ".spec.leaderWorkerTemplate.leaderTemplate.spec",
            ".spec.leaderWorkerTemplate.workerTemplate.spec",
        ),
    ),
)
