# both roots by way of the logarithm
import torch


def q_sample(x0, t, eps, alpha_bar):
    log_a = torch.log(alpha_bar)[t - 1]
    signal, noise = torch.exp(0.5 * log_a), torch.sqrt(-torch.expm1(log_a))
    axes = tuple(range(1, x0.dim()))
    for _ in axes:
        signal, noise = signal[..., None], noise[..., None]
    return signal.expand_as(x0) * x0 + noise.expand_as(x0) * eps
