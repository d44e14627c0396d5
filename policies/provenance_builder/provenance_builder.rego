# METADATA
# title: Built by whom it may be
# description: >-
#   A trusted signer attests where the artifact was built (SLSA provenance v1), and every such
#   attestation names a builder that matches data.config.provenance.builders (globs in which `*`
#   stops at `/` and `@`, and `**` does not). Without that list, any builder that is named.
# custom:
#   severity: error
#   collections: [release, eu-ai-act]
#   since: "2026-11-26"
package aiverify.provenance_builder

import data.aiverify.lib
import data.aiverify.provenance

default builders := ["**"]

builders := data.config.provenance.builders

builder_of(predicate) := id if {
	id := lib.member(predicate, ["runDetails", "builder", "id"])
	lib.is_text(id)
}

is_allowed(predicate) if lib.matches_address(builders, builder_of(predicate))

shown(predicate) := builder_of(predicate) if {
	builder_of(predicate)
} else := "nobody"

deny contains {
	"code": "misconfigured",
	"msg": "data.config.provenance.builders is not a list of patterns",
	"fix": "Give a list of builders' ids, such as https://ci.example.com/release@**.",
	"path": "",
} if {
	not lib.is_list_of_strings(builders)
}

deny contains {
	"code": "no_provenance",
	"msg": "nobody attests where the artifact was built",
	"fix": "Attest SLSA provenance: `aiverify attest --type provenance`.",
	"path": "/attestations",
} if {
	count(provenance.predicates) == 0
}

deny contains {
	"code": "not_allowed",
	"msg": sprintf("the provenance names %s as builder, whom no pattern allows", [shown(predicate)]),
	"fix": "Build the artifact where it may be built, or add the builder to data.config.provenance.builders.",
	"path": lib.pointer_below(path, ["runDetails", "builder", "id"]),
} if {
	lib.is_list_of_strings(builders)
	some path, predicate in provenance.predicates
	not is_allowed(predicate)
}
