# METADATA
# title: No denied vulnerability
# description: >-
#   No vulnerability that the SBOM or an attested scan lists, by its own id or by an equivalent one,
#   matches a pattern of data.config.vulnerabilities.deny (globs, without regard to case). Without
#   that list, CVE-2023-* is denied. What VEX says does not apply is passed over.
# custom:
#   severity: error
#   collections: [minimal, release, cluster]
#   since: "2026-11-22"
package aiverify.no_denied_cve

import data.aiverify.lib
import data.aiverify.vex
import data.aiverify.vulnerabilities

default patterns := ["CVE-2023-*"]

patterns := data.config.vulnerabilities.deny

# A rule of its own: `not f(input.x)` is undefined, and denies nothing, where input.x is.
is_described if is_object(input.sbom)

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
	"msg": "a list of vulnerabilities cannot be read",
	"fix": "Write the SBOM, or the scan, again; it is not valid.",
	"path": path,
} if {
	some path in vulnerabilities.unreadable
}

deny contains {
	"code": "denied",
	"msg": sprintf("%s is listed, which %s denies", [id, pattern]),
	"fix": "Use a component in which this is fixed.",
	"path": path,
} if {
	lib.is_list_of_strings(patterns)
	some path, vulnerability in vulnerabilities.found
	not path in vex.excused
	some id in vulnerability.ids
	some pattern in patterns
	glob.match(lib.folded(pattern), null, lib.folded(id))
}
