"""Judge of 15_diffusion_forward: the forward process, its schedules and its posterior."""
