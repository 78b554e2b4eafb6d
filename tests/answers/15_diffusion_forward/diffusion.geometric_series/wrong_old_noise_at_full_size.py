# breaks: line 2 puts the step before into the signal of line 1 | mistake: the old noise has not shrunk
import torch


def unroll_twice(x_prev2, eps_old, eps_new, alpha):
    spread = torch.tensor(1 - alpha, dtype=x_prev2.dtype, device=x_prev2.device).sqrt()
    old, new = spread * torch.stack([eps_old, eps_new])
    return {"signal": x_prev2 * alpha, "old_noise": old, "new_noise": new}
