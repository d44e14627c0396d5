# METADATA
# title: Enough signers
# description: >-
#   At least data.config.signers.minimum distinct signers (without it: one) signed the
#   artifact. A signer who signed twice counts once.
# custom:
#   severity: error
#   collections: [minimal, release, cluster]
#   since: "2026-11-22"
package aiverify.signer_count

default minimum := 1

minimum := data.config.signers.minimum

signers contains signature.signer if {
	is_array(input.signatures)
	some signature in input.signatures
	is_string(signature.signer)
	signature.signer != ""
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.signers.minimum is not a number of at least 1",
	"fix": "Give the number of distinct signers that it takes.",
	"path": "",
} if {
	not is_threshold
}

deny contains {
	"code": "too_few",
	"msg": sprintf("%d distinct signer(s) signed the artifact, and it takes %v", [count(signers), minimum]),
	"fix": "Have the missing signers sign the same artifact.",
	"path": "/signatures",
} if {
	is_threshold
	count(signers) < minimum
}

is_threshold if {
	is_number(minimum)
	minimum >= 1
}
