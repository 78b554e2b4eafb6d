"""The interpreter performs each verb on what a student defined, and whatever goes wrong there ends as an answer."""

import random
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from pushforward.answering import run, wire
from pushforward.answering.run import EARLIER, METHODS, Runner
from pushforward.answering.serve import load
from pushforward.answering.wire import Callback, Kept, Net


class Asker:
    """A runner whose asks are written as the judge writes them, and whose answers are decoded again."""

    def __init__(self, reply: Callable | None = None, **names: Any) -> None:
        self.runner, self.reply = Runner(names), reply

    def frame(self, verb: str, of: str, *args: Any, more: dict | None = None, **kwargs: Any) -> run.Frame:
        arrays: list[np.ndarray] = []
        head = {"verb": verb, "of": of, "args": [wire.encode(a, arrays) for a in args], **(more or {})}
        if "cotangent" in head:
            head["cotangent"] = wire.encode(head["cotangent"], arrays)
        head["kwargs"] = {k: wire.encode(v, arrays) for k, v in kwargs.items()}
        return self.runner.perform(head, arrays, self.reply)

    def __call__(self, verb: str, of: str, *args: Any, more: dict | None = None, **kwargs: Any) -> Any:
        answer, out = self.frame(verb, of, *args, more=more, **kwargs)
        return wire.decode(answer["value"], out)

    def error(self, verb: str, of: str, *args: Any, more: dict | None = None, **kwargs: Any) -> dict[str, Any]:
        answer, out = self.frame(verb, of, *args, more=more, **kwargs)
        assert out == []
        assert answer.keys() == {"error"}
        return answer["error"]


# --- what a call changes ----------------------------------------------------------------------------------------


def writes(x: Any, y: Any = None) -> Any:
    """Into its first argument, whatever that is."""
    x[0] = 7.0
    return torch.ones(2)


@pytest.mark.parametrize(
    ("function", "args", "kwargs", "changed"),
    [
        (writes, (torch.zeros(2),), {}, [0]),
        (writes, (), {"x": torch.zeros(2), "y": torch.zeros(2)}, ["x"]),
        (writes, (np.zeros(2),), {}, [0]),
        (writes, ([1.0, 2.0],), {}, [0]),
        (lambda p: p["A"].append(1.0), ({"A": [0.0]},), {}, [0]),
        (lambda x, y: y.neg_(), (torch.zeros(2), torch.ones(2)), {}, [1]),
        (lambda x: x.unsqueeze_(0), (torch.zeros(2),), {}, [0]),
        (lambda x: x.transpose(0, 1).contiguous().mul_(2), (torch.ones(2, 3),), {}, None),
        (lambda x: x.mul_(1), (torch.ones(2),), {}, None),
        (lambda x: x.requires_grad_(True).sum(), (torch.ones(2),), {}, None),
        (lambda f: f(torch.zeros(1)), (wire.Callback("f"),), {}, None),
    ],
)
def test_arguments_that_a_call_writes_into_are_named(
    function: Callable, args: tuple, kwargs: dict, changed: list | None
) -> None:
    ask = Asker(lambda head, arrays: ({"value": ["float", 1.0]}, []), f=function)
    answer, _ = ask.frame("call", "f", *args, **kwargs)
    assert answer.get("changed") == changed
    assert "value" in answer


@pytest.mark.parametrize("verb", ["call", "grad"])
def test_before_a_step_the_same_tensors_held_other_numbers(verb: str) -> None:
    met: list[tuple[torch.Tensor, list[float]]] = []

    def double(x: torch.Tensor, n: torch.Tensor) -> torch.Tensor:
        met.append((x, x.tolist()))
        if len(met) == 1:
            n -= 1
            raise ValueError("which has no consequence")
        return n * x

    more = {"stepped": True, "wrt": ["x"], "cotangent": torch.ones(2)} if verb == "grad" else {"stepped": True}
    ask = Asker(double=double)
    answer, arrays = ask.frame(verb, "double", more=more, x=torch.tensor([2.0, 4.0]), n=torch.tensor(2))
    value = wire.decode(answer["value"], arrays)
    assert (value["value"] if verb == "grad" else value).tolist() == [4.0, 8.0]
    assert "changed" not in answer
    assert met[0][0] is met[1][0]
    assert [numbers for _, numbers in met] == [[1.0, 2.0], [2.0, 4.0]]


def test_a_gradient_is_asked_for_without_changing_anything() -> None:
    more = {"wrt": ["x"], "cotangent": torch.ones(2)}
    answer, _ = Asker(f=lambda x: x**2).frame("grad", "f", x=torch.ones(2), more=more)
    assert "changed" not in answer


BUFFER = torch.zeros(2)


def in_one_buffer(x: torch.Tensor) -> torch.Tensor:
    return torch.mul(x, 2, out=BUFFER)


@pytest.mark.parametrize(
    ("function", "changed"),
    [
        (in_one_buffer, [EARLIER]),
        (lambda x: {"double": in_one_buffer(x)}, [EARLIER]),
        (lambda x: 2 * x, None),
        (lambda x: x[1:], None),
        (lambda x: torch.from_numpy(x.numpy()[1:]), None),
        (lambda x: float(x[0]), None),
    ],
)
def test_what_an_earlier_call_returned_stays_as_it_was(function: Callable, changed: list | None) -> None:
    answer, _ = Asker(f=function).frame("call", "f", torch.tensor([1.0, 3.0]), more={"stepped": True})
    assert answer.get("changed") == changed


# --- call and keep ---------------------------------------------------------------------------------------------


def test_call_hands_over_arguments_by_place_and_by_name() -> None:
    ask = Asker(f=lambda x, *, scale: scale * x)
    assert ask("call", "f", torch.tensor([1.0, 2.0]), scale=3).tolist() == [3, 6]


class Model:
    """Every method that an exercise may ask for, and one that none may."""

    def __init__(self, shift: float) -> None:
        self.shift = shift

    def __getattr__(self, name: str) -> Callable:
        if name not in (*METHODS, "train"):
            raise AttributeError(name)
        return lambda x: (name, self.shift + x)


@pytest.mark.parametrize("method", METHODS)
def test_a_kept_object_answers_the_methods_that_may_be_asked_for(method: str) -> None:
    ask = Asker(build=Model)
    assert ask("keep", "build", 10, more={"name": "model"}) is None
    assert ask("call", "model", 1, more={"method": method}) == (method, 11)


@pytest.mark.parametrize("method", ["train", "__class__", "__init__", "shift", "log_prob.__self__"])
def test_no_other_attribute_of_an_object_can_be_asked_for(method: str) -> None:
    ask = Asker(build=Model)
    ask("keep", "build", 10, more={"name": "model"})
    error = ask.error("call", "model", 1, more={"method": method})
    assert error == {"kind": "refused", "message": f"{method!r} is not a method that is asked for."}


def test_a_method_that_is_not_written_yet_is_missing() -> None:
    ask = Asker(build=lambda: "no model")
    ask("keep", "build", more={"name": "model"})
    error = ask.error("call", "model", more={"method": "sample"})
    assert error == {"kind": "missing", "message": "`model` has no method `sample` yet."}


def test_a_kept_object_can_be_an_argument() -> None:
    ask = Asker(build=Model, shift_of=lambda model: model.shift)
    ask("keep", "build", 10, more={"name": "m"})
    assert ask("call", "shift_of", Kept("m")) == 10
    assert ask.error("call", "shift_of", Kept("other")) == {
        "kind": "missing",
        "message": "Nothing is called `other` yet.",
    }


def test_a_kept_object_need_not_be_able_to_cross() -> None:
    ask = Asker(build=lambda: iter("ab"), following=next)
    ask("keep", "build", more={"name": "letters"})
    assert [ask("call", "following", Kept("letters")) for _ in range(2)] == ["a", "b"]


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({}, "Nothing is called `f` yet."),
        ({"f": None}, "Nothing is called `f` yet."),
        ({"f": 3}, "`f` is of type int; a function is asked for."),
        ({"f": torch.ones(2)}, "`f` is of type Tensor; a function is asked for."),
    ],
)
def test_a_name_without_a_function_is_missing(names: dict, message: str) -> None:
    assert Asker(**names).error("call", "f") == {"kind": "missing", "message": message}


def test_an_unknown_verb_is_refused() -> None:
    assert Asker(f=len).error("eval", "f") == {"kind": "refused", "message": "There is no verb 'eval'."}


# --- derivatives and draws -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_grad_weighs_the_outputs_by_the_cotangent(dtype: torch.dtype) -> None:
    mu, sigma, eps = (torch.tensor(v, dtype=dtype) for v in ([0.1, 0.2], [0.5, 2.0], [-1.0, 0.3]))
    cotangent = torch.tensor([1.0, -2.0], dtype=dtype)
    ask = Asker(f=lambda eps, mu, sigma: torch.exp(mu + sigma * eps))
    found = ask("grad", "f", more={"wrt": ["mu", "sigma"], "cotangent": cotangent}, eps=eps, mu=mu, sigma=sigma)
    z = torch.exp(mu + sigma * eps)
    torch.testing.assert_close(found["value"], z)
    torch.testing.assert_close(found["gradients"], {"mu": cotangent * z, "sigma": cotangent * z * eps})


def test_grad_takes_places_and_weighs_several_results() -> None:
    x, a = torch.tensor([1.0, 2.0]), torch.tensor(3.0)
    more = {"wrt": [1], "cotangent": [torch.tensor([1.0, 10.0]), torch.tensor([100.0])]}
    found = Asker(f=lambda x, a: (a * x, (a**2)[None]))("grad", "f", x, a, more=more)
    assert found["gradients"]["1"].item() == 1 * 1 + 10 * 2 + 100 * 2 * 3
    assert found["value"][0].tolist() == [3, 6]
    lone = Asker(f=lambda x, a: a * x)("grad", "f", x, a, more=more)
    assert lone["gradients"] == {"1": None}


@pytest.mark.parametrize(
    ("function", "reached"),
    [
        (lambda a, b: {"y": a * b, "z": a}, {"a", "b"}),
        (lambda a, b: {"y": a * b.detach(), "z": b}, {"a"}),
        (lambda a, b: {"y": 1.0, "z": b}, set()),
        (lambda a, b: {"z": b}, set()),
        (lambda a, b: a * b, set()),
    ],
    ids=["both", "half", "number", "no such entry", "no dictionary"],
)
def test_of_a_dictionary_the_entries_count_that_the_cotangent_has(function: Callable, reached: set[str]) -> None:
    ones, more = torch.ones(2), {"wrt": ["a", "b"], "cotangent": {"y": torch.tensor([1.0, 3.0])}}
    found = Asker(f=function)("grad", "f", more=more, a=ones, b=ones)["gradients"]
    assert {name for name, gradient in found.items() if gradient is not None} == reached
    assert all(found[name].tolist() == [1.0, 3.0] for name in reached)


@pytest.mark.parametrize(
    ("function", "reached"),
    [
        (lambda a, b: a * 2, {"a"}),
        (lambda a, b: (a * b).detach(), set()),
        (lambda a, b: torch.tensor([1.0, 2.0]), set()),
        (lambda a, b: torch.tensor((a * b).tolist()), set()),
        (lambda a, b: (a * b).sum(), set()),
        (lambda a, b: [a, b], set()),
        (lambda a, b: None, set()),
        (lambda a, b: a, {"a"}),
        (lambda a, b: a.detach() + b, {"b"}),
    ],
    ids=[
        "one argument",
        "detached",
        "constant",
        "through numbers",
        "other shape",
        "list",
        "none",
        "handed back",
        "half",
    ],
)
def test_a_gradient_that_does_not_arrive_is_none(function: Callable, reached: set[str]) -> None:
    ones = torch.ones(2)
    found = Asker(f=function)("grad", "f", more={"wrt": ["a", "b"], "cotangent": ones}, a=ones, b=ones)
    assert {name for name, gradient in found["gradients"].items() if gradient is not None} == reached


def test_the_gradients_of_a_network_are_those_of_its_weights() -> None:
    c, cross, x = torch.tensor([[0.5], [2.0], [1.0]]), torch.tensor(0.0), torch.tensor([[3.0], [-1.0]])
    more = {"wrt": ["f", "x"], "cotangent": torch.ones(2)}
    found = Asker(f=lambda f, x: f(x))("grad", "f", more=more, f=Net("polynomial", (c, cross)), x=x)
    of_c, of_cross = found["gradients"]["f"]
    assert of_c.tolist() == [[2], [2], [10]]
    assert of_cross.tolist() == 2
    assert found["gradients"]["x"].tolist() == [[8], [0]]
    layer = Net("mlp", (torch.tensor([[2.0]]), torch.tensor([1.0])))
    found = Asker(f=lambda f, x: f(x)[:, 0])("grad", "f", more={**more, "wrt": ["f"]}, f=layer, x=x)
    assert [gradient.tolist() for gradient in found["gradients"]["f"]] == [[[2.0]], [2.0]]


def test_grad_works_in_a_notebook_that_switched_gradients_off() -> None:
    with torch.no_grad():
        found = Asker(f=lambda a: a * a)("grad", "f", more={"wrt": ["a"], "cotangent": torch.ones(1)}, a=torch.ones(1))
    assert found["gradients"]["a"].tolist() == [2]


def test_the_jacobian_has_a_row_per_output_and_a_column_per_input() -> None:
    x = torch.tensor([1.0, 2.0, 3.0], dtype=torch.float64)
    found = Asker(f=lambda x, c: torch.stack([c * x[0] * x[1], x[2] ** 2]))("jacobian", "f", x, 5.0)
    assert found.tolist() == [[10, 5, 0], [0, 0, 6]]


def test_the_jacobian_of_a_kept_method() -> None:
    class Flow:
        def forward(self, z: torch.Tensor) -> torch.Tensor:
            return 3 * z

    ask = Asker(Flow=Flow)
    ask("keep", "Flow", more={"name": "flow"})
    assert ask("jacobian", "flow", torch.ones(2), more={"method": "forward"}).tolist() == [[3, 0], [0, 3]]


def test_draws_are_stacked_and_repeat_with_the_seed() -> None:
    ask = Asker(normal=lambda d: torch.randn(d), number=random.random, uniform=lambda: np.random.uniform())
    for name, args, shape in (("normal", (3,), (5, 3)), ("number", (), (5,)), ("uniform", (), (5,))):
        one, same, other = (ask("draws", name, *args, more={"n": 5, "seed": seed}) for seed in (1, 1, 2))
        assert one.shape == shape
        assert torch.equal(one, same)
        assert not torch.equal(one, other)
        assert len(one.flatten().unique()) == one.numel()


# --- callbacks and networks ------------------------------------------------------------------------------------


def answering(function: Callable, log: list) -> Callable:
    """A judge that answers callbacks with a function of its own and writes down what it was asked."""

    def reply(head: dict, arrays: list) -> run.Frame:
        args = [wire.decode(node, arrays) for node in head["args"]]
        kwargs = {k: wire.decode(node, arrays) for k, node in head["kwargs"].items()}
        log.append((head["callback"], args, kwargs))
        out: list[np.ndarray] = []
        try:
            return {"value": wire.encode(function(*args, **kwargs), out)}, out
        except Exception as error:
            return {"refused": str(error)}, []

    return reply


def test_every_call_of_a_callback_is_answered_by_the_judge() -> None:
    log: list = []
    ask = Asker(answering(lambda x, t: x / t, log), sample=lambda x, denoise: denoise(denoise(x, 2), t=4))
    assert ask("call", "sample", torch.tensor([8.0]), Callback("denoise")).tolist() == [1]
    assert log == [("denoise", [torch.tensor([8.0]), 2], {}), ("denoise", [torch.tensor([4.0])], {"t": 4})]


def test_a_callback_that_cannot_answer_raises_at_the_students_own_line() -> None:
    def refuse(x: torch.Tensor) -> None:
        raise ValueError("denoise wants a batch.")

    ask = Asker(answering(refuse, []), sample=lambda denoise: denoise(torch.ones(1)), catches=_catches)
    error = ask.error("call", "sample", Callback("denoise"))
    assert (error["kind"], error["type"], error["message"]) == ("raised", "TypeError", "denoise wants a batch.")
    assert "denoise(torch.ones(1))" in error["source"]
    assert ask("call", "catches", Callback("denoise")) == "caught"


def _catches(denoise: Callable) -> str:
    try:
        return denoise(torch.ones(1))
    except TypeError:
        return "caught"


def test_what_cannot_cross_to_a_callback_is_an_error_of_that_call() -> None:
    error = Asker(answering(len, []), f=lambda g: g(1j)).error("call", "f", Callback("g"))
    assert (error["kind"], error["type"]) == ("raised", "TypeError")
    assert error["message"].startswith("g cannot take this argument. The value is a complex")


def test_a_network_arrives_with_its_weights() -> None:
    weights = (torch.tensor([[1.0, 2.0]]), torch.tensor([0.5]))
    ask = Asker(f=lambda net, x: net(x))
    assert ask("call", "f", Net("mlp", weights), torch.tensor([[1.0, 1.0]])).tolist() == [[3.5]]


# --- what goes wrong -------------------------------------------------------------------------------------------

FAULTY = """\
import torch

class Silent(Exception):
    def __str__(self):
        raise ValueError("not even that")

class Leaving(Exception):
    def __str__(self):
        raise SystemExit

def blank(x):
    raise NotImplementedError()

def bare(x):
    raise NotImplementedError

def divides(x):
    y = x + 1
    return y / 0  # here

def in_a_library(x):
    return torch.ones(2) @ torch.ones(3)  # here

def in_the_standard_library(x):
    import json
    return json.loads("{")  # here

def deeper(x):
    return [divides(v) for v in [x]]

def lacks_a_kernel(x):
    return torch.randn(3, dtype=torch.int64)  # here

def leaves(x):
    import sys
    sys.exit(3)  # here

def endless(x):
    return endless(x)  # here

def silent(x):
    raise Silent  # here

def leaving(x):
    raise Leaving  # here

def generator_exit(x):
    raise GeneratorExit  # here

def long_message(x):
    raise ValueError("x" * 10_000)  # here
"""


def from_a_file(tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / "answer.py"
    path.write_text(FAULTY)
    names: dict[str, Any] = {}
    exec(compile(FAULTY, str(path), "exec"), names)
    return names


def from_exec(tmp_path: Path) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(FAULTY, "<string>", "exec"), names)
    return names


def from_a_cell(tmp_path: Path) -> dict[str, Any]:
    config = Config()
    config.HistoryManager.enabled = False
    main = sys.modules["__main__"]
    shell = InteractiveShell(config=config, ipython_dir=str(tmp_path))
    sys.modules["__main__"] = main
    shell.run_cell(FAULTY)
    return shell.user_ns


RAISED = {
    "divides": ("ZeroDivisionError", "division by zero"),
    "in_a_library": ("RuntimeError", "size"),
    "in_the_standard_library": ("JSONDecodeError", "Expecting"),
    "deeper": ("ZeroDivisionError", "division by zero"),
    "lacks_a_kernel": ("NotImplementedError", "not implemented for"),
    "leaves": ("SystemExit", "3"),
    "endless": ("RecursionError", "recursion"),
    "silent": ("Silent", ""),
    "leaving": ("Leaving", ""),
    "generator_exit": ("GeneratorExit", ""),
    "long_message": ("ValueError", "xxx"),
}


@pytest.mark.parametrize("loaded", [from_a_file, from_exec, from_a_cell])
def test_an_exception_becomes_an_answer_with_the_students_own_line(loaded: Callable, tmp_path: Path) -> None:
    ask = Asker(**loaded(tmp_path))
    lines = FAULTY.splitlines()
    for name, (kind, message) in RAISED.items():
        error = ask.error("call", name, 1)
        assert (error["kind"], error["type"]) == ("raised", kind), name
        assert message in error["message"]
        assert len(error["message"]) <= 500
        assert lines[error["line"] - 1].endswith("# here"), name
        assert error["source"] == ("" if loaded is from_exec else lines[error["line"] - 1].strip())


@pytest.mark.parametrize("name", ["blank", "bare"])
def test_an_untouched_blank_is_no_error_but_a_blank(name: str, tmp_path: Path) -> None:
    error = Asker(**from_a_file(tmp_path)).error("call", name, 1)
    assert (error["kind"], error["source"]) == (
        "blank",
        "raise NotImplementedError" + ("()" if name == "blank" else ""),
    )


def test_an_interrupt_from_the_keyboard_passes_through() -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    before = torch.get_rng_state()
    with pytest.raises(KeyboardInterrupt):
        Asker(f=interrupted).frame("call", "f")
    assert torch.equal(torch.get_rng_state(), before)


# --- the notebook's own state ----------------------------------------------------------------------------------


def greedy() -> float:
    """Draws from every global stream, and seeds them too."""
    torch.manual_seed(1), np.random.seed(1), random.seed(1)
    return torch.randn(100).sum().item() + np.random.normal() + random.random()


def raising() -> float:
    raise ValueError(str(greedy()))


@pytest.mark.parametrize("function", [greedy, raising])
def test_the_random_streams_of_the_notebook_go_on_as_if_nothing_had_happened(function: Callable) -> None:
    def following() -> tuple:
        return torch.rand(1).item(), np.random.uniform(), random.random()

    torch.manual_seed(5), np.random.seed(5), random.seed(5)
    following()
    undisturbed = following()
    torch.manual_seed(5), np.random.seed(5), random.seed(5)
    following()
    Asker(f=function).frame("call", "f", more={"seed": 3})
    assert following() == undisturbed


def test_arguments_are_the_students_to_change() -> None:
    given = torch.ones(3)

    def changes(x: torch.Tensor) -> torch.Tensor:
        x *= 5
        return x

    assert Asker(f=changes)("call", "f", given).tolist() == [5, 5, 5]
    assert given.tolist() == [1, 1, 1]


# --- loading a file --------------------------------------------------------------------------------------------


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading a file switches `check` off for good; here only until the test is over."""
    monkeypatch.setattr(sys.modules["pushforward.answering.elsewhere"], "_elsewhere", False)
    monkeypatch.delitem(sys.modules, "answers", raising=False)


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("def f(): return 1", 1),
        ("\ufeffdef f(): return 'é'", "é"),
        ("# coding: latin-1\ndef f(): return 'e'", "e"),
        ("from __future__ import annotations\ndef f(): return 2", 2),
        ("def f(x: int = 1): return f.__annotations__['x'] is int", True),
        ("import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: 'float'\ndef f(): return P(3.0).x", 3.0),
        ("if __name__ == '__main__':\n    raise SystemExit\ndef f(): return __file__[-3:]", ".py"),
        ("from pushforward import check\ncheck('no.such')\ndef f(): return check('no.such')", None),
    ],
    ids=["plain", "byte order mark", "coding", "future", "no future of ours", "dataclass", "no main", "own checks"],
)
def test_a_file_of_answers_is_plain_python(source: str, value: Any, tmp_path: Path) -> None:
    path = tmp_path / "answer.py"
    path.write_text(source, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert Asker(**load(str(path)))("call", "f") == value
