# METADATA
# title: eBPF programs are GPL-compatible
# description: >-
#   Every eBPF object states a licence that kernels take for GPL-compatible, without which they
#   refuse many helpers; data.config.ebpf.licences is the list of them, as kernels spell them. Of other
#   files it says nothing.
# custom:
#   severity: error
#   collections: [release, cluster]
#   since: "2026-11-26"
package aiverify.ebpf_licence

import data.aiverify.lib

# linux/license.h
default licences := [
	"GPL",
	"GPL v2",
	"GPL and additional rights",
	"Dual BSD/GPL",
	"Dual MIT/GPL",
	"Dual MPL/GPL",
]

licences := data.config.ebpf.licences

is_ebpf(facts) if lib.member(facts.values, "bpf") != null

is_ebpf(facts) if lib.member(facts.values, "machine") == "bpf"

stated(facts) := text if {
	text := lib.member(facts.values, ["bpf", "license"])
	lib.is_text(text)
} else := "none"

deny contains {
	"code": "misconfigured",
	"msg": "data.config.ebpf.licences is not a list of licences",
	"fix": "Give a list such as GPL and Dual BSD/GPL.",
	"path": "",
} if {
	not lib.is_list_of_strings(licences)
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
	"code": "not_compatible",
	"msg": sprintf("the licence of %s is %s, which is not GPL-compatible", [name, stated(facts)]),
	"fix": `State one in the source: char LICENSE[] SEC("license") = "GPL".`,
	"path": lib.pointer(["facts", name, "values", "bpf", "license"]),
} if {
	some name, facts in lib.facts
	is_ebpf(facts)
	not is_allowed(stated(facts))
}

is_allowed(licence) if {
	lib.is_list_of_strings(licences)
	licence in licences
}
