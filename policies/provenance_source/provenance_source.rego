# METADATA
# title: Built from what it may be
# description: >-
#   Every attested SLSA provenance (v1) lists what the artifact was built from, each by its URI and
#   by a digest, and every URI matches data.config.provenance.sources (globs in which `*` stops at
#   `/` and `@`, and `**` does not). Without that list, any source that is pinned by a digest.
# custom:
#   severity: error
#   collections: [release, eu-ai-act]
#   since: "2026-11-26"
package aiverify.provenance_source

import data.aiverify.lib
import data.aiverify.provenance

default sources := ["**"]

sources := data.config.provenance.sources

dependencies(predicate) := lib.items(lib.member(predicate, ["buildDefinition", "resolvedDependencies"]))

is_allowed(dependency) if {
	is_string(lib.member(dependency, "uri"))
	lib.matches_address(sources, dependency.uri)
}

is_pinned(dependency) if {
	some digest in lib.members(lib.member(dependency, "digest"))
	lib.is_text(digest)
}

shown(dependency) := uri if {
	uri := lib.member(dependency, "uri")
	lib.is_text(uri)
} else := "what has no URI"

deny contains {
	"code": "misconfigured",
	"msg": "data.config.provenance.sources is not a list of patterns",
	"fix": "Give a list of URIs, such as git+https://git.example.com/models/**.",
	"path": "",
} if {
	not lib.is_list_of_strings(sources)
}

deny contains {
	"code": "no_provenance",
	"msg": "nobody attests what the artifact was built from",
	"fix": "Attest SLSA provenance: `aiverify attest --type provenance`.",
	"path": "/attestations",
} if {
	count(provenance.predicates) == 0
}

deny contains {
	"code": "no_source",
	"msg": "the provenance does not list what the artifact was built from",
	"fix": "Have the builder fill buildDefinition.resolvedDependencies.",
	"path": lib.pointer_below(path, ["buildDefinition", "resolvedDependencies"]),
} if {
	some path, predicate in provenance.predicates
	count(dependencies(predicate)) == 0
}

deny contains {
	"code": "not_allowed",
	"msg": sprintf("the artifact was built from %s, which no pattern allows", [shown(dependency)]),
	"fix": "Build it from allowed sources, or add this one to data.config.provenance.sources.",
	"path": lib.pointer_below(path, ["buildDefinition", "resolvedDependencies", index]),
} if {
	lib.is_list_of_strings(sources)
	some path, predicate in provenance.predicates
	some index, dependency in dependencies(predicate)
	not is_allowed(dependency)
}

deny contains {
	"code": "not_pinned",
	"msg": sprintf("the provenance names %s without a digest", [shown(dependency)]),
	"fix": "Have the builder give the digest of each dependency.",
	"path": lib.pointer_below(path, ["buildDefinition", "resolvedDependencies", index]),
} if {
	some path, predicate in provenance.predicates
	some index, dependency in dependencies(predicate)
	not is_pinned(dependency)
}
