"""The checks of notebook 08: variational autoencoders."""
