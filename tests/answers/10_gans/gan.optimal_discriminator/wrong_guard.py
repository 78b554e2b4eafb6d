# breaks: D* is right where the densities themselves are too small or too large for floats


def optimal_discriminator(log_p_data, log_p_model):
    p, q = log_p_data.double().exp(), log_p_model.double().exp()
    return (p / (p + q + 1e-8)).to(log_p_data)
