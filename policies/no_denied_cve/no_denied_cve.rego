# METADATA
# title: No denied vulnerability
# description: >-
#   No vulnerability in the SBOM, by its own id or by an equivalent one, matches a pattern of
#   data.config.vulnerabilities.deny (globs, without regard to case). Without that list,
#   CVE-2023-* is denied. What a vulnerability's analysis says does not excuse it here.
# custom:
#   severity: error
#   collections: [baseline, vulnerabilities]
#   since: "2026-11-22"
package aiverify.no_denied_cve

import data.aiverify.lib

default patterns := ["CVE-2023-*"]

patterns := data.config.vulnerabilities.deny

# A rule of its own: `not f(input.x)` is undefined, and denies nothing, where input.x is.
is_described if is_object(input.sbom)

vulnerabilities := input.sbom.vulnerabilities if is_array(input.sbom.vulnerabilities)

# Every id in the SBOM, beside the index of the vulnerability that has it: its own, and those
# that other databases have for it.
ids contains [index, vulnerability.id] if {
	some index, vulnerability in vulnerabilities
	is_readable(vulnerability)
}

ids contains [index, reference.id] if {
	some index, vulnerability in vulnerabilities
	is_readable(vulnerability)
	some reference in vulnerability.references
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.vulnerabilities.deny is not a list of patterns",
	"fix": "Give a list of patterns such as CVE-2023-*, at least one.",
	"path": "",
} if {
	not lib.is_list_of_strings(patterns)
}

deny contains {
	"code": "no_sbom",
	"msg": "there is no SBOM to look into",
	"fix": "Bundle the artifact, whose SBOM is then attested when it is signed.",
	"path": "/sbom",
} if {
	not is_described
}

deny contains {
	"code": "unreadable",
	"msg": "the SBOM's vulnerabilities are not a list",
	"fix": "Write the SBOM again; it is not valid CycloneDX.",
	"path": "/sbom/vulnerabilities",
} if {
	is_described
	not is_array(object.get(input.sbom, "vulnerabilities", []))
}

deny contains {
	"code": "unreadable",
	"msg": "a vulnerability in the SBOM has no id, or references that are not a list",
	"fix": "Write the SBOM again; it is not valid CycloneDX.",
	"path": lib.pointer(["sbom", "vulnerabilities", index]),
} if {
	some index, vulnerability in vulnerabilities
	not is_readable(vulnerability)
}

deny contains {
	"code": "denied",
	"msg": sprintf("the SBOM lists %s, which %s denies", [id, pattern]),
	"fix": "Use a component in which this is fixed.",
	"path": lib.pointer(["sbom", "vulnerabilities", index]),
} if {
	lib.is_list_of_strings(patterns)
	some [index, id] in ids
	some pattern in patterns
	glob.match(upper(pattern), null, upper(id))
}

is_readable(vulnerability) if {
	is_object(vulnerability)
	is_string(vulnerability.id)
	references := object.get(vulnerability, "references", [])
	is_array(references)
	every reference in references {
		is_object(reference)
		is_string(reference.id)
	}
}
