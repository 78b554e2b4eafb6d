# breaks: log_det: the logarithm of the prior's determinant over q's | mistake: the determinants upside down
import torch


def kl_gaussian(mu, sigma, prior_mu, prior_sigma):
    cov, prior_cov = torch.diag_embed(sigma**2), torch.diag(prior_sigma**2)
    shift = (mu - prior_mu).unsqueeze(-1)
    trace = torch.linalg.solve(prior_cov, cov).diagonal(dim1=-2, dim2=-1).sum(-1)
    mean = (shift.mT @ torch.linalg.solve(prior_cov, shift)).reshape(-1)
    log_det = torch.linalg.slogdet(cov).logabsdet - torch.linalg.slogdet(prior_cov).logabsdet
    return {"trace": trace, "mean": mean, "log_det": log_det, "kl": (trace + mean - mu.shape[1] + log_det) / 2}
