"""The checks of notebook 05: one file for each exercise, and what they share."""
