# breaks: the arguments come back as they were given


def optimal_discriminator(log_p_data, log_p_model):
    return log_p_data.sub_(log_p_model).sigmoid()
