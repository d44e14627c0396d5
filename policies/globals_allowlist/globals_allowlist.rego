# METADATA
# title: Pickles import what is on the allowlist
# description: >-
#   Every global that a pickle in the artifact imports is on the list data.config.globals.allow:
#   names such as collections.OrderedDict, and modules with all that is in them, such as sklearn.*.
#   Without that list, what a checkpoint of PyTorch or an array of NumPy needs is allowed.
# custom:
#   severity: error
#   collections: [release, cluster]
#   since: "2026-11-26"
package aiverify.globals_allowlist

import data.aiverify.lib

default allowlist := [
	"_codecs.encode",
	"collections.OrderedDict",
	"numpy._core.multiarray._reconstruct",
	"numpy._core.multiarray.scalar",
	"numpy.core.multiarray._reconstruct",
	"numpy.core.multiarray.scalar",
	"numpy.dtype",
	"numpy.ndarray",
	"torch.BFloat16Storage",
	"torch.BoolStorage",
	"torch.ByteStorage",
	"torch.CharStorage",
	"torch.DoubleStorage",
	"torch.FloatStorage",
	"torch.HalfStorage",
	"torch.IntStorage",
	"torch.LongStorage",
	"torch.ShortStorage",
	"torch.Size",
	"torch._utils._rebuild_parameter",
	"torch._utils._rebuild_tensor",
	"torch._utils._rebuild_tensor_v2",
	"torch.device",
	"torch.storage.UntypedStorage",
]

allowlist := data.config.globals.allow

names := {entry | some entry in lib.items(allowlist)}

modules := {trim_suffix(entry, "*") |
	some entry in lib.items(allowlist)
	is_string(entry)
	endswith(entry, ".*")
	count(entry) > 2
}

is_allowed(name) if name in names

is_allowed(name) if strings.any_prefix_match(name, modules)

is_readable(facts) if {
	imported := object.get(facts, "globals", [])
	is_array(imported)
	every item in imported {
		lib.is_text(lib.member(item, "name"))
	}
}

deny contains {
	"code": "misconfigured",
	"msg": "data.config.globals.allow is not a list of names",
	"fix": "Give a list such as collections.OrderedDict and sklearn.*.",
	"path": "",
} if {
	not lib.is_list_of_strings(allowlist)
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
	"msg": sprintf("what %s imports cannot be read", [name]),
	"fix": "Judge the artifact with `aiverify verify`.",
	"path": lib.pointer(["facts", name, "globals"]),
} if {
	some name, facts in lib.facts
	not is_readable(facts)
}

deny contains {
	"code": "not_allowed",
	"msg": sprintf("%s imports %s, which is not on the allowlist", [name, item.name]),
	"fix": "Publish the weights as safetensors, or look into what is imported and allow it.",
	"path": lib.pointer(["facts", name, "globals", index]),
} if {
	lib.is_list_of_strings(allowlist)
	some name, facts in lib.facts
	some index, item in lib.items(lib.member(facts, "globals"))
	is_string(lib.member(item, "name"))
	not is_allowed(item.name)
}
