"""Where students' code runs, and what may leave it."""
