# METADATA
# title: Programs are hardened
# description: >-
#   Every ELF program and library has the protections of data.config.elf.require: nx (a stack that
#   cannot be run), pie, relro, full_relro, bind_now, stack_protector, fortify and stripped. Without
#   that list: nx, pie and relro. What cannot be known of a file, as whether one that imports
#   nothing guards its stack, or whether a library is a PIE, is passed over. Of other files it says
#   nothing.
# custom:
#   severity: error
#   collections: [release]
#   since: "2026-11-26"
package aiverify.elf_hardening

import data.aiverify.lib

default required := ["nx", "pie", "relro"]

required := data.config.elf.require

protections := {"nx", "pie", "relro", "full_relro", "bind_now", "stack_protector", "fortify", "stripped"}

is_sound if {
	lib.is_list_of_strings(required)
	every protection in required {
		protection in protections
	}
}

# What no loader takes.
passive := {"relocatable", "core dump"}

is_loaded(facts) if {
	facts.format == "elf"
	not lib.member(facts.values, "type") in passive
}

hardening(facts) := lib.member(facts.values, "hardening")

has(found, protection) if found[protection] == true

has(found, protection) if {
	protection == "relro"
	found.relro in {"partial", "full"}
}

has(found, protection) if {
	protection == "full_relro"
	found.relro == "full"
}

# Nobody can know it.
has(found, protection) if {
	protection in {"stack_protector", "fortify"}
	object.get(found, protection, false) == null
}

has(found, protection) if {
	protection == "pie"
	object.get(found, protection, null) == null
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.elf.require is not a list of protections that there are",
	"fix": sprintf("Give a list of these: %s.", [concat(", ", protections)]),
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
	"code": "unknown",
	"msg": sprintf("nobody says how %s was built", [name]),
	"fix": "Judge the artifact with `aiverify verify`; a file that cannot be read is no program to trust.",
	"path": lib.pointer(["facts", name, "values", "hardening"]),
} if {
	some name, facts in lib.facts
	is_loaded(facts)
	not is_object(hardening(facts))
}

deny contains {
	"code": "missing",
	"msg": sprintf("%s is built without %s", [name, protection]),
	"fix": "Build it again with -fPIE -pie, -z relro -z now and -z noexecstack (Go: -buildmode=pie).",
	"path": lib.pointer(["facts", name, "values", "hardening"]),
} if {
	is_sound
	some name, facts in lib.facts
	is_loaded(facts)
	found := hardening(facts)
	is_object(found)
	some protection in required
	not has(found, protection)
}
