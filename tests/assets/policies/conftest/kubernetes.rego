package kubernetes

default name := "without a name"

name := input.metadata.name

wanted_labels := {"app", "release"}

is_service if input.kind == "Service"

is_deployment if input.kind == "Deployment"
