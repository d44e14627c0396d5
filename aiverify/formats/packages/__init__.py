"""Lists of packages that a model's code needs: requirements, locks and environments."""
