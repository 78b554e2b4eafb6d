# breaks: the discriminator's loss sends its gradient to D's weights, and none to the generated points | mistake: D learns nothing from the generated points
import torch
import torch.nn.functional as F


def loss_of_discriminator(D, x_real, x_fake, r1):
    with torch.no_grad():
        taken_for_real = F.softplus(D(x_fake)).mean()
    x = x_real.detach().clone().requires_grad_(True)
    logits = D(x)
    slope = torch.autograd.grad(logits, x, torch.ones_like(logits), create_graph=True)[0]
    return (F.softplus(-logits).mean() + taken_for_real + r1 * (slope**2).sum(-1).mean()) / 2


def loss_of_generator(D, x_fake):
    return F.softplus(-D(x_fake)).mean()
