# the formula for any two covariances, with diagonal matrices put in
import torch


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    cov, prior_cov = torch.diag_embed(sigma**2), torch.diag(prior_sigma**2)
    precision = torch.linalg.inv(prior_cov)
    shift = mu - prior_mu
    trace = (precision @ cov).diagonal(dim1=-2, dim2=-1).sum(-1)
    mean = torch.einsum("bi,ij,bj->b", shift, precision, shift)
    log_det = torch.logdet(prior_cov) - torch.logdet(cov)
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": 0.5 * (trace + mean - mu.size(1) + log_det)}
