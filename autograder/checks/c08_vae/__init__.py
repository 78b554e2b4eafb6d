"""The checks of notebook 08: one file for each exercise, and what they share."""
