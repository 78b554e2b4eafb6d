"""What programs do to the marks by which cells are known: metadata, ids, tags, the kernel's name."""

import json

import nbformat

from tests.damage.corpus import FLOWS, START, Notebook, as_bytes, cell, damaged, stripped

LOST = "nbgrader's marks had been lost from 40 cells"


@damaged("metadata and ids of every cell are gone", mended=LOST)
def all_stripped(notebook: Notebook) -> Notebook:
    return stripped(notebook)


@damaged("the same in the first notebook", of=START, mended="nbgrader's marks had been lost from 6 cells")
def all_stripped_at_the_start(notebook: Notebook) -> Notebook:
    return stripped(notebook)


@damaged("the same in the notebook on flows", of=FLOWS, mended="nbgrader's marks had been lost from 31 cells")
def all_stripped_in_flows(notebook: Notebook) -> Notebook:
    return stripped(notebook)


@damaged("Colab: ids in the metadata, nothing of nbgrader, its own notes, widgets", mended=LOST)
def colab(notebook: Notebook) -> Notebook:
    for each in notebook["cells"]:
        each["metadata"] = {"id": each.pop("id"), "colab": {"base_uri": "https://localhost:8080/"}, "outputId": "x"}
    notebook["nbformat_minor"] = 0
    notebook["metadata"] = {
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"a": {"model_name": "HBoxModel"}}},
    }
    return notebook


@damaged("VS Code: new ids, a kernel of its own, languages in the metadata", mended="asked for the kernel `.venv`")
def vs_code(notebook: Notebook) -> Notebook:
    for n, each in enumerate(notebook["cells"]):
        each["id"] = f"{n:08x}"
        each["metadata"] = {**each["metadata"], "vscode": {"languageId": "python"}}
    notebook["metadata"]["kernelspec"] = {"display_name": ".venv (3.11)", "language": "python", "name": ".venv"}
    return notebook


@damaged("ids are kept and metadata gone", mended=LOST)
def ids_only(notebook: Notebook) -> Notebook:
    for each in notebook["cells"]:
        each["metadata"] = {}
    return notebook


@damaged("all cells have the same id")
def one_id(notebook: Notebook) -> Notebook:
    for each in notebook["cells"]:
        each["id"] = "same"
    return notebook


@damaged("nbformat 4.4: no cell has an id")
def older_minor(notebook: Notebook) -> Notebook:
    notebook["nbformat_minor"] = 4
    for each in notebook["cells"]:
        del each["id"]
    return notebook


@damaged("nbformat 4.99: from a later version of Jupyter")
def later_minor(notebook: Notebook) -> Notebook:
    notebook["nbformat_minor"] = 99
    notebook["cells"][0]["of_the_future"] = {"a": 1}
    return notebook


@damaged("ids with letters that are not allowed")
def forbidden_ids(notebook: Notebook) -> Notebook:
    for n, each in enumerate(notebook["cells"]):
        each["id"] = f"Zelle {n} é" * 20
    return notebook


@damaged("points and locks in the metadata were changed")
def forged_points(notebook: Notebook) -> Notebook:
    cell(notebook, "diffusion-step")["metadata"]["nbgrader"].update(points=99, locked=False)
    cell(notebook, "diffusion-step-answer")["metadata"]["nbgrader"].update(grade=True, points=99)
    return notebook


@damaged("own cells carry nbgrader's metadata with ids that do not exist")
def invented_grade_ids(notebook: Notebook) -> Notebook:
    mine = {"cell_type": "code", "source": "1 + 1", "outputs": [], "execution_count": 1, "id": "mine"}
    grader = {"grade_id": "bonus", "grade": True, "points": 100, "locked": False, "solution": False}
    notebook["cells"].append({**mine, "metadata": {"nbgrader": grader}})
    return notebook


@damaged("a kernel that does not exist here", mended="asked for the kernel `julia-1.9`")
def other_kernel(notebook: Notebook) -> Notebook:
    notebook["metadata"]["kernelspec"] = {"display_name": "Julia", "language": "julia", "name": "julia-1.9"}
    return notebook


@damaged("a kernel whose name is a page long", mended="asked for the kernel `xxx")
def long_kernel(notebook: Notebook) -> Notebook:
    notebook["metadata"]["kernelspec"] = {"display_name": "x", "name": "x" * 5000 + "\n<script>"}
    return notebook


@damaged("no kernel is named, the metadata are empty")
def no_metadata(notebook: Notebook) -> Notebook:
    notebook["metadata"] = {}
    return notebook


@damaged("the tags of demonstrations are gone, their text changed a little")
def demonstrations_changed(notebook: Notebook) -> Notebook:
    for each in notebook["cells"]:
        if each["metadata"].pop("tags", None):
            each["source"] = each["source"].replace("figsize", "figsize") + "\n# looked at this"
    return notebook


@damaged("saved with outputs of 50 MB, counters, attachments, and widgets")
def large_outputs(notebook: Notebook) -> bytes:
    line = "0123456789abcdef" * 64 + "\n"
    for n, each in enumerate(notebook["cells"]):
        if each["cell_type"] == "code":
            each["execution_count"] = n
            each["outputs"] = [{"output_type": "stream", "name": "stdout", "text": [line] * 20}]
        else:
            each["attachments"] = {"a.png": {"image/png": "AAAA"}}
    picture = "A" * (50 << 20)
    cell(notebook, "diffusion-step")["outputs"].append(
        {"output_type": "display_data", "data": {"image/png": picture}, "metadata": {}}
    )
    return json.dumps(notebook).encode()


@damaged("nbformat 3", mended=("was in an old format", LOST))
def format_3(notebook: Notebook) -> bytes:
    return _old(notebook)


@damaged("nbformat 2", mended=("was in an old format", LOST))
def format_2(notebook: Notebook) -> bytes:
    old = json.loads(_old(notebook))
    old["nbformat"], old["nbformat_minor"] = 2, 0
    for each in old["worksheets"][0]["cells"]:
        each.pop("metadata", None)
    return as_bytes(old)


def _old(notebook: Notebook) -> bytes:
    for each in notebook["cells"]:
        each["metadata"] = {}
    return nbformat.writes(nbformat.convert(nbformat.from_dict(notebook), 3), version=3).encode()
