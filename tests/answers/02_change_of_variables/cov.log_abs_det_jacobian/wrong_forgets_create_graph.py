# breaks: the result can be differentiated once more, as training needs | mistake: cut off from its graph
import torch


def log_abs_det_jacobian(f, x):
    values = [torch.linalg.slogdet(torch.autograd.functional.jacobian(f, row)).logabsdet for row in x]
    return torch.stack(values)
