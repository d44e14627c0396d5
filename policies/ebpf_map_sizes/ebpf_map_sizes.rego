# METADATA
# title: eBPF maps are bounded
# description: >-
#   Every map of an eBPF object has at most data.config.ebpf.max_entries entries (without it: 1048576)
#   and at most data.config.ebpf.max_bytes bytes (without it: 67108864), which the kernel keeps in
#   memory that is not swapped. Of other files it says nothing.
# custom:
#   severity: error
#   collections: [release, cluster]
#   since: "2026-11-26"
package aiverify.ebpf_map_sizes

import data.aiverify.lib

default max_entries := 1048576

max_entries := data.config.ebpf.max_entries

default max_bytes := 67108864

max_bytes := data.config.ebpf.max_bytes

is_sound if {
	is_limit(max_entries)
	is_limit(max_bytes)
}

is_limit(value) if {
	is_size(value)
	value > 0
}

is_size(value) if {
	is_number(value)
	value >= 0
	value <= 4503599627370496
}

is_ebpf(facts) if lib.member(facts.values, "bpf") != null

is_ebpf(facts) if lib.member(facts.values, "machine") == "bpf"

maps(facts) := lib.member(facts.values, ["bpf", "maps"])

# Maps whose entries are bytes, and those that have what the kernel fills in.
is_ring(map) if map.type in {"ringbuf", "user_ringbuf"}

entries(map) := 1 if {
	is_ring(map)
} else := map.max_entries

bytes(map) := map.max_entries if {
	is_ring(map)
} else := map.max_entries * (map.key_size + map.value_size)

is_bounded(map) if {
	is_string(map.type)
	every key in ["key_size", "value_size", "max_entries"] {
		is_size(map[key])
		map[key] < 4294967296
	}
	entries(map) <= max_entries
	bytes(map) <= max_bytes
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.ebpf.max_entries or data.config.ebpf.max_bytes is no number above 0",
	"fix": "Give the entries and the bytes that a map may have.",
	"path": "",
} if {
	not is_sound
}

deny contains {
	"code": "no_facts",
	"msg": "there are no facts to look into",
	"fix": "Judge the artifact with `aiverify verify`, which looks into every file.",
	"path": "/facts",
} if {
	not lib.has_facts
}

deny contains {
	"code": "unreadable",
	"msg": sprintf("nobody says which maps %s has", [name]),
	"fix": "Build it with BTF (-g), and judge it with `aiverify verify`.",
	"path": lib.pointer(["facts", name, "values", "bpf", "maps"]),
} if {
	some name, facts in lib.facts
	is_ebpf(facts)
	not is_array(maps(facts))
}

deny contains {
	"code": "too_large",
	"msg": sprintf("the map %s of %s is larger than is allowed", [lib.name_of(map), name]),
	"fix": "Give the map a smaller max_entries, or raise the limit in data.config.ebpf.",
	"path": lib.pointer(["facts", name, "values", "bpf", "maps", index]),
} if {
	some name, facts in lib.facts
	some index, map in lib.items(maps(facts))
	not is_bounded(map)
}
