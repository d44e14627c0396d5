# METADATA
# title: No adapters behind admission's back
# description: >-
#   No container may load adapters while it runs: VLLM_ALLOW_RUNTIME_LORA_UPDATING is not set, or says
#   no. A container of vLLM whose variables come from elsewhere (envFrom) has to set it to false. Outside
#   of a cluster it says nothing.
# custom:
#   severity: error
#   collections: [cluster]
#   since: "2026-11-26"
package aiverify.no_runtime_lora

import data.aiverify.lib
import data.aiverify.pods

variable := "VLLM_ALLOW_RUNTIME_LORA_UPDATING"

refused := {"false", "0", "no", ""}

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
	"code": "allowed",
	"msg": sprintf("the container %s may load adapters while it runs", [lib.name_of(container)]),
	"fix": sprintf("Take %s away, and name the adapters with --lora-modules.", [variable]),
	"path": setting.path,
} if {
	some path, container in pods.containers
	some setting in settings(path, container)
	not is_refused(setting.value)
}

# Its own variables, and those that a shell sets on its command line.
settings(path, container) := array.concat(
	[item | some item in pods.variables(path, container); item.name == variable],
	[{"value": trim_prefix(word.text, sprintf("%s=", [variable])), "path": word.path} |
		some word in pods.words(path, container)
		startswith(word.text, sprintf("%s=", [variable]))
	],
)

is_refused(value) if {
	is_string(value)
	lib.folded(trim_space(value)) in refused
}

deny contains {
	"code": "hidden",
	"msg": sprintf("nobody can see whether the container %s may load adapters while it runs", [lib.name_of(container)]),
	"fix": sprintf("Set %s to false in env, which counts more than envFrom.", [variable]),
	"path": lib.pointer_below(path, ["envFrom"]),
} if {
	some path, container in pods.containers
	not lib.member(container, "envFrom") in {null, []}
	is_vllm(path, container)
	count(settings(path, container)) == 0
}

is_vllm(_, container) if {
	image := lib.member(container, "image")
	is_string(image)
	contains(lib.folded(image), "vllm")
}

is_vllm(path, container) if {
	some word in pods.words(path, container)
	contains(lib.folded(word.text), "vllm")
}
