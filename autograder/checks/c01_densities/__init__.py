"""Judge of 01_densities: what a density is, what its constant costs, and how one is fitted."""
