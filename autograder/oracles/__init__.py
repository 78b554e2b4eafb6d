"""Exact truths that share no line with the answers they judge."""
