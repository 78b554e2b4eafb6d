def ddim_step(xt, eps, noise, now, before, eta):
    ratio = (before / now) ** 0.5
    s2 = eta * eps.new_tensor(eta) * (1 - before) * (before - now) / before / (1 - now)
    return ratio * xt + ((1 - before - s2) ** 0.5 - ratio * (1 - now) ** 0.5) * eps + s2**0.5 * noise
