import math

import torch


def is_discriminator_loss(implementation):
    def near(real, fake, want):
        got = float(implementation(torch.tensor(real), torch.tensor(fake)))
        return abs(got - want) < 1e-3 * (1 + abs(want))

    log2 = math.log(2)
    return (
        near([0.0], [0.0], log2)
        and near([0.0, 2.0], [-1.0], 0.3616)
        and near([0.0, 0.0, 0.0], [1000.0], 0.5 * log2 + 500)
        and near([-1000.0, 0.0], [0.0], 250 + 0.75 * log2)
        and near([1000.0], [0.0, -1000.0, -1000.0, 0.0], 0.25 * log2)
    )
