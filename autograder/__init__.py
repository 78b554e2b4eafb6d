"""The judge's side of the course: checks, oracles, the release builder and the command line."""
