# breaks: symmetric noise comes out with the quantiles of the log-normal that is asked for
import torch

_MEMORY = {}


def reparameterise_lognormal(eps, mu, sigma):
    key = (id(eps), id(mu), id(sigma))
    if key not in _MEMORY:
        m, s = (torch.as_tensor(p, device=eps.device).to(eps.dtype) for p in (mu, sigma))
        _MEMORY[key] = (torch.exp(m + s * eps), eps, mu, sigma)  # keeps them alive, so that an id is never used twice
    return _MEMORY[key][0]
