"""What files claim of a model, held against what other files say and what the weights are."""
