"""Measures of samples: how far a model's draws are from the data, each with its sample size and its standard error."""
