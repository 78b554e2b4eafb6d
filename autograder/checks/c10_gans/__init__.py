"""Judge of 10_gans: the adversarial game, its optimum, its gradients and what is trained with it."""
