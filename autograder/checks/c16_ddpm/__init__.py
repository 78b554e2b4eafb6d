"""Judge of 16_ddpm: the loss, the reverse chain and the bound of denoising diffusion."""
