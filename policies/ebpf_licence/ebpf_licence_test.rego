package aiverify.ebpf_licence_test

import data.aiverify.ebpf_licence

compiled(values) := {
	"artifact": {"files": [{"name": "probe.o"}]},
	"facts": {"probe.o": {"format": "elf", "values": values}},
}

licensed(licence) := compiled({"machine": "bpf", "bpf": {"license": licence}})

codes contains result.code if some result in ebpf_licence.deny

test_allows_a_compatible_licence if {
	codes == set() with input as licensed("GPL")
	codes == set() with input as licensed("Dual BSD/GPL")
}

test_allows_what_the_configuration_lists if {
	codes == set() with input as licensed("Apache-2.0") with data.config.ebpf.licences as ["Apache-2.0"]
}

test_allows_another_program if {
	codes == set() with input as compiled({"machine": "x86-64"})
}

test_denies_another_licence if {
	results := ebpf_licence.deny with input as licensed("Proprietary")
	results == {{
		"code": "not_compatible",
		"msg": "the licence of probe.o is Proprietary, which is not GPL-compatible",
		"fix": `State one in the source: char LICENSE[] SEC("license") = "GPL".`,
		"path": "/facts/probe.o/values/bpf/license",
	}}
	codes == {"not_compatible"} with input as licensed("gpl")
}

test_denies_an_object_without_licence if {
	codes == {"not_compatible"} with input as licensed("")
	codes == {"not_compatible"} with input as licensed(5)
	codes == {"not_compatible"} with input as compiled({"machine": "bpf"})
	codes == {"not_compatible"} with input as compiled({"bpf": "x"})
}

test_denies_without_facts if {
	codes == {"no_facts"} with input as {"artifact": {"files": [{"name": "a"}]}, "facts": {}}
	codes == {"no_facts"} with input as {}
}

test_denies_a_list_that_is_none if {
	codes == {"misconfigured", "not_compatible"} with input as licensed("GPL") with data.config.ebpf.licences as "GPL"
}
