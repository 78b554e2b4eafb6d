# broadcast by hand, one entry at a time, in double precision
import torch


def rescale_lognormal(z, mu, sigma):
    tensors = [torch.as_tensor(v, dtype=torch.float64, device=z.device) for v in (z, mu, sigma)]
    tensors = torch.broadcast_tensors(*tensors)
    entries = zip(*(t.reshape(-1) for t in tensors), strict=True)
    out = [torch.exp(m) * torch.exp(s * torch.log(x)) for x, m, s in entries]
    return torch.stack(out).reshape(tensors[0].shape).to(z.dtype)
