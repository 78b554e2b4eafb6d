"""One module per notebook, one class per exercise, in the order of the course."""
