"""PyTorch's containers, a file for each of their parts."""
