package compose

images := [object.union(parts(service.image), {"service": name}) |
	some name, service in input.services
]

parts(image) := {"name": image, "tag": "latest"} if not contains(image, ":")

else := {"name": name, "tag": tag} if {
	[name, tag] := split(image, ":")
}

deny contains msg if {
	some image in images
	image.tag == "latest"
	msg := sprintf("%s: %s floats", [image.service, image.name])
}

deny contains msg if {
	version := to_number(input.version)
	version < 3.5
	msg := sprintf("version %v is too old", [version])
}

violation_ports contains {"msg": msg, "path": path} if {
	some name, service in input.services
	some index, port in service.ports
	host := to_number(split(port, ":")[0])
	host < 1024
	not host in {80, 443}
	path := sprintf("/services/%s/ports/%d", [name, index])
	msg := sprintf("%s takes port %d of the host", [name, host])
}
