import torch


def step(M, x, y):
    return M[0][0] * x + M[0][1] * y, M[1][0] * x + M[1][1] * y


def simultaneous_step(x, y, eta):
    return step([[1, -eta], [eta, 1]], x, y)


def alternating_step(x, y, eta):
    return step([[1, -eta], [eta, 1 - eta**2]], x, y)


def extragradient_step(x, y, eta):
    return step([[1 - eta**2, -eta], [eta, 1 - eta**2]], x, y)


def radius_factors(eta):
    plain = torch.tensor([[1.0, -eta], [eta, 1.0]])
    ahead = torch.tensor([[1 - eta**2, -eta], [eta, 1 - eta**2]])
    return {
        "simultaneous": torch.linalg.matrix_norm(plain, 2),
        "extragradient": torch.linalg.matrix_norm(ahead, 2),
    }


def invariant(x, y, eta):
    return (x - eta / 2 * y) ** 2 + (1 - eta**2 / 4) * y**2
