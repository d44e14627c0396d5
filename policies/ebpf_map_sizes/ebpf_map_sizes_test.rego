package aiverify.ebpf_map_sizes_test

import data.aiverify.ebpf_map_sizes

compiled(values) := {
	"artifact": {"files": [{"name": "probe.o"}]},
	"facts": {"probe.o": {"format": "elf", "values": values}},
}

mapping(maps) := compiled({"machine": "bpf", "bpf": {"maps": maps}})

hash_of(entries) := {"name": "counts", "type": "hash", "key_size": 4, "value_size": 8, "max_entries": entries}

ring_of(bytes) := {"name": "events", "type": "ringbuf", "key_size": 0, "value_size": 0, "max_entries": bytes}

codes contains result.code if some result in ebpf_map_sizes.deny

test_allows_small_maps if {
	codes == set() with input as mapping([hash_of(1024), ring_of(16777216), hash_of(0)])
	codes == set() with input as mapping([])
}

test_allows_what_the_configuration_allows if {
	codes == set() with input as mapping([hash_of(4194304)])
		with data.config.ebpf.max_entries as 4194304
}

test_allows_another_program if {
	codes == set() with input as compiled({"machine": "x86-64"})
}

test_denies_a_map_with_too_many_entries if {
	results := ebpf_map_sizes.deny with input as mapping([hash_of(1), hash_of(2000000)])
	results == {{
		"code": "too_large",
		"msg": "the map counts of probe.o is larger than is allowed",
		"fix": "Give the map a smaller max_entries, or raise the limit in data.config.ebpf.",
		"path": "/facts/probe.o/values/bpf/maps/1",
	}}
}

test_denies_a_map_of_too_many_bytes if {
	codes == {"too_large"} with input as mapping([object.union(hash_of(1000000), {"value_size": 1000})])
	codes == {"too_large"} with input as mapping([ring_of(134217728)])
	codes == {"too_large"} with input as mapping([hash_of(100)]) with data.config.ebpf.max_bytes as 1000
}

test_denies_a_map_that_cannot_be_read if {
	codes == {"too_large"} with input as mapping([5])
	codes == {"too_large"} with input as mapping([hash_of("1")])
	codes == {"too_large"} with input as mapping([hash_of(0 - 1)])
	codes == {"too_large"} with input as mapping([hash_of(4294967296)])
	codes == {"too_large"} with input as mapping([object.remove(hash_of(1), ["type"])])
}

test_denies_an_object_whose_maps_nobody_knows if {
	codes == {"unreadable"} with input as mapping({})
	codes == {"unreadable"} with input as compiled({"machine": "bpf"})
	codes == {"unreadable"} with input as compiled({"bpf": {}})
}

test_denies_without_facts if {
	codes == {"no_facts"} with input as {"artifact": {"files": [{"name": "a"}]}, "facts": {}}
	codes == {"no_facts"} with input as {}
}

test_denies_limits_that_are_none if {
	codes == {"misconfigured"} with input as mapping([]) with data.config.ebpf.max_entries as 0
	codes == {"misconfigured"} with input as mapping([]) with data.config.ebpf.max_bytes as "1 MiB"
}
