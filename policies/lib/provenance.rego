# METADATA
# title: Provenance
# description: >-
#   The SLSA provenance (v1) that trusted signers attest. It judges nothing by itself.
# custom:
#   since: "2026-11-26"
package aiverify.provenance

import data.aiverify.lib

# Every predicate by the JSON pointer to it.
predicates[path] := lib.member(attestation, "predicate") if {
	some index, attestation in lib.list_at(["attestations"])
	lib.member(attestation, "predicate_type") == "https://slsa.dev/provenance/v1"
	lib.is_text(lib.member(attestation, "signer"))
	path := lib.pointer(["attestations", index, "predicate"])
}
