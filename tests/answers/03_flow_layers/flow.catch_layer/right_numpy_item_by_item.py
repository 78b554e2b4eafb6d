import numpy as np
import torch


def _run(layer, point, **how):
    moved, ladj = layer(torch.as_tensor(point, dtype=torch.float64)[None], **how)
    return moved[0].numpy(), float(ladj[0])


def is_a_layer(layer):
    dice = np.random.default_rng(1)
    batch = dice.normal(size=(5, 3)) * 1.5
    together, volumes = layer(torch.tensor(batch))
    home, home_volumes = layer(together, inverse=True)
    for i, point in enumerate(batch):
        x, ladj = _run(layer, point)
        J = np.zeros((3, 3))
        for j in range(3):
            e = np.eye(3)[j] * 1e-4
            J[:, j] = (_run(layer, point + e)[0] - _run(layer, point - e)[0]) / 2e-4
        truth = np.log(abs(np.linalg.det(J)))
        errors = [x - together[i].numpy(), ladj - float(volumes[i]), ladj - truth, home[i].numpy() - point]
        errors += [float(home_volumes[i]) + truth]
        if not max(np.abs(error).max() for error in errors) < 1e-4:
            return False
    return True
