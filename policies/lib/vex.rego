# METADATA
# title: VEX
# description: >-
#   Which vulnerabilities do not count, because the SBOM's own analysis or an attested OpenVEX
#   document says so. A statement counts if its attestation is by a signer of data.config.vex.signers
#   (globs; without the list, by any that trust names). Of several about one thing the latest
#   counts, and one without a time counts against. It judges nothing by itself.
# custom:
#   since: "2026-11-26"
package aiverify.vex

import data.aiverify.lib
import data.aiverify.times
import data.aiverify.vulnerabilities

default signers := ["*"]

signers := data.config.vex.signers

# Vulnerabilities that do not count, by the JSON pointer to each.
excused contains path if {
	some path, vulnerability in vulnerabilities.found
	every names in vulnerability.targets {
		is_excused(vulnerability, said_of(vulnerability, names))
	}
}

is_excused(vulnerability, said) if {
	vulnerability.is_analysed_away
	count([statement | some statement in said; not statement.excuses]) == 0
}

is_excused(_, said) if {
	last := max([statement.time | some statement in said; statement.excuses; is_number(statement.time)])
	every statement in said {
		is_overtaken(statement, last)
	}
}

is_overtaken(statement, _) if statement.excuses

is_overtaken(statement, last) if {
	is_number(statement.time)
	statement.time < last
}

# The statements about a vulnerability of what has these names.
said_of(vulnerability, names) := [statement |
	indices := {index | some id in vulnerability.ids; some index in by_id[lib.folded(id)]}
	some index in indices
	statement := statements[index]
	covers(statement, names)
]

by_id[id] contains index if {
	some index, statement in statements
	some id in statement.ids
}

# OpenVEX v0.2.0, and v0.0.1, whose vulnerabilities and products are strings.
statements := [stated(document, statement) |
	some attestation in lib.list_at(["attestations"])
	is_vex(attestation)
	document := lib.member(attestation, "predicate")
	some statement in lib.items(lib.member(document, "statements"))
]

is_vex(attestation) if {
	type := lib.member(attestation, "predicate_type")
	is_string(type)
	startswith(type, "https://openvex.dev/ns")
	lib.is_text(lib.member(attestation, "signer"))
	lib.is_list_of_strings(signers)
	lib.matches(signers, attestation.signer)
}

stated(document, statement) := {
	"ids": {lib.folded(id) | some id in ids_of(lib.member(statement, "vulnerability")); is_string(id)},
	"excuses": is_excuse(statement),
	"time": time_of(document, statement),
	"is_whole": lib.member(statement, "products") == null,
	"products": lib.items(lib.member(statement, "products")),
}

ids_of(vulnerability) := array.concat(
	[vulnerability, lib.member(vulnerability, "name"), lib.member(vulnerability, "@id")],
	lib.items(lib.member(vulnerability, "aliases")),
)

default is_excuse(_) := false

is_excuse(statement) if lib.member(statement, "status") == "fixed"

is_excuse(statement) if {
	lib.member(statement, "status") == "not_affected"
	some key in ["justification", "impact_statement"]
	lib.is_text(lib.member(statement, key))
}

# The statement's own time, or the document's; null if there is none that can be read.
time_of(document, statement) := moments[0] if {
	texts := [lib.member(statement, "last_updated"), lib.member(statement, "timestamp"), lib.member(document, "timestamp")]
	moments := [times.moment(text) | some text in texts]
	count(moments) > 0
} else := null

# Whether a statement is about what has these names: as a product, as a part of the artifact, or
# because it is about all of the artifact, which is what the attestation speaks of.
covers(statement, _) if statement.is_whole

covers(statement, names) if {
	some product in statement.products
	is_named(product, names)
}

covers(statement, _) if {
	some product in statement.products
	is_artifact(product)
	count(lib.items(lib.member(product, "subcomponents"))) == 0
}

covers(statement, names) if {
	some product in statement.products
	is_artifact(product)
	some part in lib.items(lib.member(product, "subcomponents"))
	is_named(part, names)
}

is_artifact(product) if is_named(product, vulnerabilities.artifact_names)

is_artifact(product) if {
	hash := lib.member(product, ["hashes", "sha-256"])
	is_string(hash)
	sprintf("sha256:%s", [lib.folded(hash)]) == lib.at(["artifact", "digest"])
}

is_named(thing, names) if thing in names

is_named(thing, names) if {
	some path in ["@id", ["identifiers", "purl"]]
	lib.member(thing, path) in names
}
