# breaks: the loss can be learnt from: its gradient is the true one | mistake: cut from the graph
import torch


def nll_per_dimension(x, inverse, base):
    with torch.no_grad():
        z, ladj = inverse(x)
        return -(base(z) + ladj).mean() / x.shape[1]
