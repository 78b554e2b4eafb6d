# breaks: line 1 has the four terms of the divergence of two normal distributions
import torch


def kl_terms(mu_q, var_q, mu_p, var_p):
    d = mu_q.numel()
    det_q = torch.tensor(var_q, dtype=torch.float64) ** d
    det_p = torch.tensor(var_p, dtype=torch.float64) ** d
    return {
        "trace": d * var_q / var_p,
        "mean": (mu_q - mu_p).square().sum() / var_p,
        "dimension": d,
        "log_det": det_p.log() - det_q.log(),
    }
