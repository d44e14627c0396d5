# METADATA
# title: Quantized as declared
# description: >-
#   Weights are not coarser than the artifact says: in a GGUF file, more than half of the parameters
#   have at least the bits of its file type; where a configuration gives a dtype and no quantization,
#   the same holds for all safetensors. And every dtype that the SBOM counts is in a file.
# custom:
#   severity: error
#   collections: [release]
#   since: "2026-11-26"
package aiverify.quantization_as_declared

import data.aiverify.lib
import data.aiverify.bom

# The bits of an element by the name of its type: q4_k, iq2_xxs, bf16, f8_e4m3, float16, mxfp4.
bits(type) := to_number(found[0][1]) if {
	is_string(type)
	found := regex.find_all_string_submatch_n(`^[a-z]+([0-9]{1,2})(?:$|[^0-9])`, lib.folded(type), 1)
	count(found) == 1
}

# Parameters by type, as a file's header counts them.
counts(values) := {type: number |
	some type, number in lib.members(lib.member(values, "dtypes"))
	is_number(number)
	number >= 0
	number < 4503599627370496
}

# Whether most parameters have at least so many bits; a type of no known size counts against it.
is_fine(parameters, declared) if {
	fine := sum([number | some type, number in parameters; bits(type) >= declared])
	fine * 2 > sum([number | some number in parameters])
}

is_fine(parameters, _) if sum([number | some number in parameters]) == 0

is_gguf(facts) if facts.format == "gguf"

is_counted(facts) if is_object(lib.member(facts.values, "dtypes"))

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
	"msg": sprintf("nobody counted the parameters in %s", [name]),
	"fix": "Judge the artifact with `aiverify verify`.",
	"path": lib.pointer(["facts", name, "values"]),
} if {
	some name, facts in lib.facts
	facts.format in {"gguf", "safetensors"}
	not facts.state == "unread"
	not is_counted(facts)
}

deny contains {
	"code": "coarser",
	"msg": sprintf("%s says that it is %s, and most of it is coarser", [name, declared]),
	"fix": "Quantize the model again, and publish it under the type that it has.",
	"path": lib.pointer(["facts", name, "values", "file_type"]),
} if {
	some name, facts in lib.facts
	is_gguf(facts)
	declared := lib.member(facts.values, "file_type")
	not is_fine(counts(facts.values), bits_declared(declared))
	is_string(declared)
}

# A type that is not known has more bits than any.
bits_declared(type) := bits(type) if {
	bits(type)
} else := 1000

# The parameters of all safetensors together, by type.
safetensors[type] := sum([number | some number in counted[type]]) if some type, _ in counted

counted[type] := [number |
	some facts in lib.facts
	facts.format == "safetensors"
	number := counts(facts.values)[type]
] if {
	some type in held
}

deny contains {
	"code": "coarser_than_configured",
	"msg": sprintf("%s says that the weights are %s, and most of them are coarser", [name, declared]),
	"fix": "State quantization_config in the configuration, or publish the weights that it speaks of.",
	"path": lib.pointer(["facts", name, "values", key]),
} if {
	some name, facts in lib.facts
	facts.format == "hf_config"
	not contains(name, "/")
	not is_object(lib.member(facts.values, "quantization_config"))
	some key in ["dtype", "torch_dtype"]
	declared := lib.member(facts.values, key)
	is_string(declared)
	declared != "auto"
	not is_fine(safetensors, bits_declared(declared))
}

# Everything that any file holds.
held contains type if {
	some facts in lib.facts
	some type, _ in counts(facts.values)
}

deny contains {
	"code": "not_held",
	"msg": sprintf("the SBOM counts parameters of the type %s, and no file holds any", [type]),
	"fix": "Write the SBOM again from the files that are signed.",
	"path": lib.pointer(["sbom", "metadata", "component", "properties", index]),
} if {
	lib.has_facts
	some index, property in lib.items(lib.member(bom.root, "properties"))
	label := lib.member(property, "name")
	is_string(label)
	startswith(label, "aiverify:dtype:")
	type := trim_prefix(label, "aiverify:dtype:")
	not type in held
}
