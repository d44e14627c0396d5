# METADATA
# title: Bill of materials
# description: Looking into a CycloneDX document. It judges nothing by itself.
# custom:
#   since: "2026-11-26"
package aiverify.bom

import data.aiverify.lib

default is_there := false

is_there if {
	input.sbom.bomFormat == "CycloneDX"
	is_string(input.sbom.specVersion)
}

root := lib.at(["sbom", "metadata", "component"])

listed := input.sbom.components if is_array(input.sbom.components)

# Every component by the JSON pointer to it: the root, and all others however deep they lie.
components["/sbom/metadata/component"] := root if is_object(root)

components[path] := component if {
	some index, component in listed
	is_object(component)
	path := sprintf("/sbom/components/%d", [index])
}

# Few have others below them, so that few have to be walked through.
components[path] := component if {
	some index, holder in listed
	is_array(holder.components)
	walk(holder.components, [parts, component])
	is_object(component)
	is_component(parts)
	path := lib.pointer(array.concat(["sbom", "components", index, "components"], parts))
}

# Components lie in lists named `components`, one in another.
is_component(parts) if {
	is_number(parts[count(parts) - 1])
	every part in parts {
		is_step(part)
	}
}

is_step(part) if is_number(part)

is_step(part) if part == "components"

# What a component's properties of a name say.
properties(component, name) := {property.value |
	some property in lib.items(lib.member(component, "properties"))
	lib.member(property, "name") == name
	is_string(lib.member(property, "value"))
}

# What a component's hashes of SHA-256 say. No letter but those of ASCII comes to a hexadecimal one.
hashes(component) := {lower(hash.content) |
	is_array(component.hashes)
	some hash in component.hashes
	hash.alg == "SHA-256"
	is_string(hash.content)
}

# What a component can be called by in other documents.
names(component) := {name |
	some key in ["bom-ref", "purl"]
	name := component[key]
	lib.is_text(name)
}

card := lib.member(root, "modelCard")

# Every dataset by the JSON pointer to it: what describes it, and its licences. It is a
# component of its own, or stands in the model card.
datasets[path] := {
	"name": lib.name_of(component),
	"descriptions": lib.items(lib.member(component, "data")),
	"component": component,
} if {
	some path, component in components
	component.type == "data"
}

datasets[path] := {
	"name": lib.name_of(dataset),
	"descriptions": [dataset],
	"component": dataset,
} if {
	some index, dataset in lib.items(lib.member(card, ["modelParameters", "datasets"]))
	not is_string(lib.member(dataset, "ref"))
	path := lib.pointer(["sbom", "metadata", "component", "modelCard", "modelParameters", "datasets", index])
}
