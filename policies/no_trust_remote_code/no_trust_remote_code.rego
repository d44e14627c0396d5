# METADATA
# title: No server that trusts remote code
# description: >-
#   No container of the workload is started with --trust-remote-code, by its command line or by a
#   variable that holds it. Outside of a cluster it says nothing.
# custom:
#   severity: error
#   collections: [cluster]
#   since: "2026-11-26"
package aiverify.no_trust_remote_code

import data.aiverify.lib
import data.aiverify.pods

flag := "--trust-remote-code"

refused := {"false", "0", "no"}

variables := {"TRUST_REMOTE_CODE", "HF_TRUST_REMOTE_CODE", "VLLM_TRUST_REMOTE_CODE"}

deny contains {
	"code": "unknown",
	"msg": "the document does not say what the cluster is asked for",
	"fix": "Judge a Kubernetes object, or a document with its request.",
	"path": "/request",
} if {
	not pods.is_known
}

deny contains {
	"code": "unreadable",
	"msg": "a container is not as Kubernetes has it",
	"fix": "Write it as the API of Kubernetes describes it.",
	"path": path,
} if {
	some path in pods.unreadable
}

deny contains {
	"code": "trusted",
	"msg": sprintf("the container %s is started with %s", [lib.name_of(container), option.name]),
	"fix": "Take the option away, and serve a model that needs no code of its own.",
	"path": option.path,
} if {
	some path, container in pods.containers
	some option in array.concat(pods.options(path, container), pods.options_of_variables(path, container))
	pods.is_option(option, flag)
	not is_off(option)
}

is_off(option) if {
	option.is_joined
	lib.folded(option.value) in refused
}

deny contains {
	"code": "variable",
	"msg": sprintf("the container %s has the variable %s", [lib.name_of(container), variable.name]),
	"fix": "Take the variable away, and serve a model that needs no code of its own.",
	"path": variable.path,
} if {
	some path, container in pods.containers
	some variable in pods.variables(path, container)
	variable.name in variables
	not is_refused(variable.value)
}

is_refused(value) if {
	is_string(value)
	lib.folded(trim_space(value)) in (refused | {""})
}
