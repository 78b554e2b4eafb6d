"""From solutions/ to everything that is generated."""
