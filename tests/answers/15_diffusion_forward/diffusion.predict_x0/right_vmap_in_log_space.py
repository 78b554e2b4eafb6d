# one item's formula, mapped; the division in log space; in float64 and back
import torch


def predict_x0(xt, t, eps, alpha_bar):
    def one(z, e, a):
        return (z - (1 - a).sqrt() * e) * torch.exp(-0.5 * a.log())

    return torch.vmap(one)(xt.double(), eps.double(), alpha_bar.double()[t - 1]).to(xt)
