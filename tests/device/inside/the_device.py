"""The second device is as strict as a GPU, and does whatever else torch does. The same tests hold on a real one."""

from __future__ import annotations

import copy
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from tests.device import pretend


@pytest.fixture
def x(device: torch.device) -> torch.Tensor:
    return torch.tensor([0.5, -1.0, 2.0], device=device)


def there(made: torch.Tensor, device: torch.device) -> torch.Tensor:
    """The same tensor, once it is known to live there, on the CPU."""
    assert made.device.type == device.type
    return made.detach().cpu()


# --- mixing ----------------------------------------------------------------------------------------------------

here = torch.tensor([1.0, 2.0, 3.0])
REFUSED: dict[str, Callable] = {
    "a sum": lambda x: x + here,
    "a sum with one entry": lambda x: x + here[:1],
    "a sum into the CPU": lambda x: here.clone().add_(x),
    "a number of the CPU in place": lambda x: torch.tensor(1.0).mul_(x[0]),
    "a result on the CPU": lambda x: torch.add(x, x, out=torch.empty(3)),
    "a product": lambda x: x @ here,
    "a network": lambda x: nn.Linear(3, 1)(x),
    "a list": lambda x: torch.cat([x, here]),
    "a list of numbers": lambda x: torch.stack([x[0], torch.tensor(1.0)]),
    "a condition": lambda x: torch.where(here > 1, x, 0.0),
    "a mask to fill": lambda x: x.masked_fill(here > 1, 0.0),
    "a tensor of the CPU by an index from there": lambda x: here[torch.tensor([0, 1], device=x.device)],
    "a tensor of the CPU by a mask from there": lambda x: here[x > 0],
    "index_select by an index of the CPU": lambda x: x.index_select(0, torch.tensor([0])),
    "gather by an index of the CPU": lambda x: x.gather(0, torch.tensor([0])),
    "values for an index": lambda x: x.clone().index_put_((torch.tensor([0, 1], device=x.device),), here[:2]),
    "a generator of the CPU": lambda x: torch.randn(3, device=x.device, generator=torch.Generator()),
}


@pytest.mark.parametrize("mixed", REFUSED)
def test_mixing_is_refused(mixed: str, x: torch.Tensor) -> None:
    with pytest.raises(RuntimeError, match=r"same device|indices should be|device type for generator"):
        REFUSED[mixed](x)


def _with_the_first_of_the_cpu(x: torch.Tensor) -> torch.Tensor:
    x[:1] = here[:1]
    return x


ALLOWED: dict[str, tuple[Callable, list[float]]] = {
    "a tensor without axes": (lambda x: x + torch.tensor(1.0), [1.5, 0.0, 3.0]),
    "one that a place becomes": (lambda x: torch.where(x > 0, x, torch.tensor(0.0)), [0.5, 0.0, 2.0]),
    "one that fills": (lambda x: x.clone().masked_fill_(x > 1, torch.tensor(7.0)), [0.5, -1.0, 7.0]),
    "an index of the CPU": (lambda x: x[torch.tensor([2, 0])], [2.0, 0.5]),
    "a mask of the CPU": (lambda x: x[torch.tensor([True, False, True])], [0.5, 2.0]),
    "a list as an index": (lambda x: x[[2, 0]], [2.0, 0.5]),
    "an array as an index": (lambda x: x[np.array([2, 0])], [2.0, 0.5]),
    "a copy into a slice": (_with_the_first_of_the_cpu, [1.0, -1.0, 2.0]),
    "a copy": (lambda x: torch.empty_like(x).copy_(here), [1.0, 2.0, 3.0]),
}


@pytest.mark.parametrize("mixed", ALLOWED)
def test_what_cuda_allows_is_allowed(mixed: str, x: torch.Tensor, device: torch.device) -> None:
    mix, expected = ALLOWED[mixed]
    assert there(mix(x), device).tolist() == expected


def test_the_cpu_and_numpy_get_copies_on_demand_only(x: torch.Tensor) -> None:
    for fetch in (lambda x: x.numpy(), np.asarray, lambda x: np.ones(3) + np.asarray(x)):
        with pytest.raises(TypeError, match="numpy"):
            fetch(x)
    home = x.cpu()
    home += 1
    assert type(home) is torch.Tensor
    assert x.tolist() == [0.5, -1.0, 2.0]


# --- made there ------------------------------------------------------------------------------------------------

FACTORIES: dict[str, Callable] = {
    "tensor": lambda **at: torch.tensor([1.0, 2.0], **at),
    "as_tensor": lambda **at: torch.as_tensor([1.0, 2.0], **at),
    "asarray": lambda **at: torch.asarray([1.0, 2.0], **at),
    "arange": lambda **at: torch.arange(1.0, 3.0, **at),
    "linspace": lambda **at: torch.linspace(1, 2, 2, **at),
    "eye": lambda **at: torch.eye(2, **at).sum(0) * torch.arange(1, 3, **at),
    "randperm": lambda **at: torch.randperm(2, **at).sort().values + 1,
    "normal": lambda **at: torch.randn(2, **at) * 0 + torch.full((2,), 1.5, **at) + torch.tensor([-0.5, 0.5], **at),
    "new_tensor": lambda **at: torch.ones(1, **at).new_tensor([1, 2]),
    "new_zeros": lambda **at: torch.ones(1, **at).new_zeros(2) + torch.arange(1, 3, **at),
}


@pytest.mark.parametrize("factory", FACTORIES)
@pytest.mark.parametrize("by_default", [False, True])
def test_tensors_are_made_there(factory: str, by_default: bool, device: torch.device) -> None:
    with torch.device(device if by_default else "cpu"):
        made = FACTORIES[factory](**({} if by_default else {"device": device}))
    assert there(made, device).tolist() == [1, 2]


def test_a_generator_of_its_own_repeats_what_it_drew(device: torch.device) -> None:
    draws = [torch.randn(3, device=device, generator=torch.Generator(device).manual_seed(1)) for _ in range(2)]
    assert there(draws[0], device).tolist() == there(draws[1], device).tolist()
    assert torch.Generator(device).device.type == device.type
    assert isinstance(torch.Generator(), torch.Generator)


# --- in place --------------------------------------------------------------------------------------------------


def test_what_works_in_place_gives_back_the_very_tensor(x: torch.Tensor) -> None:
    same = x
    x += 1
    assert x is same
    assert x.mul_(2) is same
    assert same.tolist() == [3.0, 0.0, 6.0]


def test_views_share_their_numbers(x: torch.Tensor) -> None:
    x.reshape(3, 1)[1:].zero_()
    x.detach()[0] = 9
    assert x.tolist() == [9.0, 0.0, 0.0]


def test_a_result_takes_the_size_that_it_needs(x: torch.Tensor) -> None:
    out = torch.empty(0, device=x.device)
    assert torch.add(x, x, out=out) is out
    assert (tuple(out.shape), out.tolist()) == ((3,), [1.0, -2.0, 4.0])


# --- differentiation and training ------------------------------------------------------------------------------


def test_gradients_arrive_there(x: torch.Tensor, device: torch.device) -> None:
    x.requires_grad_()
    (x**3).sum().backward()
    assert there(x.grad, device).tolist() == [0.75, 3.0, 12.0]


@pytest.mark.parametrize("jacobian", [torch.func.jacrev, torch.func.jacfwd])
def test_jacobians_in_both_modes(jacobian: Callable, x: torch.Tensor, device: torch.device) -> None:
    assert there(jacobian(lambda x: 1 + x**2)(x), device).diag().tolist() == [1.0, -2.0, 4.0]


def test_views_in_inference_mode(x: torch.Tensor) -> None:
    with torch.inference_mode():
        assert (2 * x[1:]).tolist() == [-2.0, 4.0]


def test_a_network_is_moved_copied_and_given_other_weights(device: torch.device) -> None:
    net = nn.Linear(2, 1).to(device).double()
    net.weight.data = torch.tensor([[2.0, 3.0]], device=device, dtype=torch.float64)
    net.bias.data = torch.zeros(1, device=device, dtype=torch.float64)
    twin = copy.deepcopy(net)
    assert there(twin(torch.ones(1, 2, device=device, dtype=torch.float64)), device).tolist() == [[5.0]]
    with pytest.raises(RuntimeError):
        net.weight.data @ torch.ones(2, dtype=torch.float64)


def test_training_gives_what_it_gives_on_the_cpu(device: torch.device) -> None:
    torch.testing.assert_close(_trained(device), _trained(torch.device("cpu")), rtol=1e-4, atol=1e-5)


def _trained(device: torch.device, steps: int = 5) -> torch.Tensor:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 8), nn.SiLU(), nn.Linear(8, 1)).to(device)
    points = torch.linspace(-1, 1, 20).reshape(10, 2).to(device)
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-2)
    for _ in range(steps):
        loss = (net(points)[:, 0] - points.prod(1)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimiser.step()
    return torch.cat([p.detach().cpu().reshape(-1) for p in net.parameters()])


# --- words -----------------------------------------------------------------------------------------------------


def test_it_says_where_it_is(x: torch.Tensor, device: torch.device) -> None:
    assert repr(x) == f"tensor([ 0.5000, -1.0000,  2.0000], device='{device}')"
    assert f"{x[0]:.2f} {float(x[1])} {int(x[2])} {bool(x[0] > 0)}" == "0.50 -1.0 2 True"


def test_a_torch_that_lacks_what_it_is_made_of_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("torch.utils.backend_registration._setup_privateuseone_for_python_backend", raising=False)
    assert "_setup_privateuseone_for_python_backend, of which the device is made" in pretend.missing()
