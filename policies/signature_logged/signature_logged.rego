# METADATA
# title: Signatures in a transparency log
# description: >-
#   Every signature that counts is in a transparency log that trust names, so that whoever owns
#   the key can find what was signed with it.
# custom:
#   severity: error
#   collections: [release]
#   since: "2026-11-26"
package aiverify.signature_logged

import data.aiverify.lib

signatures := lib.list_at(["signatures"])

deny contains {
	"code": "not_logged",
	"msg": sprintf("the signature of %s is in no transparency log", [lib.name_of({"name": lib.member(signature, "signer")})]),
	"fix": "Sign with --log, and verify with a trust configuration that names the log.",
	"path": lib.pointer(["signatures", index]),
} if {
	some index, signature in signatures
	not lib.member(signature, "logged") == true
}

deny contains {
	"code": "unsigned",
	"msg": "there is no signature that counts",
	"fix": "Sign the artifact.",
	"path": "/signatures",
} if {
	count(signatures) == 0
}
