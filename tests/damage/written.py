"""Written answers that are no longer where they belong. They are marked by hand: the marker must see them."""

from tests.damage.corpus import DIFFUSION, Notebook, at, blank, cell, code, damaged, stripped, text

WORDS = "diffusion-which_schedules"
NAME = "diffusion.which_schedules"


@damaged("the answer stands in a new cell below the one that is left blank", mended=f"{NAME} stood beside its cell")
def below_blank(notebook: Notebook) -> Notebook:
    answer = cell(notebook, WORDS)["source"]
    cell(notebook, WORDS)["source"] = blank(DIFFUSION, WORDS)
    notebook["cells"].insert(at(notebook, WORDS) + 1, text(answer))
    return notebook


@damaged("the answer stands in a new cell, and the one for it was deleted", mended="lost from one cell")
def in_place_of_deleted(notebook: Notebook) -> Notebook:
    place = at(notebook, WORDS)
    notebook["cells"][place] = text(notebook["cells"][place]["source"])
    return notebook


@damaged("the answer was typed into the question", mended=f"{NAME} stood in the question's own cell")
def in_the_question(notebook: Notebook) -> Notebook:
    place = at(notebook, WORDS)
    notebook["cells"][place - 1]["source"] += "\n\n" + notebook["cells"][place]["source"]
    notebook["cells"][place]["source"] = blank(DIFFUSION, WORDS)
    return notebook


@damaged("question and answer are merged into the question", mended=f"{NAME} stood in the question's own cell")
def merged_into_question(notebook: Notebook) -> Notebook:
    place = at(notebook, WORDS)
    notebook["cells"][place - 1]["source"] += "\n\n" + notebook["cells"].pop(place)["source"]
    return notebook


@damaged("question and answer are merged into the answer", mended="Missing, and put back: a cell of text or pictures.")
def merged_into_written(notebook: Notebook) -> Notebook:
    place = at(notebook, WORDS)
    notebook["cells"][place]["source"] = notebook["cells"].pop(place - 1)["source"] + "\n\n" + _own(notebook, place)
    return notebook


def _own(notebook: Notebook, place: int) -> str:
    return notebook["cells"][place - 1]["source"]


@damaged("the answer was split in two, both with the metadata", mended=f"{NAME} stood in 2 cells")
def split_written(notebook: Notebook) -> Notebook:
    place = at(notebook, WORDS)
    whole = notebook["cells"][place]
    first, second = whole["source"].split("\n", 1)
    notebook["cells"][place : place + 1] = [{**whole, "source": first}, {**whole, "source": second, "id": "second"}]
    return notebook


@damaged("the answer's cell was turned into code")
def written_as_code(notebook: Notebook) -> Notebook:
    cell(notebook, WORDS).update(cell_type="code", outputs=[], execution_count=None)
    return notebook


@damaged("the answer's cell was turned into raw text")
def written_as_raw(notebook: Notebook) -> Notebook:
    cell(notebook, WORDS)["cell_type"] = "raw"
    return notebook


@damaged("the answer is a comment in a code cell, and no cell has metadata", mended="lost from 40 cells")
def as_comments(notebook: Notebook) -> Notebook:
    place = at(notebook, WORDS)
    lines = notebook["cells"][place]["source"].split("\n")
    notebook["cells"][place] = code("\n".join(f"# {line}" for line in lines))
    return stripped(notebook)


@damaged(
    "no cell has metadata, and all other text was deleted",
    mended=("lost from 40 cells", "Missing, and put back: 65 cells of text"),
)
def without_questions(notebook: Notebook) -> Notebook:
    kept = [each for each in notebook["cells"] if "nbgrader" in each["metadata"]]
    notebook["cells"] = kept
    return stripped(notebook)


@damaged(
    "the answer's cell was deleted", mended=f"Missing, and put back: the cell for your answer to {NAME}.", lost=(NAME,)
)
def deleted_written(notebook: Notebook) -> Notebook:
    del notebook["cells"][at(notebook, WORDS)]
    return notebook


@damaged("the answer was pasted twice", mended=())
def pasted_twice(notebook: Notebook) -> Notebook:
    notebook["cells"].insert(at(notebook, WORDS) + 1, {**cell(notebook, WORDS), "id": "again"})
    return notebook
