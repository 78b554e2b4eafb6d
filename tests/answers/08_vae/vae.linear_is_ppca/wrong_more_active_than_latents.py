# breaks: active counts the latents whose direction varies more than the noise | mistake: directions that no latent serves are counted
import torch


def linear_vae(cov, d, s):
    lam, U = torch.linalg.eigh(cov)
    active = int((lam > s**2).sum())
    lam, U = lam.flip(0)[:d], U.flip(1)[:, :d]
    W = U * (lam - s**2).clamp(min=0).sqrt()
    return {"W": W, "V": W.T / lam[:, None], "sigma": s / lam.clamp(min=s**2).sqrt(), "active": active}
