# breaks: the second is the same for the test samples | mistake: test against fakes


def neighbour_ratio(train, fake, test):
    def f(x):
        d = (x[:, None] - train[None]).pow(2).sum(-1).sqrt()
        return d.min(dim=1)[0].mean()

    a, b = f(fake), (test[:, None] - fake[None]).norm(dim=-1).min(1)[0].mean()
    return {"fake": a, "real": b, "ratio": a / b}
