"""A check that takes long says where it is, and an interrupt ends in one sentence."""

import functools
import sys
import threading
from types import SimpleNamespace

import pytest
from IPython.display import Markdown

from pushforward.errors import CourseError
from pushforward.watch import telling, watched


def waits_for(event: threading.Event) -> None:
    while not event.is_set():
        event.wait(0.01)


def stops() -> None:
    raise KeyboardInterrupt


def test_what_takes_long_says_where_it_is() -> None:
    heard, said = threading.Event(), []

    def say(sentence: str) -> None:
        said.append(sentence)
        heard.set()

    with telling(say, patience=0.01, pause=0.01):
        waits_for(heard)
    line = waits_for.__code__.co_firstlineno
    assert said[0].startswith("0 s in `waits_for`, line ")
    assert int(said[0].rpartition(" ")[2]) in (line + 1, line + 2)
    told = len(said)
    assert threading.Event().wait(0.05) is False
    assert len(said) == told  # silent as soon as it is over


def test_an_interrupt_ends_in_one_sentence() -> None:
    said = r"^You stopped this check after 0 s in `stops`, line \d+\. Nothing was judged: look there for a loop"
    with pytest.raises(CourseError, match=said) as info, telling(print):
        stops()
    assert info.value._render_traceback_() == [str(info.value)]
    assert info.value.__suppress_context__


def test_another_error_and_a_result_pass_through() -> None:
    with pytest.raises(ValueError, match="own"), telling(print):
        raise ValueError("own")
    with telling(print):
        result = 3
    assert result == 3


def test_outside_a_notebook_an_interrupt_stays_one() -> None:
    with pytest.raises(KeyboardInterrupt), watched():
        stops()


def test_in_a_notebook_the_words_stand_below_the_cell_and_change(monkeypatch: pytest.MonkeyPatch) -> None:
    shown, heard = [], threading.Event()

    class Handle:
        def update(self, words: Markdown) -> None:
            shown.append(words.data)
            heard.set()

    def display(words: Markdown, display_id: bool) -> Handle:
        shown.append(words.data)
        return Handle()

    notebook = SimpleNamespace(get_ipython=lambda: SimpleNamespace(kernel=None))
    monkeypatch.setattr("IPython.display.display", display)
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    monkeypatch.setattr("pushforward.watch.telling", functools.partial(telling, patience=0.01, pause=0.01))
    with watched():
        waits_for(heard)
    assert shown[0].startswith("⏳ 0 s in `waits_for`, line ")
    assert len(shown) > 1
