import torch


def is_a_layer(layer):
    z = torch.tensor([[0.3, -1.2, 2.0], [1.7, 0.4, -0.6], [-2.1, 1.1, 0.9]], dtype=torch.float64)
    x, ladj = layer(z)
    again, minus = layer(x, inverse=True)
    if (again - z).abs().max() > 1e-5 or (ladj + minus).abs().max() > 1e-5:
        return False
    for i in range(3):
        one, volume = layer(z[i : i + 1])
        if (one - x[i]).abs().max() > 1e-6 or (volume - ladj[i]).abs().max() > 1e-6:
            return False
        around = z[i] + 1e-4 * torch.cat([torch.eye(3), -torch.eye(3)]).double()
        moved = torch.cat([layer(point[None])[0] for point in around])
        J = ((moved[:3] - moved[3:]) / 2e-4).T
        if (torch.linalg.slogdet(J)[1] - ladj[i]).abs() > 1e-4:
            return False
    return True
