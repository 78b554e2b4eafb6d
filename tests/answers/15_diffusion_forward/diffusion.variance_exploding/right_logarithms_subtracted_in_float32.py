# log v2 − log v1 in torch's default type
import torch


def ve_prior_gaps(mean, var, T, sigma):
    v1 = torch.tensor(var + T * sigma**2)

    def gap(m2, v2):
        v2 = torch.as_tensor(v2, dtype=torch.float32)
        return float(0.5 * (v2.log() - v1.log() + (v1 + (mean - m2) ** 2) / v2 - 1))

    noise = T * sigma**2
    return {"noise": gap(0.0, noise), "mean": gap(mean, noise), "spread": gap(0.0, v1), "both": gap(mean, v1)}
