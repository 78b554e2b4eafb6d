"""From damaged cells to those of the release."""
