"""Cells that were copied, deleted, moved, split, merged, or given another type."""

from tests.damage.corpus import DIFFUSION, FLOWS, Notebook, at, blank, cell, code, damaged, solved, stripped, text

STEP, ALPHA, SAMPLE = "diffusion-step-answer", "diffusion-alpha_bar-answer", "diffusion-q_sample-answer"
GIVEN = "given-2-schedules-and-what-is-left-of-the-sign-1"


# --- nothing is damaged ----------------------------------------------------------------------------------------


@damaged("nothing: a solved notebook")
def untouched(notebook: Notebook) -> Notebook:
    return notebook


@damaged("nothing: notes, helpers and trials between the cells are the student's good right")
def own_cells(notebook: Notebook) -> Notebook:
    cells = notebook["cells"]
    cells.insert(at(notebook, ALPHA), code("import numpy as np\n\n\ndef my_helper(x):\n    return np.asarray(x)"))
    cells.insert(at(notebook, "diffusion-alpha_bar") + 1, code("alpha_bar(torch.tensor([0.1, 0.2]))"))
    cells.insert(at(notebook, "diffusion-alpha_bar") + 1, text("Why does this shrink so fast?"))
    return notebook


@damaged("nothing: a trial after the check redefines an answer")
def trial_behind_check(notebook: Notebook) -> Notebook:
    notebook["cells"].insert(
        at(notebook, "diffusion-step") + 1, code("def noising_step(*args):\n    return 0  # what if?")
    )
    return notebook


@damaged("metadata are gone, and a trial after the check redefines an answer", mended="lost from 40 cells")
def trial_and_stripped(notebook: Notebook) -> Notebook:
    return stripped(trial_behind_check(notebook))


@damaged("nothing: a check is tried with other seeds in cells of its own")
def more_checks(notebook: Notebook) -> Notebook:
    notebook["cells"].insert(at(notebook, "diffusion-step") + 1, code('check("diffusion.step", seed=7)'))
    return notebook


# --- copies ----------------------------------------------------------------------------------------------------


@damaged(
    "an answer's cell is copied with its metadata",
    mended="as copies that add nothing: the answer cell of diffusion.step.",
)
def copied_answer(notebook: Notebook) -> Notebook:
    notebook["cells"].insert(at(notebook, STEP) + 1, {**cell(notebook, STEP), "id": "copy"})
    return notebook


@damaged("a first attempt and, in a copy below, the answer", mended="diffusion.step stood in 2 cells")
def attempt_then_answer(notebook: Notebook) -> Notebook:
    attempt = {
        **cell(notebook, STEP),
        "id": "first",
        "source": "def noising_step(x_prev, eps, a, b):\n    return x_prev",
    }
    notebook["cells"].insert(at(notebook, STEP), attempt)
    return notebook


@damaged(
    "the blank is kept as a copy below the answer",
    mended="as copies that add nothing: the answer cell of diffusion.step.",
)
def blank_below_answer(notebook: Notebook) -> Notebook:
    kept = {**cell(notebook, STEP), "id": "kept", "source": blank(DIFFUSION, STEP)}
    notebook["cells"].insert(at(notebook, STEP) + 1, kept)
    return notebook


@damaged("the blank stays, and the answer is a copy below the check", mended="stood in another place")
def answered_below_check(notebook: Notebook) -> Notebook:
    answer = cell(notebook, STEP)["source"]
    cell(notebook, STEP)["source"] = blank(DIFFUSION, STEP)
    notebook["cells"].insert(at(notebook, "diffusion-step") + 1, code(answer))
    return notebook


@damaged(
    "a wrong attempt stays, and the answer stands in the cell that `restart` made",
    mended=("stood in 2 cells", "stood in another place"),
)
def restarted(notebook: Notebook) -> Notebook:
    answer = cell(notebook, STEP)["source"]
    cell(notebook, STEP)["source"] = "def noising_step(x_prev, eps, a, b):\n    return x_prev"
    notebook["cells"].insert(at(notebook, "diffusion-step") + 1, code(answer))
    return notebook


@damaged(
    "`restart` was called and its blank never filled",
    mended="as copies that add nothing: the answer cell of diffusion.step.",
)
def restarted_in_vain(notebook: Notebook) -> Notebook:
    notebook["cells"].insert(at(notebook, "diffusion-step") + 1, code(blank(DIFFUSION, STEP)))
    return notebook


@damaged(
    "`restart` of an exercise with three cells, never filled",
    mended="as copies that add nothing: the answer cell of diffusion.geometric_series.",
)
def restarted_three_in_vain(notebook: Notebook) -> Notebook:
    ids = [f"diffusion-geometric_series-answer{n}" for n in ("", "-2", "-3")]
    whole = "\n\n\n".join(blank(DIFFUSION, id) for id in ids)
    notebook["cells"].insert(at(notebook, "diffusion-geometric_series") + 1, code(whole))
    return notebook


@damaged("nothing: below the check, a second attempt in the cell that `restart` made was left off halfway")
def restarted_and_left(notebook: Notebook) -> Notebook:
    half = cell(notebook, STEP)["source"].split("\n\n\ndef ")[0] + "\n\n\ndef " + _second_blank()
    notebook["cells"].insert(at(notebook, "diffusion-step") + 1, code(half))
    return notebook


@damaged("nothing: the same, in a copy with the metadata")
def copied_and_left(notebook: Notebook) -> Notebook:
    half = cell(notebook, STEP)["source"].split("\n\n\ndef ")[0] + "\n\n\ndef " + _second_blank()
    notebook["cells"].insert(at(notebook, "diffusion-step") + 1, {**cell(notebook, STEP), "source": half, "id": "half"})
    return notebook


def _second_blank() -> str:
    return blank(DIFFUSION, STEP).split("\n\n\ndef ")[1]


@damaged("the answer stands in a cell of its own, above the blank", mended="stood beside its cell")
def answered_beside(notebook: Notebook) -> Notebook:
    answer = cell(notebook, STEP)["source"]
    cell(notebook, STEP)["source"] = blank(DIFFUSION, STEP)
    notebook["cells"].insert(at(notebook, STEP), code(answer))
    return notebook


@damaged("a check is copied", mended="as copies that add nothing: the check of diffusion.step.")
def copied_check(notebook: Notebook) -> Notebook:
    notebook["cells"].append({**cell(notebook, "diffusion-step"), "id": "copy"})
    return notebook


@damaged(
    "the whole notebook stands there twice",
    mended="as copies that add nothing: the answer cell of diffusion.step, the check of diffusion.step, ",
)
def everything_twice(notebook: Notebook) -> Notebook:
    notebook["cells"] += [{**each, "id": f"{each['id']}-2"} for each in notebook["cells"]]
    return notebook


# --- deleted ---------------------------------------------------------------------------------------------------


@damaged(
    "an answer is deleted",
    mended="Missing, and put back: the answer cell of diffusion.step (as the blank).",
    lost=("diffusion.step",),
)
def deleted_answer(notebook: Notebook) -> Notebook:
    del notebook["cells"][at(notebook, STEP)]
    return notebook


@damaged(
    "the first answer is not there and no cell has metadata",
    mended=(
        "nbgrader's marks had been lost from 39 cells",
        "Missing, and put back: the answer cell of diffusion.step (as the blank).",
    ),
    lost=("diffusion.step",),
)
def deleted_and_stripped(notebook: Notebook) -> Notebook:
    del notebook["cells"][at(notebook, STEP)]
    for each in notebook["cells"]:
        each["metadata"], each["id"] = {}, ""
    return notebook


@damaged("a check is deleted", mended="Missing, and put back: the check of diffusion.step.")
def deleted_check(notebook: Notebook) -> Notebook:
    del notebook["cells"][at(notebook, "diffusion-step")]
    return notebook


@damaged(
    "all checks are deleted",
    mended="Missing, and put back: the check of diffusion.step, the check of diffusion.alpha_bar, ",
)
def deleted_checks(notebook: Notebook) -> Notebook:
    notebook["cells"] = [each for each in notebook["cells"] if not each["metadata"].get("nbgrader", {}).get("points")
                         or each["cell_type"] == "markdown"]  # fmt: skip
    return notebook


@damaged("the imports are deleted", mended="Missing, and put back: the given code `import math`.")
def deleted_imports(notebook: Notebook) -> Notebook:
    del notebook["cells"][at(notebook, "given-15-diffusion-the-forward-process-1")]
    return notebook


@damaged("all text and all demonstrations are deleted", mended="Missing, and put back: 65 cells of text or pictures.")
def deleted_prose(notebook: Notebook) -> Notebook:
    notebook["cells"] = [each for each in notebook["cells"] if "nbgrader" in each["metadata"]]
    return notebook


@damaged("the text of an answer's cell is deleted", lost=("diffusion.step",))
def emptied_answer(notebook: Notebook) -> Notebook:
    cell(notebook, STEP)["source"] = ""
    return notebook


@damaged("the text of a check is deleted", mended="The check of diffusion.step had been changed")
def emptied_check(notebook: Notebook) -> Notebook:
    cell(notebook, "diffusion-step")["source"] = ""
    return notebook


# --- moved -----------------------------------------------------------------------------------------------------


@damaged("an answer is moved below its check", mended="of diffusion.step stands in another place")
def answer_below_check(notebook: Notebook) -> Notebook:
    cells, place = notebook["cells"], at(notebook, STEP)
    cells[place], cells[place + 1] = cells[place + 1], cells[place]
    return notebook


@damaged("an answer is moved to the end", mended="The answer cell of diffusion.step stands in another place")
def answer_at_the_end(notebook: Notebook) -> Notebook:
    notebook["cells"].append(notebook["cells"].pop(at(notebook, STEP)))
    return notebook


@damaged("all checks are moved to the top", mended="another place than in the assignment")
def checks_first(notebook: Notebook) -> Notebook:
    notebook["cells"].sort(key=lambda each: not each["source"].startswith("check("))
    return notebook


@damaged("the cells stand in the opposite order", mended="another place than in the assignment")
def backwards(notebook: Notebook) -> Notebook:
    notebook["cells"].reverse()
    return notebook


@damaged("given code is moved below the answers that use it", mended="in another place")
def given_moved_down(notebook: Notebook) -> Notebook:
    notebook["cells"].append(notebook["cells"].pop(at(notebook, GIVEN)))
    return notebook


# --- split and merged ------------------------------------------------------------------------------------------


@damaged("an answer is split in two; Jupyter copies the metadata", mended="diffusion.step stood in 2 cells")
def split_answer(notebook: Notebook) -> Notebook:
    place = at(notebook, STEP)
    whole = notebook["cells"][place]
    first, second = whole["source"].split("\n\n\ndef ", 1)
    halves = [{**whole, "source": first}, {**whole, "source": "def " + second, "id": "half"}]
    notebook["cells"][place : place + 1] = halves
    return notebook


@damaged("an answer is split, and the second half lost its metadata", mended="stood in 2 cells", of=FLOWS)
def split_answer_of_two(notebook: Notebook) -> Notebook:
    place = at(notebook, "cov-log_density_affine-answer")
    whole = notebook["cells"][place]
    first, second = whole["source"].split("\n\n\ndef ", 1)
    notebook["cells"][place : place + 1] = [{**whole, "source": first}, code("def " + second)]
    return notebook


def _merge(notebook: Notebook, first: int, second: int, keep: int) -> Notebook:
    """As Jupyter merges: one text, the metadata of one of both."""
    cells = notebook["cells"]
    merged = {**cells[keep], "source": cells[first]["source"] + "\n\n" + cells[second]["source"]}
    cells[first] = merged
    del cells[second]
    return notebook


@damaged("answer and check are merged into the answer", mended="Missing, and put back: the check of diffusion.step.")
def merged_into_answer(notebook: Notebook) -> Notebook:
    place = at(notebook, STEP)
    return _merge(notebook, place, place + 1, place)


@damaged("answer and check are merged into the check", mended=("lost from one cell", "diffusion.step had been changed"))
def merged_into_check(notebook: Notebook) -> Notebook:
    place = at(notebook, STEP)
    return _merge(notebook, place, place + 1, place + 1)


@damaged(
    "two answers are merged into the first",
    mended="in the cell of diffusion.step, and counted: your answer to diffusion.alpha_bar.",
)
def merged_into_first_answer(notebook: Notebook) -> Notebook:
    return _merge(notebook, at(notebook, STEP), at(notebook, ALPHA), at(notebook, STEP))


@damaged(
    "two answers are merged into the second",
    mended=(
        "diffusion.step stood in another place",
        "in the cell of diffusion.step, and counted: your answer to diffusion.alpha_bar.",
    ),
)
def merged_into_second_answer(notebook: Notebook) -> Notebook:
    first, second = at(notebook, STEP), at(notebook, ALPHA)
    cells = notebook["cells"]
    cells[second]["source"] = cells[first]["source"] + "\n\n\n" + cells[second]["source"]
    del cells[first]
    return notebook


@damaged(
    "all answers are copied into the first cell, the blanks stay",
    mended="in the cell of diffusion.step, and counted: your answer to diffusion.alpha_bar, your answer to d",
)
def all_in_one(notebook: Notebook) -> Notebook:
    answers = [each for each in notebook["cells"] if each["metadata"].get("nbgrader", {}).get("solution")
               and each["cell_type"] == "code"]  # fmt: skip
    answers[0]["source"] = "\n\n\n".join(each["source"] for each in answers)
    for each in answers[1:]:
        each["source"] = blank(DIFFUSION, each["metadata"]["nbgrader"]["grade_id"])
    return notebook


@damaged(
    "given code and the answer below it are merged into the given cell",
    mended=("lost from one cell", "`def times(N):` had been changed"),
)
def merged_into_given(notebook: Notebook) -> Notebook:
    return _merge(notebook, at(notebook, GIVEN), at(notebook, ALPHA), at(notebook, GIVEN))


@damaged(
    "an answer is merged with the demonstration below its check", mended=("lost from one cell", "in another place")
)
def merged_into_demonstration(notebook: Notebook) -> Notebook:
    cells, place = notebook["cells"], at(notebook, ALPHA)
    demonstration = next(each for each in cells[place:] if each["metadata"].get("tags") == ["demo"])
    demonstration["source"] = cells[place]["source"] + "\n\n\n" + demonstration["source"]
    del cells[place]
    return notebook


# --- changed ---------------------------------------------------------------------------------------------------


@damaged("lines of the student's stand in a check", mended="The check of diffusion.step had been changed")
def lines_in_check(notebook: Notebook) -> Notebook:
    cell(notebook, "diffusion-step")["source"] = 'scale = 2\nprint(scale)\ncheck("diffusion.step")'
    return notebook


@damaged("a check was given other arguments", mended="The check of diffusion.step had been changed")
def arguments_in_check(notebook: Notebook) -> Notebook:
    cell(notebook, "diffusion-step")["source"] = 'check("diffusion.step", noising_step, seed=3)  # once more'
    return notebook


@damaged("the answer stands in the check's cell", mended=("lost from one cell", "diffusion.step had been changed"))
def answer_in_check(notebook: Notebook) -> Notebook:
    cell(notebook, "diffusion-step")["source"] = cell(notebook, STEP)["source"]
    del notebook["cells"][at(notebook, STEP)]
    return notebook


@damaged("an import was added to the given imports", mended="`import math` had been changed: it was restored")
def import_in_given(notebook: Notebook) -> Notebook:
    cell(notebook, "given-15-diffusion-the-forward-process-1")["source"] += "\nimport numpy as np"
    answer = cell(notebook, STEP)
    answer["source"] = "np.float64\n\n\n" + answer["source"]
    return notebook


@damaged("given code was changed and breaks", mended="`def times(N):` had been changed: it was restored")
def broken_given(notebook: Notebook) -> Notebook:
    cell(notebook, GIVEN)["source"] += "\nrubbish("
    return notebook


@damaged("an answer became text", mended="diffusion.step had become text and is code again")
def answer_as_text(notebook: Notebook) -> Notebook:
    answer = cell(notebook, STEP)
    answer["cell_type"], answer["source"] = "markdown", "```python\n" + answer["source"] + "\n```"
    return notebook


@damaged("an answer became raw text and lost its metadata", mended=("lost from one cell", "had become text"))
def answer_as_raw(notebook: Notebook) -> Notebook:
    place = at(notebook, STEP)
    notebook["cells"][place] = {"cell_type": "raw", "source": notebook["cells"][place]["source"], "metadata": {}}
    return notebook


@damaged("checks and imports became raw text")
def locked_as_raw(notebook: Notebook) -> Notebook:
    for id in ("diffusion-step", "given-15-diffusion-the-forward-process-1"):
        cell(notebook, id)["cell_type"] = "raw"
    return notebook


@damaged(
    "the cell of one exercise was used again for another",
    mended=(
        "diffusion.q_sample stood in another place",
        "in the cell of diffusion.q_sample, and counted: your answer to diffusion.predict_x0",
    ),
)
def used_again(notebook: Notebook) -> Notebook:
    cell(notebook, "diffusion-predict_x0-answer")["source"] += "\n\n\n" + cell(notebook, SAMPLE)["source"]
    del notebook["cells"][at(notebook, SAMPLE)]
    return notebook


@damaged("the notebook of a neighbour was pasted below", mended=())
def two_notebooks_in_one(notebook: Notebook) -> Notebook:
    notebook["cells"] += solved("00_start_here")["cells"]
    return notebook
