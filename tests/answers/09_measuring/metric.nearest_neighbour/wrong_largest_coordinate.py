# breaks: the first number is the mean distance of a fake to the nearest training sample


def neighbour_ratio(train, fake, test):
    def f(x):
        return (x[:, None] - train[None]).abs().amax(-1).amin(1).mean()

    return {"fake": f(fake), "real": f(test), "ratio": f(fake) / f(test)}
