# numpy for two latents: each pixel multiplies the exponent by its own square; losses item by item; explicit chains
import numpy as np
import torch


def ladder_nelbo(x, eps_2, eps_1, encode_2, encode_1, prior_1, decode, s):
    half = np.log(2 * np.pi) / 2
    d, e = eps_2.shape[1], eps_1.shape[1]
    rows = []
    for n in range(len(x)):
        a = encode_2(x[n : n + 1])[0]
        m2, v2 = a[:d], a[d:].exp()
        z2 = m2 + v2 * eps_2[n]
        a = encode_1(torch.cat([x[n], z2])[None])[0]
        m1, v1 = a[:e], a[e:].exp()
        a = prior_1(z2[None])[0]
        p1, w1 = a[:e], a[e:].exp()
        z1 = m1 + v1 * eps_1[n]
        mean = decode(torch.cat([z1, z2])[None])[0]
        r = (((x[n] - mean) / s) ** 2 / 2 + half + np.log(s)).sum()
        k2 = ((v2**2 + m2**2 - 1) / 2 - v2.log()).sum()
        k1 = (((v1 / w1) ** 2 + ((m1 - p1) / w1) ** 2 - 1) / 2 - v1.log() + w1.log()).sum()
        rows.append(torch.stack([r, k2, k1, r + k2 + k1]))
    table = torch.stack(rows)
    return dict(zip(("reconstruction", "kl_2", "kl_1", "nelbo"), table.unbind(1)))


def top_down(x, W, s):
    x, W = x.detach().cpu().double().numpy(), W.detach().cpu().double().numpy()
    P, h = np.eye(2), np.zeros(2)
    for xi, w in zip(x, W):
        P, h = P + np.outer(w, w) / s**2, h + w * xi / s**2
    mean = np.linalg.solve(P, h)
    slope = -P[0, 1] / P[0, 0]
    sigma_2 = np.sqrt(P[0, 0] / (P[0, 0] * P[1, 1] - P[0, 1] ** 2))
    steps = {"mu_2": mean[1], "sigma_2": sigma_2, "offset": mean[0] - slope * mean[1], "slope": slope}
    return {**{k: float(v) for k, v in steps.items()}, "sigma_1": float(P[0, 0] ** -0.5)}


def chain_nelbo(x, A, b):
    a, c, rows = A.detach().cpu().double().numpy(), b.detach().cpu().double().numpy(), []
    for picture in x.tolist():
        costs = []
        for k, value in enumerate(picture):
            logit = c[k] + sum(a[k, j] * picture[j] for j in range(k))
            costs.append(np.logaddexp(0, -logit if value else logit))
        rows.append(costs)
    kl = torch.tensor(np.array(rows))
    return {"kl": kl.to(x), "nelbo": kl.sum(1).to(x)}
