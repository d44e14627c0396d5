"""ONNX graphs, with the tensors in them and beside them."""
