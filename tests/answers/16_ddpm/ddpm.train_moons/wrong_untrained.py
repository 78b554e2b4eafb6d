# breaks: most of the points lie on the moons | mistake: nothing learnt yet
import torch

torch.manual_seed(0)
NET = torch.nn.Sequential(torch.nn.Linear(2, 64), torch.nn.ReLU(), torch.nn.Linear(64, 2))


def sample_moons(xT, noise):
    with torch.no_grad():
        return NET(xT) + 0.3 * noise[0]
