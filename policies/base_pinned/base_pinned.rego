# METADATA
# title: Base model pinned
# description: >-
#   An adapter, and a model that names the models it was made from, says exactly which ones:
#   by the digest of their files (sha256) or by a full commit. A name alone can mean another
#   model tomorrow.
# custom:
#   severity: error
#   collections: [release, cluster, eu-ai-act]
#   since: "2026-11-22"
package aiverify.base_pinned

import data.aiverify.lib

is_adapter if input.artifact.kind == "adapter"

# A rule of its own: `not f(input.x)` is undefined, and denies nothing, where input.x is.
is_based if is_object(input.adapter.base)

# All that is said of base models, wherever it is said.
references contains {"path": "/adapter/base", "base": input.adapter.base} if is_object(input.adapter)

references contains {
	"path": lib.pointer(["description", "base_models", index]),
	"base": base,
} if {
	is_array(input.description.base_models)
	some index, base in input.description.base_models
}

# In the body: a head without a value is an error to one engine, and nothing to the other.
pinned_names contains name if {
	some reference in references
	lib.is_pinned(reference.base)
	name := reference.base.name
}

is_pinned(base) if lib.is_pinned(base)

# The same base may be named in one place and pinned in another.
is_pinned(base) if base.name in pinned_names

deny contains {
	"code": "not_pinned",
	"msg": sprintf("the base model %s is not pinned", [lib.name_of(reference.base)]),
	"fix": "Name the base by its digest (sha256) or by a full 40-digit commit.",
	"path": reference.path,
} if {
	some reference in references
	not is_pinned(reference.base)
}

deny contains {
	"code": "no_base",
	"msg": "the adapter names no base model",
	"fix": "Name the base in adapter_config.json, and bundle the adapter with --base.",
	"path": "/adapter",
} if {
	is_adapter
	not is_based
}

deny contains {
	"code": "unknown",
	"msg": "the document does not say what the artifact is or which models it was made from",
	"fix": "Judge the artifact with `aiverify verify`.",
	"path": "",
} if {
	not is_whole
}

is_whole if {
	is_string(input.artifact.kind)
	is_array(input.description.base_models)
}
