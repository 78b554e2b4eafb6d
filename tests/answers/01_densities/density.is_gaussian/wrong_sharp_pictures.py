# breaks: fitted to the training digits it costs at most 131.7 nats on the test digits | mistake: without the noise
def fit_pixels(pictures):
    mu = pictures.mean(0)
    return mu, (pictures - mu).T @ (pictures - mu) / len(pictures)
