# METADATA
# title: The adapter is for this base
# description: >-
#   An adapter's attested SBOM pins its base model by a digest: that of the base at hand, or one of
#   data.config.adapters.bases. Of what is no adapter it says nothing.
# custom:
#   severity: error
#   collections: [release, cluster]
#   since: "2026-11-26"
package aiverify.adapter_base_matches

import data.aiverify.lib

default bases := []

bases := data.config.adapters.bases

is_adapter if input.artifact.kind == "adapter"

is_known if is_string(input.artifact.kind)

base := lib.at(["adapter", "base", "digest"])

at_hand := lib.at(["adapter", "fit", "digest"])

is_sound if bases == []

is_sound if {
	is_array(bases)
	every digest in bases {
		lib.is_digest(digest)
	}
}

is_matched if base == at_hand

is_matched if {
	is_sound
	base in bases
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.adapters.bases is not a list of digests",
	"fix": "Give a list of digests, as sha256:<hex>.",
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
	"code": "not_pinned",
	"msg": "the adapter's base model is not pinned by a digest",
	"fix": "Bundle the adapter with --base, so that its SBOM pins the base.",
	"path": "/adapter/base/digest",
} if {
	is_adapter
	not lib.is_digest(base)
}

deny contains {
	"code": "other_base",
	"msg": "the adapter was made for another base model than the one at hand",
	"fix": "Load it on the base that its SBOM pins.",
	"path": "/adapter/fit/digest",
} if {
	is_adapter
	lib.is_digest(base)
	lib.is_digest(at_hand)
	base != at_hand
}

deny contains {
	"code": "not_matched",
	"msg": "the adapter's base model is neither at hand nor on the list",
	"fix": "Verify it with --base, or add the digest to data.config.adapters.bases.",
	"path": "/adapter/base/digest",
} if {
	is_adapter
	lib.is_digest(base)
	not lib.is_digest(at_hand)
	not is_matched
}
