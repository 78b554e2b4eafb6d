import torch


def simultaneous_step(x, y, eta):
    z = torch.complex(x, y) * (1 + 1j * eta)
    return z.real, z.imag


def alternating_step(x, y, eta):
    new = torch.add(x, y, alpha=-eta)
    return new, torch.add(y, new, alpha=eta)


def extragradient_step(x, y, eta):
    z = torch.complex(x, y)
    z = z + 1j * eta * (z + 1j * eta * z)
    return z.real, z.imag


def radius_factors(eta):
    return {"simultaneous": abs(1 + 1j * eta), "extragradient": abs(1 + 1j * eta * (1 + 1j * eta))}


def invariant(x, y, eta):
    return (x + y) ** 2 - (2 + eta) * x * y
