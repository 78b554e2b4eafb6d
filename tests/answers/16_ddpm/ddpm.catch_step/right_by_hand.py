import torch


def is_step_back(implementation):
    beta = torch.tensor([0.1, 0.2, 0.4], dtype=torch.float64)
    one, zero = torch.ones(1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64)

    def gives(x, e, z, t, want):
        return abs(float(implementation(x, e, z, t, beta)) - want) < 1e-3

    return (
        gives(0.5 * one, -one, zero, 2, 0.9816)
        and gives(zero, zero, one, 2, 0.2**0.5)
        and gives(one, zero, one, 1, 0.9**-0.5)
        and gives(zero, one, one, 1, -0.1 / 0.1**0.5 / 0.9**0.5)
        and gives(zero, zero, one, 3, 0.4**0.5)
    )
