# breaks: every row gets the alternating sum of its own vᵀJᵏv / k | mistake: the vector differentiated as well
import torch


def hutchinson_ladj(f, z, v, n):
    with torch.enable_grad():
        q = z if z.requires_grad else z.clone().requires_grad_(True)
        w, terms = v, []
        for k in range(n):
            (w,) = torch.autograd.grad((f(q) * w).sum(), q, create_graph=True)
            terms.append(torch.einsum("bd,bd->b", w, v) * (1 if k % 2 == 0 else -1) / (k + 1))
        return torch.stack(terms, 1).sum(1)
