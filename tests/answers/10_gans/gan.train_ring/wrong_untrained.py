# breaks: at least half of the points lie within three standard deviations of a centre
import torch

torch.manual_seed(0)
NET = torch.nn.Sequential(torch.nn.Linear(2, 64), torch.nn.LeakyReLU(0.2), torch.nn.Linear(64, 2))


def generate_ring(z):
    with torch.no_grad():
        return NET(z)
