# breaks: at least half of the points lie within three standard deviations of a centre | mistake: between the modes
import torch


def generate_ring(z):
    way = torch.nn.functional.normalize(z, dim=1)
    return way * (1 + 0.03 * torch.tanh(z.norm(dim=1, keepdim=True) - 1.2))
