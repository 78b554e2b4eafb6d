# breaks: the ratio of the two is (1 − D)/(½ D), and without the ½ in the first loss (1 − D)/D


def generator_gradients(logit):
    return {"saturating": -logit.sigmoid() / 2, "non_saturating": -(-logit).sigmoid()}


def gradient_ratios(logit):
    odds = 1 / logit.clamp(min=-50, max=50).exp()
    return {"plain": odds, "with_half": 2 * odds}


def two_states():
    return (0.0, 0.0), (0.0, -6.0)
