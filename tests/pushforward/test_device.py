"""One place decides where tensors live and how many threads work on them."""

import os
import subprocess
import sys

import pytest
import torch

from pushforward import best_device
from pushforward.device import devices


def test_one_thread_works_once_the_course_is_imported() -> None:
    assert torch.get_num_threads() == 1


@pytest.mark.parametrize(("gpu", "found"), [(False, ["cpu"]), (True, ["cpu", "cuda"])])
def test_the_cpu_comes_first_and_the_gpu_is_preferred(gpu: bool, found: list, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpu)
    assert devices() == found
    assert best_device() == torch.device(found[-1])


@pytest.mark.parametrize("order", ["import pushforward, torch", "import torch, pushforward"])
def test_one_thread_works_whatever_is_imported_first(order: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    told = [sys.executable, "-c", f"{order}; print(torch.get_num_threads())"]
    assert subprocess.run(told, capture_output=True, text=True, env=environment, check=True).stdout == "1\n"


NEEDS = ("engine", "intake.intake", "records.gradebook", "reports.class_report", "reports.feedback")


def test_who_only_grades_does_not_wait_for_torch() -> None:
    """The process that plans, collects and writes has nothing to compute."""
    parts = ", ".join(f"autograder.grading.{name}" for name in NEEDS)
    told = [sys.executable, "-c", f"import sys, {parts}; print('torch' in sys.modules)"]
    assert subprocess.run(told, capture_output=True, text=True, check=True).stdout == "False\n"
