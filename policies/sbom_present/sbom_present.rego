# METADATA
# title: An SBOM is attested
# description: >-
#   A CycloneDX document was attested for the artifact, and it names the artifact that it is about.
# custom:
#   severity: error
#   collections: [minimal, release, cluster, eu-ai-act]
#   since: "2026-11-26"
package aiverify.sbom_present

import data.aiverify.lib
import data.aiverify.bom

deny contains {
	"code": "no_sbom",
	"msg": "no CycloneDX document is attested for the artifact",
	"fix": "Bundle the artifact, whose SBOM is then attested when it is signed.",
	"path": "/sbom",
} if {
	not bom.is_there
}

deny contains {
	"code": "no_subject",
	"msg": "the SBOM does not say what it is about",
	"fix": "Write the SBOM again, with the artifact as metadata.component.",
	"path": "/sbom/metadata/component",
} if {
	bom.is_there
	not lib.is_text(lib.member(bom.root, "name"))
}
