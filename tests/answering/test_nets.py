"""A network by name is the formula of its docstring with the weights that were handed over."""

import itertools

import numpy as np
import pytest
import torch

from pushforward.answering.nets import ARCHITECTURES, mlp


def weights(sizes: tuple[int, ...], dtype: torch.dtype) -> list[torch.Tensor]:
    """W_1, b_1, … for layers of these sizes."""
    generator = torch.Generator().manual_seed(0)
    found = []
    for n_in, n_out in itertools.pairwise(sizes):
        found.append(torch.randn(n_out, n_in, generator=generator, dtype=dtype))
        found.append(torch.randn(n_out, generator=generator, dtype=dtype))
    return found


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("sizes", [(2, 1), (3, 5, 2), (1, 4, 4, 1)])
def test_mlp_is_affine_maps_with_tanh_between_them(sizes: tuple[int, ...], dtype: torch.dtype) -> None:
    given = weights(sizes, dtype)
    x = torch.linspace(-1, 1, 7 * sizes[0], dtype=dtype).reshape(7, sizes[0])
    expected = x.double().numpy()
    for i in range(0, len(given), 2):
        expected = np.tanh(expected) if i else expected
        expected = expected @ given[i].double().numpy().T + given[i + 1].double().numpy()
    found = ARCHITECTURES["mlp"](given)(x)
    assert found.dtype == dtype
    np.testing.assert_allclose(found.detach().double().numpy(), expected, rtol=1e-5, atol=1e-5)


def test_parameters_come_in_the_order_of_the_weights_and_can_be_trained() -> None:
    given = weights((2, 3, 1), torch.float32)
    net = mlp(given)
    assert all(map(torch.equal, net.parameters(), given))
    net(torch.ones(1, 2)).sum().backward()
    assert all(p.grad is not None for p in net.parameters())


def test_training_the_network_leaves_the_weights_that_were_handed_over() -> None:
    given = weights((2, 1), torch.float32)
    before = [w.clone() for w in given]
    with torch.no_grad():
        for p in mlp(given).parameters():
            p.zero_()
    assert all(map(torch.equal, given, before))


def test_a_weight_without_a_bias_is_refused() -> None:
    with pytest.raises(ValueError):
        mlp(weights((2, 3, 1), torch.float32)[:-1])


@pytest.mark.parametrize("D", [1, 2, 3])
def test_a_flow_and_its_inverse_undo_each_other_with_the_determinant_of_the_jacobian(D: int) -> None:
    generator = torch.Generator().manual_seed(D)
    given = [torch.randn(D, generator=generator, dtype=torch.float64) for _ in "st"]
    z = torch.randn(4, D, generator=generator, dtype=torch.float64)
    x, forth = ARCHITECTURES["flow"](given)(z)
    again, back = ARCHITECTURES["flow_inverse"](given)(x)
    torch.testing.assert_close(again, z)
    torch.testing.assert_close(forth, -back)
    jacobian = torch.autograd.functional.jacobian(lambda v: ARCHITECTURES["flow"](given)(v)[0].sum(0), z).transpose(
        0, 1
    )
    torch.testing.assert_close(forth, torch.linalg.slogdet(jacobian).logabsdet)
