# METADATA
# title: The adapter fits its base
# description: >-
#   An adapter was held against the base model at hand, and every tensor of it fits there. Of what
#   is no adapter it says nothing.
# custom:
#   severity: error
#   collections: [release, cluster]
#   since: "2026-11-26"
package aiverify.adapter_fits

import data.aiverify.lib

is_adapter if input.artifact.kind == "adapter"

is_known if is_string(input.artifact.kind)

is_checked if {
	is_boolean(input.adapter.fit.fits)
	is_number(input.adapter.fit.pairs)
}

is_fitting if {
	input.adapter.fit.fits
	input.adapter.fit.pairs > 0
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
	"code": "unchecked",
	"msg": "nobody held the adapter against a base model",
	"fix": "Verify it with --base.",
	"path": "/adapter/fit",
} if {
	is_adapter
	not is_checked
}

deny contains {
	"code": "does_not_fit",
	"msg": sprintf("the adapter does not fit the base model %s", [lib.name_of(lib.at(["adapter", "fit"]))]),
	"fix": "Load it on the base that it was trained on.",
	"path": "/adapter/fit/fits",
} if {
	is_adapter
	is_checked
	not is_fitting
}
