"""TensorFlow's graphs: their operators, and what those reach."""
