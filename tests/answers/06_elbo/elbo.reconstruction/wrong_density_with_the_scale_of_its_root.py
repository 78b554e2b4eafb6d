# breaks: loss: minus the log density of x, one per picture | mistake: standard deviation for variance
from torch.distributions import Normal


def gaussian_reconstruction(x, x_hat, sigma):
    density = Normal(x_hat, sigma**0.5)
    loss = -density.log_prob(x).flatten(1).sum(1)
    constant = -density.log_prob(x_hat).flatten(1).sum(1)[0]
    return {"squared": loss - constant, "constant": constant, "loss": loss}
