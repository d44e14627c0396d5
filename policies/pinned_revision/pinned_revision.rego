# METADATA
# title: Models pinned in the workload
# description: >-
#   Every model that the workload names can mean only one: a repository with a full commit
#   (--revision, hf://name@commit), an image by its digest (oci://...@sha256:...). Paths, claims and
#   buckets are passed over; who writes there is not for the workload to say. Outside of a cluster it says
#   nothing.
# custom:
#   severity: error
#   collections: [cluster]
#   since: "2026-11-26"
package aiverify.pinned_revision

import data.aiverify.lib
import data.aiverify.pods

# Options that name a model, each with the one that pins it.
options := {
	"--model": "--revision",
	"--model-id": "--revision",
	"--model-path": "--revision",
	"--model-name": "--revision",
	"--model-repository": "--revision",
	"--tokenizer": "--tokenizer-revision",
}

variables := {"HF_MODEL_ID", "MODEL_ID"}

commit := `^[0-9a-f]{40}$`

is_path(text) if regex.match(`^(?:/|\./|\.\./|~/|pvc://|s3://|gs://|file://|hdfs://|webhdfs://)`, text)

# A repository on a hub, or an image, that says itself which one it means.
is_pinned(text) if regex.match(`^(?:hf://)?[^@:]+[@:][0-9a-f]{40}$`, text)

is_pinned(text) if regex.match(`@sha256:[0-9a-f]{64}$`, text)

is_fixed(text) if is_path(text)

is_fixed(text) if is_pinned(text)

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
	"code": "not_pinned",
	"msg": sprintf("the container %s names %s, which can mean another model tomorrow", [lib.name_of(container), model.value]),
	"fix": "Give the full commit with --revision, or mount the model by its digest.",
	"path": model.path,
} if {
	some path, container in pods.containers
	given := pods.options(path, container)
	some model in models(path, container)
	not is_fixed(model.value)
	not is_revised(model, given)
}

is_revision(option, name) if {
	pods.is_option(option, name)
	not options[option.name]
}

# What the options name, what `vllm serve` is given, and what variables say.
models(path, container) := array.concat(
	[{"name": option.name, "value": option.value, "path": option.value_path} |
		some option in pods.options(path, container)
		names_a_model(option)
	],
	array.concat(
		[{"name": "--model", "value": next.text, "path": next.path} |
			all := pods.words(path, container)
			some index, word in all
			word.text == "serve"
			next := all[index + 1]
			not startswith(next.text, "-")
		],
		[{"name": "--model", "value": variable.value, "path": variable.path} |
			some variable in pods.variables(path, container)
			variable.name in variables
			is_string(variable.value)
		],
	),
)

names_a_model(option) if {
	options[option.name]
	option.name != "--model-name"
}

# To some servers it is only what they call the model.
names_a_model(option) if {
	option.name == "--model-name"
	contains(option.value, "/")
}

is_revised(model, given) if {
	revisions := [option.value | some option in given; is_revision(option, options[model.name])]
	count(revisions) > 0
	every revision in revisions {
		regex.match(commit, revision)
	}
}

deny contains {
	"code": "reference",
	"msg": sprintf("the workload refers to %s, which can mean another model tomorrow", [uri_of(reference)]),
	"fix": "Name it by its digest (oci://...@sha256:...) or by a full commit.",
	"path": path_of(reference, index),
} if {
	some index, reference in pods.references
	not is_fixed(uri_of(reference))
	not is_beside_a_revision(reference)
}

# A model in a container's arguments is pinned by what stands beside it, and judged above.
is_beside_a_revision(reference) if {
	some path, container in pods.containers
	some model in models(path, container)
	model.path == path_of(reference, 0)
	trim_prefix(uri_of(reference), "hf://") == model.value
}

uri_of(reference) := uri if {
	uri := lib.member(reference, "uri")
	is_string(uri)
} else := "something without a URI"

# Where a reference stands; paths are of the object, or of the whole document.
path_of(reference, _) := path if {
	path := lib.member(reference, "path")
	is_string(path)
	startswith(path, "/request/")
} else := concat("", ["/request/object", path]) if {
	path := lib.member(reference, "path")
	is_string(path)
	startswith(path, "/")
}

path_of(reference, index) := lib.pointer(["request", "references", index]) if {
	not is_pointer(lib.member(reference, "path"))
}

is_pointer(path) if {
	is_string(path)
	startswith(path, "/")
}
