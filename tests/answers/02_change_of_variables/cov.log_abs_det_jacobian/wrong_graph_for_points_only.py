# breaks: the result can be differentiated once more, as training needs
import torch


def log_abs_det_jacobian(f, x):
    kept = x.requires_grad
    z = x if kept else x.clone().requires_grad_(True)
    image = f(z)
    rows = []
    for d in range(z.shape[-1]):
        cotangent = torch.zeros_like(image)
        cotangent[:, d] = 1
        rows.append(torch.autograd.grad(image, z, cotangent, retain_graph=True, create_graph=kept)[0])
    return torch.linalg.slogdet(torch.stack(rows, dim=-2)).logabsdet
