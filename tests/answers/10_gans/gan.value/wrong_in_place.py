# breaks: the arguments come back as they were given


def value_half(d_real, d_fake):
    return 0.5 * value_plain(d_real, d_fake)


def value_plain(d_real, d_fake):
    real = d_real.log().mean()
    fake = d_fake.neg_().add_(1).log().mean()
    return real + fake
