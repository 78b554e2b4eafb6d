"""Notebook 02: its numbers are right, its drawings hold over their whole range, and its show-piece says why."""

from __future__ import annotations

import contextlib
import io
import math
from pathlib import Path
from typing import Any

import ipywidgets
import jupytext
import numpy as np
import pytest
import torch
from scipy.optimize import brentq

from autograder.judging.asking import LocalLink
from autograder.judging.exercise import get
from autograder.judging.judge import examine
from autograder.judging.report import Report
from autograder.oracles.precise import Precise, meeting
from pushforward.answering.maps import POOL, flow_map
from pushforward.figures import change_of_variables as drawings
from pushforward.figures.style import Picture
from pushforward.train import train

SOURCE = Path(__file__).resolve().parents[2] / "solutions" / "02_change_of_variables.py"


def parts(box: ipywidgets.VBox) -> tuple[dict[str, ipywidgets.ValueWidget], ipywidgets.HTML]:
    """The controls by their names on the screen, and the picture."""
    row, picture = box.children
    return {control.description: control for control in row.children}, picture


def doubles(*values: Any) -> torch.Tensor:
    return torch.tensor(values, dtype=torch.float64)


# --- the numbers in the text -----------------------------------------------------------------------------------


def test_densities_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    x, log_p = names["log_p_forward"](doubles(0.0), lambda z: 2 * z + 1, drawings.standard_normal)
    assert (x.item(), log_p.item()) == (1, pytest.approx(-1.612, abs=5e-4))
    A, b = doubles([2.0, 0.0], [1.0, 1.0]), doubles(1.0, 0.0)
    assert names["affine_forward"](doubles([1.0, 3.0]), A, b).item() == pytest.approx(-7.031, abs=5e-4)
    g = flow_map("linear", {"A": [[0.0, 2.0], [3.0, 1.0]], "b": [0.0, 0.0]})
    assert names["log_abs_det_jacobian"](g, doubles([0.3, 0.7])).item() == pytest.approx(math.log(6))
    assert names["log_p_square"](doubles(1.0), 1.0).item() == pytest.approx(-1.485, abs=5e-4)
    assert names["lognormal_log_pdf"](doubles(1.0), 0.0, 0.5).item() == pytest.approx(-0.226, abs=5e-4)
    assert names["lognormal_cdf"](doubles(2.0), 0.0, 0.5).item() == pytest.approx(0.917, abs=5e-4)


def test_the_determinant_that_underflows_has_the_logarithm_of_the_text() -> None:
    assert 250 * math.log10(0.02) == pytest.approx(-425, abs=0.5)
    assert 250 * math.log(0.02) == pytest.approx(-978, abs=0.5)
    assert torch.linalg.det(0.02 * torch.eye(250, dtype=torch.float64)) == 0


def test_the_mass_of_the_unit_square_is_that_of_the_text(names: dict[str, Any]) -> None:
    assert names["mass_kept"](doubles(0.0), doubles(1.0)) == pytest.approx(0.3413, abs=5e-5)
    assert 1 - names["sigmoid_flow_mass"](torch.eye(2)) == pytest.approx(0.8835, abs=5e-5)
    assert names["sigmoid_flow_mass"](doubles([1.0, 2.0], [2.0, 4.0])) == 0


def test_entropies_have_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    before = 1 + math.log(2 * math.pi)
    assert before == pytest.approx(2.838, abs=5e-4)
    assert names["what_changes"](before, 0.0, 1.0, math.log(4))["entropy"] == pytest.approx(4.224, abs=5e-4)
    assert 3072 * math.log(1 / 255) == pytest.approx(-17023, abs=0.5)


def test_the_banana_has_the_correlation_of_the_text(names: dict[str, Any]) -> None:
    nodes, weights = np.polynomial.hermite_e.hermegauss(12)
    z = torch.cartesian_prod(torch.tensor(nodes), torch.tensor(nodes))
    x, w = names["bend"](z).numpy(), np.outer(weights, weights).reshape(-1) / weights.sum() ** 2
    correlation = np.cov(x[:, 0] ** 2, x[:, 1], aweights=w, ddof=0)
    found = correlation[0, 1] / math.sqrt(correlation[0, 0] * correlation[1, 1])
    assert found == pytest.approx(2 / math.sqrt(6))
    assert round(found, 2) == 0.82


def test_the_exam_questions_are_answered_right() -> None:
    """1: −log of a uniform number is exponential; 7: the spiral has a positive determinant."""
    x = doubles(0.5, 2.0)
    z = torch.exp(-x)
    assert torch.allclose(1 / (1 / z), torch.exp(-x))
    at = doubles([0.3, 1.0], [-2.0, 5.0])
    J = torch.func.vmap(torch.func.jacrev(flow_map("spiral", {"k": 1.0})))(at)
    assert torch.allclose(torch.linalg.det(J), torch.exp(2 * at[:, 0]))


def test_the_examiners_matrix_has_the_numbers_of_the_text(names: dict[str, Any]) -> None:
    A, x, b = doubles([0.0, 2.0], [1.0, 0.0]), doubles([2.0, 1.0]), doubles(0.0, 0.0)
    assert names["affine_forward"](x, A, b).item() == pytest.approx(-3.531, abs=5e-4)
    assert names["affine_forward"](x, A.T, b).item() == pytest.approx(-4.656, abs=5e-4)
    assert torch.linalg.det(A) == -2


def test_the_cost_of_a_free_jacobian_is_that_of_the_text() -> None:
    assert 64 * 64 == 4096
    assert pytest.approx(7e10, rel=0.02) == 4096**3


def test_slopes_have_the_numbers_of_the_text() -> None:
    def ends(name: str, **params: float) -> list[float]:
        at = torch.linspace(-40, 40, 80_001, dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad(flow_map(name, params)(at).sum(), at)
        return [round(value.item(), 3) for value in (slope.min(), slope.max())]

    assert ends("wave", a=1.0, b=0.75) == [0.25, 1.75]
    assert ends("tanh", a=1.0, b=-3.0) == [-0.5, 1.0]
    J = torch.autograd.functional.jacobian(flow_map("planar", {"u": [1.0, 0.0], "w": [-2.0, 1.0]}), doubles(0.0, 0.0))
    assert torch.linalg.det(J).item() == pytest.approx(-1)


def test_a_search_takes_a_dozen_calls_and_a_formula_one_or_two(names: dict[str, Any]) -> None:
    """The cell that counts: forward only the density of a given point is dear, reverse every sample is."""
    source = next(c.source for c in jupytext.read(SOURCE).cells if "def my_map" in c.source)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        exec(compile(source, "<cell>", "exec"), dict(names))
    forward, reverse = zip(*(map(int, line.split()[-2:]) for line in said.getvalue().splitlines()[1:]), strict=True)
    assert forward[:2] == (1, 2)
    assert reverse[2] == 2
    assert min(forward[2], *reverse[:2]) >= 8
    z = names["solved"](lambda x: x + x**3, doubles(10.0))
    assert z.item() == pytest.approx(2)


def test_one_hill_has_the_slopes_of_the_text() -> None:
    x = doubles(0.0, 1.0).requires_grad_()
    g = flow_map("wave", {"a": 1.0, "b": 0.5})(x)
    (d,) = torch.autograd.grad(g.sum(), x, create_graph=True)
    (slope,) = torch.autograd.grad((d.log() - g**2 / 2).sum(), x)
    assert slope.tolist() == [pytest.approx(0), pytest.approx(-2.136, abs=5e-4)]
    assert [g[1].item(), d[1].item()] == [pytest.approx(1.421, abs=5e-4), pytest.approx(1.270, abs=5e-4)]


# --- the opening picture ---------------------------------------------------------------------------------------


def test_strips_of_equal_mass_keep_their_mass() -> None:
    """Width times height, strip by strip, in the density of x: a tenth each (the outer two are cut off in z)."""
    fig = drawings.draw_mass_stays(lambda z: z + 1.6 * torch.tanh(2 * (z - 0.3)) + 0.05 * z**3)
    beside = next(ax for ax in fig.axes if ax.get_ylabel() == "$x$")
    areas = [_area(strip.get_paths()[0].vertices) for strip in beside.collections]
    assert len(areas) == 10
    np.testing.assert_allclose(areas[1:-1], 0.1, atol=0.002)
    assert Picture(fig, "").png


def _area(corners: np.ndarray) -> float:
    x, y = corners.T
    return abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2


# --- drag a slope ----------------------------------------------------------------------------------------------


def masses(fig: Any) -> list[float]:
    titles = [ax.get_title() for ax in fig.axes]
    return [float(title.rpartition(" ")[2]) for title in (titles[0], titles[2])]


@pytest.mark.parametrize("left", [0.1, 1.0, 4.0])
@pytest.mark.parametrize("middle", [0.1, 1.0, 4.0])
@pytest.mark.parametrize("interval", [(-2.5, 2.5), (-0.2, 0.8), (-2.5, -2.0), (0.5, 0.5)])
def test_mass_stays_over_the_whole_range(
    left: float, middle: float, interval: tuple[float, float], names: dict[str, Any]
) -> None:
    fig = drawings.draw_stretch(left, middle, interval, names["log_p_forward"])
    before, after = masses(fig)
    expected = 0.5 * (math.erf(interval[1] / math.sqrt(2)) - math.erf(interval[0] / math.sqrt(2)))
    assert before == pytest.approx(expected, abs=0.001)
    assert after == pytest.approx(before, abs=0.001)


def test_dragging_a_slope_changes_the_picture_and_no_mass(names: dict[str, Any]) -> None:
    controls, picture = parts(drawings.stretch_explorer(names["log_p_forward"]))
    seen = {picture.value}
    for control, value in (("left", 0.1), ("middle", 4.0), ("interval", (0.0, 1.5)), ("left", 4.0)):
        controls[control].value = value
        assert "<img" in picture.value
        seen.add(picture.value)
    assert len(seen) == 5
    assert "slope 4.0 on the left, 4.0 in the middle" in picture.value


def test_a_wrong_density_shows_in_the_picture(names: dict[str, Any]) -> None:
    def forgets_the_slope(z: torch.Tensor, f: Any, log_base: Any) -> tuple[torch.Tensor, torch.Tensor]:
        return f(z), log_base(z)

    fig = drawings.draw_stretch(1.0, 3.0, (0.0, 0.9), forgets_the_slope)
    assert Picture(fig, "").png
    before, after = masses(fig)
    assert after == pytest.approx(3 * before, abs=0.01)


def test_the_map_is_continuous_with_the_slopes_of_the_sliders(names: dict[str, Any]) -> None:
    z = doubles(-2.0, -0.6, 0.0, 0.9, 1.1, 3.0)
    slopes = names["slope"](lambda z: drawings.piecewise_linear(z, 0.5, 3.0), z)
    assert slopes.tolist() == [0.5, 0.5, 3.0, 3.0, 1.0, 1.0]
    knots = doubles(*(k + s for k in drawings.KNOTS for s in (-1e-9, 1e-9)))
    images = drawings.piecewise_linear(knots, 0.5, 3.0)
    assert images[1] - images[0] < 1e-8
    assert images[3] - images[2] < 1e-8


# --- the other drawings ----------------------------------------------------------------------------------------


def test_cells_are_drawn_in_the_colours_of_their_areas(names: dict[str, Any]) -> None:
    maps = {"twice": lambda x: x * math.sqrt(2.0), "turn": flow_map("swirl", {"c": 0.0, "k": 0.5})}
    fig = drawings.draw_cells(maps, names["log_abs_det_jacobian"])
    first, second = (ax.patches for ax in fig.axes[:2])
    assert len(first) == len(second) == 144
    assert first[0].get_facecolor() == pytest.approx(drawings.DIVERGING((math.log(2) + 1) / 2))
    assert second[70].get_facecolor() == pytest.approx(drawings.DIVERGING(0.5), abs=0.01)
    assert Picture(fig, "").png
    words = drawings.cells_in_words(maps, names["log_abs_det_jacobian"])
    assert words.endswith("twice: from 2.00 to 2.00; turn: from 1.00 to 1.00.")


def test_witnesses_are_drawn_where_they_are(names: dict[str, Any]) -> None:
    questions = [
        ("wave", {"a": 0.5, "b": 1.5}, "normal"),
        ("power", {"n": 3}, "normal"),
        ("softplus", {"a": 1.0, "c": -1.0}, "normal"),
    ]
    fig = drawings.draw_flow_verdicts(names["verdict_line"], names["witness"], questions)
    collision, flat, mass = fig.axes
    heights = collision.lines[1].get_ydata()
    assert heights[0] == pytest.approx(heights[1])
    assert flat.lines[1].get_xydata().tolist() == [[0, 0]]
    assert mass.get_title() == "15.9 % of the base is lost"
    assert Picture(fig, "").png


def test_witnesses_of_other_forms_are_drawn_too() -> None:
    for form in [("collision", ([-1.0], [-2.0])), ("singular", [0.0]), ("valid", None)]:
        said = (lambda *_, form=form: form[0], lambda *_, form=form: form)
        fig = drawings.draw_flow_verdicts(*said, [("leaky", {"s": 0.0}, "normal")] * 3)
        assert Picture(fig, "").png


def test_the_banana_and_the_square_are_drawn_from_the_readers_densities(names: dict[str, Any]) -> None:
    z = torch.randn(200, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    fig = drawings.draw_banana(z, names["bend"](z), names["log_p_bent"])
    before, after = fig.axes[2].lines
    np.testing.assert_allclose(before.get_xdata(), after.get_xdata(), atol=1e-9)
    fig = drawings.draw_square(z[:, 0], 1.0, names["log_p_square"])
    both, one = fig.axes[1].lines
    assert (both.get_ydata() > one.get_ydata()).all()
    assert Picture(fig, "").png


def test_level_lines_of_one_hill_are_one_piece_and_those_of_two_fall_apart(names: dict[str, Any]) -> None:
    fig = drawings.draw_levels(names["log_p_bent"], names["log_p_reverse"])
    one, two = ([len(path.to_polygons()) for path in ax.collections[0].get_paths()] for ax in fig.axes)
    assert one == [1] * 6
    assert two == [1, 1, 1, 2, 2, 2]
    assert Picture(fig, "").png


def test_the_magnified_cell_has_the_area_of_its_parallelogram() -> None:
    fig = drawings.draw_zoom()
    straight, _, cell = fig.axes
    assert [_area(patch.get_xy()) for patch in straight.patches] == [pytest.approx(1), pytest.approx(2)]
    inside, outline = _area(cell.patches[0].get_xy()), _area(cell.lines[0].get_xydata())
    assert inside == pytest.approx(outline, rel=0.02)  # the swirl keeps areas, and so does its Jacobian
    assert Picture(fig, "").png


def test_trained_without_the_log_determinant_a_map_goes_flat_and_its_score_is_no_density(names: dict[str, Any]) -> None:
    """The cells of section 9, with fewer points and steps."""
    source = next(c.source for c in jupytext.read(SOURCE).cells if "class Rising" in c.source)
    cell = {**names, "train": train, "budget": lambda **steps: 150}
    exec(compile(source, "<cell>", "exec"), cell)
    noise = torch.randn(600, generator=torch.Generator().manual_seed(0))
    data = torch.where(torch.arange(600) < 200, -1.5 + 0.4 * noise, 1.2 + 0.7 * noise)
    honest = cell["learn"](lambda x, g: names["log_p_reverse"](x, g, cell["log_base"]), data)
    cheat = cell["learn"](lambda x, g: cell["log_base"](g(x)), data)
    assert 0.8 < honest(data).std().item() < 1.2
    assert cheat(data).std().item() < 0.4
    x = torch.linspace(-40, 40, 8001)
    masses = names["log_p_reverse"](x, honest, cell["log_base"]), cell["log_base"](cheat(x))
    areas = [torch.trapezoid(mass.detach().exp(), x).item() for mass in masses]
    assert areas[0] == pytest.approx(1, abs=1e-3)
    assert areas[1] > 3
    fig = drawings.draw_training(data, {"with": honest, "without": cheat}, names["log_p_reverse"])
    assert Picture(fig, "").png


def test_distribution_functions_cross_one_half_at_the_median(names: dict[str, Any]) -> None:
    fig = drawings.draw_lognormals(names["lognormal_log_pdf"], names["lognormal_cdf"])
    curves, medians = fig.axes[1].lines[::2], fig.axes[1].lines[1::2]
    for curve, median in zip(curves, medians, strict=True):
        ((at, half),) = median.get_xydata()
        assert np.interp(at, *curve.get_xydata().T) == pytest.approx(half, abs=1e-3)
    assert Picture(fig, "").png


def test_the_image_of_a_singular_matrix_is_drawn_as_a_curve() -> None:
    fig = drawings.draw_image(doubles([1.0, 0.5], [-0.4, 0.8]))
    square, curve = (ax.collections[0].get_offsets() for ax in fig.axes)
    logit = np.log(curve / (1 - curve))[(curve > 0.001).all(1) & (curve < 0.999).all(1)]
    np.testing.assert_allclose(logit[:, 1], 0.5 * logit[:, 0], atol=1e-6)
    assert np.ptp(square, axis=0).min() > 0.99


# --- what the check says of a witness ---------------------------------------------------------------------------


def judged(names: dict[str, Any], asked: str, **instead: Any) -> Report:
    """`witness` or a verdict with another answer for the maps named."""

    def answer(name: str, params: dict, base: str) -> Any:
        given = instead.get(name)
        return names[asked](name, params, base) if given is None else given(params)

    return examine(get(f"cov.{asked}"), LocalLink({asked: answer}), 3)


def fallen(report: Report) -> list[str]:
    return [result.law.name for result in report.laws if not result.ok]


NO_PROOF = {  # what is claimed of a map -> what the check answers, and the row that falls
    "saturation": (
        "rank_one",
        lambda p: ("collision", ([7.0, 7.0], [6.5, 6.5])),
        "rounding or saturation, no collision",
        "matrix",
    ),
    "overflow": ("exam", lambda p: ("collision", ([1e200, 1.0, 0.0], [-1e200, 2.0, 0.0])), "within ‖x‖ ≤ 10", "exam"),
    "infinity": (
        "exam",
        lambda p: ("collision", ([math.inf, 1.0, 0.0], [-math.inf, 1.0, 0.0])),
        "all of them finite",
        "exam",
    ),
    "nan": ("spiral", lambda p: ("collision", ([math.nan, 0.0], [math.nan, 1.0])), "all of them finite", "spiral"),
    "underflow": ("spiral", lambda p: ("singular", [-1000.0, 0.0]), "within ‖x‖ ≤ 10", "spiral"),
    "neighbours": ("spiral", lambda p: ("collision", ([0.0, 0.0], [0.0, 1e-14])), "by continuity", "spiral"),
    "the same point": ("exam", lambda p: ("collision", ([0.0, 1.0, 1.0], [-0.0, 1.0, 1.0])), "the same point", "exam"),
    "a small slope": ("softplus", lambda p: ("singular", -math.copysign(10.0, p["a"])), "which is not 0", "image"),
    "a kink": (
        "leaky",
        lambda p: ("singular", 0.0) if p["s"] else ("collision", (-1.0, -2.0)),
        "two slopes",
        "straight",
    ),
    "not even near": ("spiral", lambda p: ("collision", ([0.0, 0.0], [0.0, 1.0])), "differ by", "spiral"),
    "too few numbers": ("exam", lambda p: ("collision", (1.0, -1.0)), "each of 3 numbers", "exam"),
    "a sampled mass": ("softplus", lambda p: ("mass", 0.123), "not only sampled", "image"),
    "nothing lost": ("planar", lambda p: ("mass", 0.5), "Nothing is lost", "planar"),
}


@pytest.mark.parametrize("claim", NO_PROOF)
def test_what_floating_point_suggests_is_no_proof_and_the_feedback_says_why(claim: str, names: dict[str, Any]) -> None:
    name, answer, words, row = NO_PROOF[claim]
    report = judged(names, "witness", **{name: answer})
    assert fallen(report) == [row]
    assert words in str(report).replace("\n      ", " ")


def test_a_saturated_witness_is_called_by_its_name(names: dict[str, Any]) -> None:
    """Not "the base is not looked at": what looks like a collision far out is none."""

    def saturated(p: dict) -> tuple:
        return ("collision", (9.0, 10.0)) if p["low"] != p["high"] else ("collision", (0.0, 1.0))

    report = judged(names, "witness", logistic=saturated)
    assert report.mistake.name == "rounding is taken for a collision"


def test_one_who_calls_the_exams_map_valid_is_not_told_to_look_at_its_parameters(names: dict[str, Any]) -> None:
    report = judged(names, "verdict_plane", exam=lambda p: "valid")
    assert fallen(report) == ["space"]
    assert report.mistake.name == "two inputs with one image overlooked"


def test_any_witness_that_stands_is_accepted(names: dict[str, Any]) -> None:
    others = {
        "rank_one": lambda p: ("mass", 1.0),
        "exam": lambda p: ("singular", [0.0, 0.0, 2.0]),
        "affine": lambda p: ("singular", [0.0]),
        "coupling": lambda p: ("singular", torch.tensor([math.sqrt(-p["c"]), 3.0], dtype=torch.float64)),
        "spiral": lambda p: ("collision", torch.tensor([[1.0, -math.pi], [1.0, math.pi]], dtype=torch.float64)),
        "power": lambda p: ("singular", 0),
    }
    assert judged(names, "witness", **others).full


def test_any_true_verdict_is_accepted(names: dict[str, Any]) -> None:
    others = {
        "affine": lambda p: "valid" if p["a"] else "mass",
        "wave": lambda p: "collision" if abs(p["b"]) > abs(p["a"]) else names["verdict_line"]("wave", p, "normal"),
        "leaky": lambda p: names["verdict_line"]("leaky", p, "normal") if p["s"] else "singular",
    }
    assert judged(names, "verdict_line", **others).full


def test_calling_a_valid_map_invalid_costs_as_much_as_the_reverse(names: dict[str, Any]) -> None:
    refused = judged(names, "verdict_plane", shear=lambda p: "collision")
    passed = judged(names, "verdict_plane", spiral=lambda p: "valid")
    assert fallen(refused) == fallen(passed) == ["turns"]
    assert refused.points == passed.points == pytest.approx(refused.max * (1 - 0.95 / 6), abs=0.01)


def test_one_word_for_everything_is_no_mistake_that_has_a_name(names: dict[str, Any]) -> None:
    line = dict.fromkeys(("affine", "power", "wave", "tanh", "leaky", "softplus", "logistic"), lambda p: "valid")
    report = judged(names, "verdict_line", **line)
    assert (report.points, report.mistake) == (0, None)


def test_the_witness_of_the_text_is_one() -> None:
    t = brentq(lambda t: t - 3 * math.tanh(t / 2), 1, 10, xtol=1e-15)
    assert meeting(Precise(POOL["tanh"], [1.0, -3.0]), [t], [-t]).meets
