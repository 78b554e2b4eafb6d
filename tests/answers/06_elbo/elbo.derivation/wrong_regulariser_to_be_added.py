# breaks: line 3 gathers the terms into a reconstruction and a divergence from the prior | mistake: the divergence with the wrong sign
import math


def elbo_gathered(dz, log_q, log_likelihood, log_prior):
    rows = list(zip(dz.tolist(), log_q.tolist(), log_likelihood.tolist(), log_prior.tolist()))
    reconstruction = math.fsum(w * math.exp(a) * l for w, a, l, _ in rows)
    kl = math.fsum(w * math.exp(a) * (p - a) for w, a, _, p in rows)
    return {"reconstruction": reconstruction, "kl": kl}
