package aiverify.elf_hardening_test

import data.aiverify.elf_hardening

built(values) := {
	"artifact": {"files": [{"name": "runner"}]},
	"facts": {"runner": {"format": "elf", "values": values}},
}

hardened(changes) := built({"type": "executable", "hardening": object.union(
	{
		"pie": true,
		"relro": "full",
		"bind_now": true,
		"stack_protector": true,
		"fortify": true,
		"nx": true,
		"stripped": true,
	},
	changes,
)})

every_one := ["nx", "pie", "relro", "full_relro", "bind_now", "stack_protector", "fortify", "stripped"]

codes contains result.code if some result in elf_hardening.deny

test_allows_a_program_with_every_protection if {
	codes == set() with input as hardened({})
	codes == set() with input as hardened({}) with data.config.elf.require as every_one
}

test_allows_partial_relro if {
	codes == set() with input as hardened({"relro": "partial"})
}

test_allows_what_cannot_be_known if {
	codes == set() with input as hardened({"stack_protector": null, "fortify": null, "pie": null})
		with data.config.elf.require as every_one
}

test_allows_what_the_configuration_does_not_ask_for if {
	codes == set() with input as hardened({"pie": false}) with data.config.elf.require as ["nx"]
}

test_allows_what_no_loader_takes if {
	codes == set() with input as built({"type": "relocatable"})
	codes == set() with input as {
		"artifact": {"files": [{"name": "a"}]},
		"facts": {"a": {"format": "safetensors", "values": {}}},
	}
}

test_denies_a_program_without_pie if {
	results := elf_hardening.deny with input as hardened({"pie": false})
	results == {{
		"code": "missing",
		"msg": "runner is built without pie",
		"fix": "Build it again with -fPIE -pie, -z relro -z now and -z noexecstack (Go: -buildmode=pie).",
		"path": "/facts/runner/values/hardening",
	}}
}

test_denies_what_the_configuration_asks_for if {
	results := elf_hardening.deny with input as hardened({"relro": "partial", "stack_protector": false})
		with data.config.elf.require as every_one
	count(results) == 2
}

test_denies_protections_that_cannot_be_read if {
	results := elf_hardening.deny with input as built({"type": "executable", "hardening": {"pie": "yes"}})
	count(results) == 3
}

test_denies_a_program_of_which_nobody_knows if {
	codes == {"unknown"} with input as built({"type": "executable"})
	codes == {"unknown"} with input as built({"hardening": "full"})
}

test_denies_without_facts if {
	codes == {"no_facts"} with input as {"artifact": {"files": [{"name": "a"}]}, "facts": {}}
	codes == {"no_facts"} with input as {}
}

test_denies_protections_that_there_are_not if {
	codes == {"misconfigured"} with input as hardened({}) with data.config.elf.require as ["aslr"]
	codes == {"misconfigured"} with input as hardened({}) with data.config.elf.require as []
}
