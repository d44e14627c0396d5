# METADATA
# title: The adapter is signed by whom its base allows
# description: >-
#   A signer of an adapter is one of those that data.config.adapters.signers gives for its base: lists
#   of names (globs) by the digest of the base, or by its name, which the adapter itself states, with
#   `*` for every other base. A base that is not there allows nobody. Without the object, any signer
#   that trust names will do. Of what is no adapter it says nothing.
# custom:
#   severity: error
#   collections: [release, cluster]
#   since: "2026-11-26"
package aiverify.adapter_signers

import data.aiverify.lib

default by_base := {"*": ["*"]}

by_base := data.config.adapters.signers

is_adapter if input.artifact.kind == "adapter"

is_known if is_string(input.artifact.kind)

is_sound if {
	is_object(by_base)
	every signers in by_base {
		lib.is_list_of_strings(signers)
	}
}

# The digest comes first: whoever names another base does not choose who may sign.
base := name if {
	some key in ["digest", "name"]
	name := lib.at(["adapter", "base", key])
	is_string(by_base[name][0])
	not is_overruled(key)
} else := "*"

is_overruled(key) if {
	key == "name"
	by_base[lib.at(["adapter", "base", "digest"])]
}

allowed contains signature.signer if {
	is_sound
	some signature in lib.list_at(["signatures"])
	lib.is_text(lib.member(signature, "signer"))
	lib.matches(by_base[base], signature.signer)
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.adapters.signers is not an object of lists of names",
	"fix": "Give for each base, by its digest or name, the list of who may sign adapters for it.",
	"path": "",
} if {
	not is_sound
}

deny contains {
	"code": "unknown",
	"msg": "the document does not say what the artifact is",
	"fix": "Judge the artifact with `aiverify verify`.",
	"path": "/artifact/kind",
} if {
	not is_known
}

deny contains {
	"code": "not_allowed",
	"msg": sprintf("nobody whom the base model %s allows signed the adapter", [lib.name_of(lib.at(["adapter", "base"]))]),
	"fix": "Have it signed by one of data.config.adapters.signers, or add who signed it there.",
	"path": "/signatures",
} if {
	is_adapter
	is_sound
	count(allowed) == 0
}
