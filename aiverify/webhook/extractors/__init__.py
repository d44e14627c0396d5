"""Finding the artifacts that an object names, a file a family of kinds."""
