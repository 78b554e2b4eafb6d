"""Judge of 02_change_of_variables: densities pushed through maps, and which maps make a flow."""
