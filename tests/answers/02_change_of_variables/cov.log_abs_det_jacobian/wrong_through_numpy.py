# breaks: the result can be differentiated once more, as training needs | mistake: cut off from its graph
import numpy as np
import torch


def log_abs_det_jacobian(f, x):
    J = torch.func.vmap(torch.func.jacrev(f))(x.detach()).cpu().numpy()
    return torch.as_tensor(np.linalg.slogdet(J)[1], device=x.device)
