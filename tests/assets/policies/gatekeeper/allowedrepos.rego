package allowedrepos

violation contains {"msg": msg} if {
	container := input_containers[_]
	not strings.any_prefix_match(container.image, input.parameters.repos)
	not is_exempt(container)
	msg := sprintf("container <%v> has image <%v>, which comes from none of %v", [container.name, container.image, input.parameters.repos])
}

is_exempt(container) if {
	exempt := object.get(object.get(input, "parameters", {}), "exemptImages", [])
	img := container.image
	exemption := exempt[_]
	_matches_exemption(img, exemption)
}

_matches_exemption(img, exemption) if {
	not endswith(exemption, "*")
	exemption == img
}

_matches_exemption(img, exemption) if {
	endswith(exemption, "*")
	prefix := trim_suffix(exemption, "*")
	startswith(img, prefix)
}

input_containers contains c if c := input.review.object.spec.containers[_]

input_containers contains c if c := input.review.object.spec.initContainers[_]

input_containers contains c if c := input.review.object.spec.ephemeralContainers[_]
