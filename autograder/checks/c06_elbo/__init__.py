"""Judge of 06_elbo: a lower bound on log p(x), what it is made of, and how far below it lies."""
