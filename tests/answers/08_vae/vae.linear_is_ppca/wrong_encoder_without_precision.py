# breaks: the bound is tight: with your V and sigma it is as high as your W's likelihood | mistake: an encoder without Λ
import torch


def linear_vae(cov, d, s):
    lam, U = torch.linalg.eigh(cov)
    lam, U = lam.flip(0)[:d], U.flip(1)[:, :d]
    W = U * (lam - s**2).clamp(min=0).sqrt()
    return {"W": W, "V": W.T / s**2, "sigma": s / lam.clamp(min=s**2).sqrt(), "active": int((lam > s**2).sum())}
