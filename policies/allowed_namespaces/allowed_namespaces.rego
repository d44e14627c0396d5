# METADATA
# title: Workloads in namespaces for them
# description: >-
#   The workload is in a namespace that matches data.config.namespaces.allow (globs). Without that list,
#   in any but default and those of Kubernetes itself. Outside of a cluster it says nothing.
# custom:
#   severity: error
#   collections: [cluster]
#   since: "2026-11-26"
package aiverify.allowed_namespaces

import data.aiverify.lib
import data.aiverify.pods

default patterns := []

patterns := data.config.namespaces.allow

is_restricted if data.config.namespaces.allow != null

reserved := ["default", "kube-*"]

is_sound if not is_restricted

is_sound if lib.is_list_of_strings(patterns)

is_allowed(namespace) if {
	not is_restricted
	not lib.matches(reserved, namespace)
}

is_allowed(namespace) if {
	is_sound
	lib.matches(patterns, namespace)
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.namespaces.allow is not a list of patterns",
	"fix": "Give a list of namespaces such as serving-*.",
	"path": "",
} if {
	not is_sound
}

deny contains {
	"code": "unknown",
	"msg": "the document does not say what the cluster is asked for",
	"fix": "Judge a Kubernetes object, or a document with its request.",
	"path": "/request",
} if {
	not pods.is_known
}

deny contains {
	"code": "not_allowed",
	"msg": sprintf("workloads may not be in the namespace %s", [pods.namespace]),
	"fix": "Create it in another namespace, or add this one to data.config.namespaces.allow.",
	"path": pods.namespace_path,
} if {
	pods.is_placed
	not is_allowed(pods.namespace)
}
