package aiverify.provenance_test

import data.aiverify.provenance

slsa := "https://slsa.dev/provenance/v1"

test_predicates_of_trusted_signers if {
	found := provenance.predicates with input as {"attestations": [
		{"predicate_type": slsa, "signer": "ci", "predicate": {"a": 1}},
		{"predicate_type": slsa, "signer": "", "predicate": {"a": 2}},
		{"predicate_type": "https://slsa.dev/provenance/v0.2", "signer": "ci", "predicate": {"a": 3}},
		{"predicate_type": slsa, "signer": "ci"},
		5,
	]}
	found == {"/attestations/0/predicate": {"a": 1}, "/attestations/3/predicate": null}
}
