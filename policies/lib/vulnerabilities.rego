# METADATA
# title: Vulnerabilities
# description: >-
#   What the SBOM and attested scans list, in one form. It judges nothing by itself.
# custom:
#   since: "2026-11-26"
package aiverify.vulnerabilities

import data.aiverify.lib
import data.aiverify.bom

# The vulnerabilities by the JSON pointer to each. `ids` are all that databases call it by;
# `rank` is the worst of its ratings; `targets` are the names of each thing that has it.
found[path] := {
	"id": vulnerability.id,
	"ids": ids | {vulnerability.id},
	"ranks": ranks_of_ratings(vulnerability),
	"is_fixable": is_fixable_by_sbom(vulnerability),
	"is_analysed_away": is_analysed_away(vulnerability),
	"targets": targets(vulnerability),
} if {
	some index, vulnerability in lib.list_at(["sbom", "vulnerabilities"])
	is_listed(vulnerability)
	ids := {reference.id | some reference in object.get(vulnerability, "references", [])}
	path := lib.pointer(["sbom", "vulnerabilities", index])
}

found[path] := {
	"id": scanned_id(vulnerability),
	"ids": aliases | {scanned_id(vulnerability)},
	"ranks": ranks_of_scanned(vulnerability),
	"is_fixable": is_fixable_by_scan(vulnerability),
	"is_analysed_away": false,
	"targets": [artifact_names],
} if {
	some index, scan in scans
	walk(scan.result, [parts, vulnerability])
	is_scanned(vulnerability)
	aliases := {alias | some alias in lib.items(lib.member(vulnerability, "aliases")); is_string(alias)}
	path := lib.pointer(array.concat(["attestations", index, "predicate", "scanner", "result"], parts))
}

# What cannot be read, by the JSON pointer to it. Nobody can say what it lists.
unreadable contains "/sbom/vulnerabilities" if {
	is_object(lib.at(["sbom"]))
	not is_array(object.get(input.sbom, "vulnerabilities", []))
}

unreadable contains lib.pointer(["sbom", "vulnerabilities", index]) if {
	some index, vulnerability in lib.list_at(["sbom", "vulnerabilities"])
	not is_listed(vulnerability)
}

unreadable contains lib.pointer(["attestations", index, "predicate", "scanner", "result"]) if {
	some index, scan in scans
	not is_result(scan)
}

is_listed(vulnerability) if {
	is_object(vulnerability)
	is_string(vulnerability.id)
	references := object.get(vulnerability, "references", [])
	is_array(references)
	every reference in references {
		is_object(reference)
		is_string(reference.id)
	}
}

# CycloneDX, analysis.state.
harmless_states := {"resolved", "resolved_with_pedigree", "false_positive", "not_affected"}

default is_analysed_away(_) := false

is_analysed_away(vulnerability) if vulnerability.analysis.state in harmless_states

default is_fixable_by_sbom(_) := false

is_fixable_by_sbom(vulnerability) if {
	is_array(vulnerability.affects)
	some target in vulnerability.affects
	is_array(target.versions)
	some version in target.versions
	version.status == "unaffected"
}

is_fixable_by_sbom(vulnerability) if {
	is_array(vulnerability.analysis.response)
	"update" in vulnerability.analysis.response
}

# Scanners write it as a sentence: Upgrade x to version y.
is_fixable_by_sbom(vulnerability) if {
	is_string(vulnerability.recommendation)
	regex.match(`^(?:upgrade|update) `, lib.folded(trim_space(vulnerability.recommendation)))
}

digests contains digest if {
	digest := lib.at(["artifact", "digest"])
	lib.is_digest(digest)
}

artifact_names := bom.names(bom.root) | digests

# For each thing that has a vulnerability, all names of it; without any it is the artifact.
targets(vulnerability) := [names_of(ref) | some ref in refs] if {
	is_array(vulnerability.affects)
	refs := {ref |
		some target in vulnerability.affects
		ref := lib.member(target, "ref")
	}
	count(refs) > 0
} else := [artifact_names]

names_of(ref) := bom.names(by_ref[ref]) | {ref} if {
	by_ref[ref]
} else := {ref}

# The components that have vulnerabilities, by their bom-ref; two of the same ref are neither.
by_ref[ref] := component if {
	some ref, paths in paths_by_ref
	count(paths) == 1
	some path in paths
	component := bom.components[path]
}

paths_by_ref[ref] contains path if {
	some path, component in bom.components
	ref := component["bom-ref"]
	struck[ref]
	lib.is_text(ref)
}

# What the SBOM says has one.
struck contains ref if {
	some vulnerability in lib.list_at(["sbom", "vulnerabilities"])
	is_array(vulnerability.affects)
	some target in vulnerability.affects
	ref := target.ref
}

# Scans that a trusted signer attested (in-toto vulns, cosign vuln).
scans[index] := {
	"type": attestation.predicate_type,
	"result": lib.member(attestation, ["predicate", "scanner", "result"]),
} if {
	some index, attestation in lib.list_at(["attestations"])
	is_scan_type(lib.member(attestation, "predicate_type"))
}

is_scan_type(type) if type == "https://cosign.sigstore.dev/attestation/vuln/v1"

is_scan_type(type) if {
	is_string(type)
	startswith(type, "https://in-toto.io/attestation/vulns/")
}

is_result(scan) if {
	startswith(scan.type, "https://in-toto.io/")
	is_array(scan.result)
	every vulnerability in scan.result {
		is_object(vulnerability)
		is_string(vulnerability.id)
	}
}

is_result(scan) if {
	startswith(scan.type, "https://cosign.")
	is_holder(scan.result)
}

is_holder(value) if is_object(value)

is_holder(value) if is_array(value)

# Trivy's entries, those of in-toto, Grype's, and records of OSV that are not withdrawn.
is_scanned(vulnerability) if {
	is_object(vulnerability)
	is_string(vulnerability.VulnerabilityID)
}

is_scanned(vulnerability) if {
	is_object(vulnerability)
	is_string(vulnerability.id)
	some key in ["severity", "affected", "fix", "annotations"]
	object.get(vulnerability, key, null) != null
	not is_string(lib.member(vulnerability, "withdrawn"))
}

# What in-toto lists has no more than an id.
is_scanned(vulnerability) if {
	is_object(vulnerability)
	object.keys(vulnerability) == {"id"}
	is_string(vulnerability.id)
}

scanned_id(vulnerability) := vulnerability.VulnerabilityID if {
	is_string(lib.member(vulnerability, "VulnerabilityID"))
} else := vulnerability.id

default is_fixable_by_scan(_) := false

is_fixable_by_scan(vulnerability) if lib.is_text(lib.member(vulnerability, "FixedVersion"))

is_fixable_by_scan(vulnerability) if lib.member(vulnerability, ["fix", "state"]) == "fixed"

is_fixable_by_scan(vulnerability) if {
	some affected in lib.items(lib.member(vulnerability, "affected"))
	some range in lib.items(lib.member(affected, "ranges"))
	some event in lib.items(lib.member(range, "events"))
	lib.is_text(lib.member(event, "fixed"))
}

levels := ["none", "low", "medium", "high", "critical"]

rank_of_word := {
	"none": 0,
	"info": 0,
	"negligible": 0,
	"low": 1,
	"medium": 2,
	"moderate": 2,
	"high": 3,
	"critical": 4,
}

# How bad it is by a word, or by a score (CVSS v3.1, section 5); undefined for what is neither.
rank(value) := rank_of_word[value] if {
	rank_of_word[value]
} else := rank_of_score(value) if {
	is_number(value)
} else := found if {
	is_string(value)
	found := rank_of_word[lib.folded(value)]
} else := rank_of_score(to_number(value)) if {
	is_string(value)
	regex.match(`^(?:10|[0-9])(?:\.[0-9])?$`, value)
}

rank_of_score(score) := 4 if {
	score >= 9
} else := 3 if {
	score >= 7
} else := 2 if {
	score >= 4
} else := 1 if {
	score > 0
} else := 0 if {
	score == 0
}

ranks_of_ratings(vulnerability) := {rank(rating[key]) |
	is_array(vulnerability.ratings)
	some rating in vulnerability.ratings
	some key in ["severity", "score"]
}

ranks_of_scanned(vulnerability) := {rank(value) |
	some value in array.concat(
		[lib.member(vulnerability, path) | some path in ["Severity", "severity", ["database_specific", "severity"]]],
		[lib.member(item, "score") | some item in lib.items(lib.member(vulnerability, "severity"))],
	)
}
