"""Judge of 07_gradients_through_samples: two estimators of a gradient, and the log-normal as a pushed-forward normal."""
