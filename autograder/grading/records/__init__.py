"""What is kept: state, gradebook, course."""
