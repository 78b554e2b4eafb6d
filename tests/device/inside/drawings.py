"""Every drawing and every explorer takes tensors of the second device, where that is the default device as well.

Matplotlib takes no tensor of a GPU, and the pretend device refuses numpy as CUDA does.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from autograder.measuring.answers import reference
from pushforward import figures
from pushforward.answering.maps import flow_map
from pushforward.data import bend_to_moons, digits, two_moons
from pushforward.figures import style
from pushforward.figures.flow_layers import table_of_layers
from pushforward.figures.style import Picture
from pushforward.first_model import learn_digits
from pushforward.flows import Flow
from pushforward.measuring.shapes import log_p_moons
from pushforward.vae import LIKELIHOODS, Autoencoder

ROOT = Path(__file__).resolve().parents[3]
DENSITIES, FLOWS, LAYERS, PIXELS, BOUND, GRADIENTS, VAE, MEASURING, GANS, DIFFUSION, DDPM = (
    reference(ROOT, notebook)
    for notebook in (
        *("01_densities", "02_change_of_variables", "03_flow_layers", "05_autoregressive"),
        *("06_elbo", "07_gradients_through_samples", "08_vae"),
        *("09_measuring", "10_gans", "15_diffusion_forward", "16_ddpm"),
    )
)
standardise = reference(ROOT, "00_start_here")["standardise"]
F64 = torch.float64
OBJECTIVES = {"sin 5z": lambda z: torch.sin(5 * z[:, 0])}
AFFINE = {"affine": flow_map("linear", {"A": [[1.2, 0.5], [-0.3, 0.6]], "b": [0.0, 0.0]})}
SWIRL = {"swirl": flow_map("swirl", {"c": 0.0, "k": 0.5})}
BETA = torch.linspace(0.01, 0.3, 10, dtype=F64)
SCORES = {kind: {who: [[1.0, 1.1], [0.8, 0.9]] for who in ("naive Bayes", "logistic regression")}
          for kind in ("independent pixels", "real digits")}  # fmt: skip
FAULTS = [("tanh", {"a": 0.0, "b": 2.0}, "normal"), ("power", {"n": 3}, "normal"), ("leaky", {"s": 0.25}, "normal")]


def readings(train: torch.Tensor, fake: torch.Tensor) -> dict[str, torch.Tensor]:
    return MEASURING["precision_coverage"](train, fake, 5)


def plane_of_codes(to: Callable[[torch.Tensor], torch.Tensor]) -> tuple:
    """The decoder is asked on the CPU, where a drawing works."""
    with torch.device("cpu"):
        model = Autoencoder(LIKELIHOODS["three logistics"], latents=2).eval()
    return to(noise(30, 2)), to(torch.arange(30) % 10), model.log_probs, VAE["mean_pictures"], VAE["sample_pictures"]


@pytest.fixture(autouse=True)
def _strict(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A style of one's own, and no warning in any drawing; coarse pixels, since nobody looks."""
    monkeypatch.setattr(style, "DPI", 30)
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def noise(*shape: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    return torch.tensor(np.random.default_rng(0).normal(size=shape), dtype=dtype)


# Drawing -> its arguments; `to` brings a tensor to the device.
To = Callable[[torch.Tensor], torch.Tensor]
CALLS: dict[str, Callable[[To], tuple]] = {
    "draw_mass_stays": lambda to: (lambda z: z + 1.6 * torch.tanh(2 * z),),
    "draw_stretch": lambda to: (1.0, 2.0, (-0.2, 0.8), FLOWS["log_p_forward"]),
    "draw_cells": lambda to: (AFFINE | SWIRL, FLOWS["log_abs_det_jacobian"]),
    "draw_flow_verdicts": lambda to: (FLOWS["verdict_line"], FLOWS["witness"], FAULTS),
    "draw_banana": lambda to: (
        to(noise(50, 2, dtype=F64)),
        to(FLOWS["bend"](noise(50, 2, dtype=F64))),
        FLOWS["log_p_bent"],
    ),
    "draw_spikes": lambda to: (-0.5,),
    "spikes_explorer": lambda to: (),
    "draw_rungs": lambda to: ({"a": 181.3, "b": 90.0}, 1),
    "draw_made": lambda to: ({"a": to(noise(3, 8, 8)), "b": to(noise(3, 8, 8))},),
    "draw_lognormals": lambda to: (FLOWS["lognormal_log_pdf"], FLOWS["lognormal_cdf"]),
    "draw_levels": lambda to: (FLOWS["log_p_bent"], FLOWS["log_p_reverse"]),
    "draw_training": lambda to: (
        to(noise(50)),
        {"a": torch.nn.Tanh(), "b": torch.nn.Identity()},
        FLOWS["log_p_reverse"],
    ),
    "draw_zoom": lambda to: (),
    "draw_square": lambda to: (to(noise(100, dtype=F64)), 1.0, FLOWS["log_p_square"]),
    "draw_image": lambda to: (to(torch.tensor([[1.0, 0.5], [-0.4, 0.8]], dtype=F64)), 100),
    "draw_impostors": lambda to: (
        *(to(noise(60, 2)), to(noise(60, 2) + 0.5)),
        {"all": to(noise(60, 2)), "some": to(noise(60, 2) - 0.5)},
    ),
    "draw_bias": lambda to: (to(torch.tensor([10, 20, 40])), to(noise(3, 5, dtype=F64)), to(noise(1, dtype=F64))[0]),
    "draw_bandwidths": lambda to: ([0.1, 1.0, 5.0], {"all": to(noise(3)), "some": to(noise(3))}, to(noise(1).abs())[0]),
    "draw_memoriser": lambda to: ([0.5, 1.0, 8.0], to(200 + noise(3).abs()), to(noise(3).abs()), 0.8),
    "draw_measures": lambda to: ("noise", 0.5, readings, 60),
    "draw_first": lambda to: (3, 2, learn_digits(1)),
    "first_explorer": lambda to: (learn_digits(1),),
    "draw_push": lambda to: (0.5, to(noise(50, 2)), standardise),
    "draw_elbo": lambda to: (0.5, 1.0, BOUND["elbo_terms"], BOUND["kl_gaussian"]),
    "draw_ascent": lambda to: ([9.0, 1.0], to(noise(2, 2).abs()), 0.5, to(noise(2).abs())),
    "draw_bounds": lambda to: ([1, 9], {"a": to(noise(2)), "b": to(noise(2))}, {"a": to(noise(2)), "b": to(noise(2))}),
    "draw_slide": lambda to: (0.3, 0.5, to(noise(5)), GRADIENTS["reparameterise_lognormal"]),
    "draw_estimates": lambda to: (
        *("sin 5z", 0.5, 10, to(noise(20, 20)), OBJECTIVES),
        *(GRADIENTS["score_terms"], GRADIENTS["pathwise_terms"]),
    ),
    "draw_single_draws": lambda to: ({"a": (to(noise(9)), to(noise(9))), "b": (to(noise(9)), to(noise(9)))}, -1.8),
    "draw_best_independent": lambda to: (to(torch.tensor([[2.0, 1.0], [1.0, 2.0]])),),
    "draw_rebuilt": lambda to: (
        *({"a": to(noise(6, 8, 8)), "b": to(noise(6, 8, 8))}, [0.1, 1.0], {"c": to(noise(2)), "d": to(noise(2))}),
        *({"c": (0.1, 2.0), "d": (1.0, 3.0)}, 5.7),
    ),
    "draw_masses": lambda to: (to(noise(3)), {"a": to(noise(3))}, to(noise(4)), {"b": to(noise(4).abs())}),
    "draw_two_ascents": lambda to: (
        *({"a": to(noise(4)), "b": to(noise(4))}, -1.7, to(noise(5)), to(noise(5).abs())),
        {"a": to(noise(5)), "prior": to(noise(5))},
    ),
    "draw_pulls": lambda to: (to(noise(5)), OBJECTIVES["sin 5z"], 0.2, 1.0, [0.0, 1.0]),
    "draw_matching": lambda to: (to(noise(3)), 0.0, 0.7),
    "draw_schedule": lambda to: (
        *("linear", 50, 20, DIFFUSION["SCHEDULES"], DIFFUSION["alpha_bar"], DIFFUSION["q_sample"]),
        *(to(noise(4, 8, 8)), to(noise(4, 8, 8))),
    ),
    "draw_temperaments": lambda to: (DIFFUSION["noising_step"], DIFFUSION["marginal_after"], 3.0, 9),
    "draw_left": lambda to: (*(DIFFUSION[name] for name in ("SCHEDULES", "alpha_bar", "log_alpha_bar")), 30),
    "draw_heat": lambda to: (DIFFUSION["noising_step"], DIFFUSION["alpha_bar"], to(BETA)),
    "draw_prior_gap": lambda to: (
        *(DIFFUSION["prior_gap"], DIFFUSION["alpha_bar"], DIFFUSION["SCHEDULES"]["linear"]),
        *(to(noise(3, 4)), [30, 50]),
    ),
    "draw_ve_gaps": lambda to: (DIFFUSION["ve_prior_gaps"],),
    "draw_bayes": lambda to: (DIFFUSION["alpha_bar"], DIFFUSION["posterior"], to(BETA), 7, 1.0, 1.6),
    "draw_bridge": lambda to: (5, 0.5, DIFFUSION["posterior"], to(BETA)),
    "bridge_explorer": lambda to: (DIFFUSION["posterior"], to(BETA)),
    "draw_best_guesses": lambda to: (
        *(DIFFUSION["alpha_bar"], DIFFUSION["q_sample"], to(BETA), to(noise(5, 8, 8)), 2, [1, 5, 9]),
    ),
    "draw_generated": lambda to: ([to(noise(3, 64)) for _ in range(9)], to(noise(5, 8, 8))),
    "draw_push_forward": lambda to: (to(noise(50, 2)), to(bend_to_moons(noise(50, 2)))),
    "draw_split": lambda to: (*map(to, noise(3, 9).abs()), [(q, to(noise(9).abs()), -2.0) for q in "ab"], -1.5),
    "draw_paths": lambda to: (to(noise(5)), lambda mu, sigma: torch.exp(mu + sigma * noise(5)), 0.0, 0.5),
    "draw_forward": lambda to: (
        *(to(digits()[0][0] / 8 - 1), to(noise(50, 2))),
        torch.Generator(to(noise(1)).device).manual_seed(0),
    ),
    "draw_verdicts": lambda to: ({name: {1: None, 2: (1, "zero")} for name in "abcdef"},),
    "draw_game": lambda to: ([("far", -3.5, 0.5), ("near", 0.1, 1.3)],),
    "draw_shift": lambda to: (1.0, 0.5, GANS["jsd_of_shift"], GANS["w1_of_shift"]),
    "draw_gradients": lambda to: (GANS["generator_gradients"],),
    "draw_orbits": lambda to: ({name: GANS[f"{name}_step"] for name in ("simultaneous", "alternating")}, 0.15),
    "draw_ring": lambda to: (to(noise(50, 2)), {f"step {k}": to(noise(50, 2)) for k in range(6)}),
    "draw_digits": lambda to: ({"known": to(digits()[0][:3]), "made": to(noise(3, 8, 8))},),
    "draw_flows": lambda to: ({"a": to(noise(20, 2))}, {"a": to(noise(20).abs())}),
    "draw_way_back": lambda to: (to(torch.linspace(0.1, 0.9, 9, dtype=F64)), 200),
    "draw_chain": lambda to: (9, 0.5, DDPM["ddpm_sample"]),
    "draw_film": lambda to: ([to(noise(9, 2)) for _ in range(9)],),
    "draw_frame": lambda to: (3, [to(noise(6, 8, 8)) for _ in range(9)]),
    "draw_steps": lambda to: ({"a": {2: (8.0, 0.7), 100: (1.0, 0.0)}},),
    "film_explorer": lambda to: ([to(noise(9, 2)) for _ in range(9)],),
    "draw_two_knobs": lambda to: (DDPM["step_moments"],),
    "draw_invariance": lambda to: tuple(DDPM[name] for name in ("snr_sum", "normal_mse", "normal_limit")),
    "draw_guesses": lambda to: (DDPM["point_shares"], to(noise(3, 2)), to(torch.tensor([0.1, 0.6, 0.9]))),
    "draw_by_heart": lambda to: (
        *(DDPM["perfect_guess"], DDPM["sample_by_heart"]),
        *(to(noise(9, 8, 8)), to(noise(9, 8, 8)), 20),
    ),
    "draw_families": lambda to: (),
    "draw_lies": lambda to: ({0.5: [(2.4, 0.1), (2.2, 0.1)], 1.0: [(2.5, 0.1), (2.6, 0.1)]}, 2.5),
    "draw_pixel_gaussian": lambda to: (*(to(noise(12, 64)) for _ in range(2)), to(noise(90, 64)), to(noise(64))),
    "draw_fit": lambda to: (2.0, 0.5, 1.0, DENSITIES["forward_fit"], DENSITIES["reverse_kl"]),
    "fit_explorer": lambda to: (DENSITIES["forward_fit"], DENSITIES["reverse_kl"]),
    "draw_contest": lambda to: (SCORES, (100, 200)),
    "draw_jacobians": lambda to: (table_of_layers(),),
    "draw_stages": lambda to: ([to(noise(50, 2)) for _ in range(2)], ["noise", "1 layer"]),
    "draw_planar": lambda to: (-1.5, 20, 0.3, LAYERS["planar_forward"]),
    "planar_explorer": lambda to: (LAYERS["planar_forward"],),
    "draw_series": lambda to: (to(noise(5)), 0.7, {"a": to(noise(90)), "b": to(2 * noise(90))}, ("left", "right")),
    "draw_road": lambda to: (to(two_moons(200)),),
    "draw_found": lambda to: ({"truth": log_p_moons}, to(two_moons(50))),
    "draw_learning": lambda to: ({"loss": [(0, 2.5), (1, 1.2)]}, 0.289, 1),
    "draw_depth": lambda to: ({1: (1.5, 0.01), 8: (0.1, 0.001)},),
    "draw_layers": lambda to: (2, 0.8, Flow(2, 4, 8)),
    "layers_explorer": lambda to: (Flow(2, 4, 8),),
    "draw_walk": lambda to: (
        {"x": to(noise(9, 2)), **{part: to(noise(9)) for part in ("log_base", "ladj", "steepest")}},
        log_p_moons,
    ),
    "draw_triangular": lambda to: (lambda z: (z, z[:, 0]), lambda x: -(x**2).sum(1)),
    "draw_spectrum": lambda to: (
        to(torch.tensor([1.0, 0.1])),
        {0.5: 1},
        to(torch.linspace(0, 180, 5)),
        [0, 1, 0, 1, 0],
    ),
    "draw_linear_training": lambda to: ([0, 1], {"decoder": [1, 0.1], "gap": [2, 0.2]}, to(torch.eye(6))),
    "draw_aggregate": lambda to: (
        to(torch.linspace(-3, 3, 5)),
        to(torch.zeros(5, 5)),
        to(torch.ones(5, 5)),
        {name: (to(torch.zeros(2, 2)), to(torch.zeros(2, 8, 8))) for name in ("holes", "draws")},
    ),
    "draw_two_priors": lambda to: ({"one": [120.0, 90.0], "other": [110.0, 95.0]},),
    "draw_ladder": lambda to: (
        to(torch.eye(2)),
        {"one": to(torch.zeros(3, 2)), "other": to(torch.ones(3, 2))},
        {"flat": {"kl": 1.0}, "ladder": {"kl": 0.5}},
    ),
    "draw_next_pixel": lambda to: (to(digits()[0][:90]), to(digits()[0][0]), [22, 30]),
    "draw_reach": lambda to: ("one", 3, 2, 4, 4, PIXELS["masked_conv"], PIXELS["two_stacks"]),
    "reach_explorer": lambda to: (PIXELS["masked_conv"], PIXELS["two_stacks"]),
    "draw_intervals": lambda to: ([1, 0], [[3, 4, 1], [2, 5, 1]], "0101"),
    "draw_bits": lambda to: (to(digits()[0][:3]), to(noise(3, 8, 8).abs())),
    "draw_two_ways": lambda to: (to(digits()[0][:90]), to(digits()[1][:90]), 3),
    "draw_means_and_samples": lambda to: (to(8 + noise(3, 64)), to(8 + noise(3, 64))),
    "draw_map": lambda to: (0.5, -1.0, *plane_of_codes(to)),
    "map_explorer": lambda to: plane_of_codes(to),
    "draw_said": lambda to: (
        to(digits()[0][0]),
        {"a": to(noise(64, 17).softmax(1)), "b": to(noise(64, 17).exp())},
        [0, 9],
    ),
    "draw_collapse": lambda to: ({"a": to(noise(5).abs()), "b": to(noise(5).abs())}, {"a": 9.0, "b": 0.3}),
    "draw_bound_by_draws": lambda to: ({1: 90.0, 10: 88.0},),
    "draw_your_digits": lambda to: ({"a": to(8 + noise(3, 64)), "b": to(8 + noise(3, 64))}, to(noise(5).abs())),
    "shift_explorer": lambda to: (GANS["jsd_of_shift"], GANS["w1_of_shift"]),
    "chain_explorer": lambda to: (DDPM["ddpm_sample"],),
    "measure_explorer": lambda to: (readings, 60),
    "push_explorer": lambda to: (standardise,),
    "stretch_explorer": lambda to: (FLOWS["log_p_forward"],),
    "elbo_explorer": lambda to: (BOUND["elbo_terms"], BOUND["kl_gaussian"]),
    "slide_explorer": lambda to: (GRADIENTS["reparameterise_lognormal"],),
    "estimator_explorer": lambda to: (OBJECTIVES, GRADIENTS["score_terms"], GRADIENTS["pathwise_terms"]),
    "schedule_explorer": lambda to: (
        *(DIFFUSION["SCHEDULES"], DIFFUSION["alpha_bar"], DIFFUSION["q_sample"]),
        to(digits()[0][:4] / 8 - 1),
    ),
}


def drawings() -> dict[str, Callable]:
    """Every drawing and explorer of the helper package, by its name."""
    names = [part.name for part in pkgutil.iter_modules(figures.__path__)]
    modules = [importlib.import_module(f"pushforward.figures.{name}") for name in names]
    found = {n: f for module in modules for n, f in inspect.getmembers(module, inspect.isfunction)}
    return {n: f for n, f in found.items() if n.startswith("draw_") or n.endswith("_explorer")}


def test_no_drawing_is_left_out() -> None:
    assert drawings().keys() == CALLS.keys()


def test_matplotlib_takes_no_tensor_of_the_device(device: torch.device) -> None:
    """Else the tests below would say nothing."""
    with pytest.raises(TypeError, match=r"Tensor\.cpu"):
        Figure().subplots().plot(torch.zeros(2, device=device))


@pytest.mark.parametrize("name", CALLS)
def test_it_is_drawn(name: str, device: torch.device) -> None:
    arguments = CALLS[name](lambda x: x.to(device))
    with torch.device(device):
        assert good(drawings()[name](*arguments))


def good(drawn: Any) -> bool:
    """A figure that can be rendered, or an explorer that shows one, also after each of its controls has moved."""
    if isinstance(drawn, Figure):
        return bool(Picture(drawn, "").png)
    controls, picture = drawn.children
    shown = [picture.value]
    for control in controls.children:
        if hasattr(control, "max") and isinstance(control.value, (int, float)):
            control.value = control.min + control.step
            shown.append(picture.value)
    return all("<img" in value for value in shown)


@pytest.mark.parametrize("part", ["image", "strip", "cloud", "densities"])
def test_the_parts_of_pictures_take_tensors_of_the_device(part: str, device: torch.device) -> None:
    there = {
        "image": (noise(8, 8),),
        "strip": (noise(4, 8, 8),),
        "cloud": (noise(9, 2), noise(9), 3.0),
        "densities": (*noise(4, 9),),
    }[part]
    fig, ax = style.figure()
    getattr(style, part)(ax, *(x.to(device) if isinstance(x, torch.Tensor) else x for x in there))
    assert Picture(fig, "").png
