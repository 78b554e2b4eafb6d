"""One place decides where tensors live and how many threads work on them."""

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
