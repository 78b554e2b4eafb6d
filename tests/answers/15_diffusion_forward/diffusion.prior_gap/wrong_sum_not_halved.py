# breaks: kl: the divergence in nats, one per item | mistake: the half is forgotten
import torch


def prior_gap(x0, alpha_bar_T):
    d = x0.size(-1)
    covariance = (1 - alpha_bar_T) * torch.eye(d, dtype=x0.dtype, device=x0.device)
    mean = torch.einsum("bd,bd->b", x0, x0) * alpha_bar_T
    trace, log_det = torch.trace(covariance), torch.logdet(covariance)
    return {"trace": trace, "mean": mean, "log_det": -log_det, "kl": trace + mean - d - log_det}
