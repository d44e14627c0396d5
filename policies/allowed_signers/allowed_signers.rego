# METADATA
# title: Signed by whom it may be
# description: >-
#   A signature is by a signer whose name is in data.config.signers.allow (globs), or whose
#   certificate is for one of data.config.signers.identities: objects with a name (a glob in which
#   `*` stops at `/` and `@`) and the issuer who vouches for it. Without either, any signer that
#   trust names will do.
# custom:
#   severity: error
#   collections: [minimal, release, cluster, eu-ai-act]
#   since: "2026-11-26"
package aiverify.allowed_signers

import data.aiverify.lib

default names := []

names := data.config.signers.allow

default identities := []

identities := data.config.signers.identities

is_configured if data.config.signers.allow != null

is_configured if data.config.signers.identities != null

are_names if names == []

are_names if lib.is_list_of_strings(names)

are_identities if {
	is_array(identities)
	every identity in identities {
		lib.is_text(lib.member(identity, "name"))
		lib.is_text(lib.member(identity, "issuer"))
	}
}

is_sound if not is_configured

is_sound if {
	are_names
	are_identities
	count(names) + count(identities) > 0
}

is_allowed(_) if not is_configured

is_allowed(signature) if lib.matches(names, signature.signer)

is_allowed(signature) if {
	some identity in identities
	is_string(signature.name)
	lib.member(signature, "issuer") == identity.issuer
	lib.matches_address([identity.name], signature.name)
}

allowed contains index if {
	is_sound
	some index, signature in lib.list_at(["signatures"])
	lib.is_text(lib.member(signature, "signer"))
	is_allowed(signature)
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.signers does not say who may sign",
	"fix": "Give allow, a list of names, or identities, a list of objects with name and issuer.",
	"path": "",
} if {
	not is_sound
}

deny contains {
	"code": "not_allowed",
	"msg": "nobody who may sign the artifact did",
	"fix": "Have it signed by one of data.config.signers, or add who signed it there.",
	"path": "/signatures",
} if {
	count(allowed) == 0
}
