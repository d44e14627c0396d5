"""The pipeline: request and context in, report out. It alone composes the other packages."""
