"""Notebooks that are made to break whoever reads them. The honest answers in them still count."""

import json

from tests.damage.corpus import Notebook, as_bytes, at, cell, code, damaged

STEP = "diffusion-step-answer"
_LAYERS = "\n".join(f"#   {b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
# Whoever copies what this header says writes down 9^8 lists: a script that is read with a limit of time only.
BOMB = f"# ---\n# jupyter:\n#   a: &a [x, x]\n{_LAYERS}\n# ---\n\n# %%\n1\n".encode()


@damaged("JSON nested a hundred thousand levels deep", refused="nested too deeply")
def deep_json(notebook: Notebook) -> bytes:
    return b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@damaged("a whole number of 100,000 digits", mended=())
def huge_number(notebook: Notebook) -> bytes:
    return as_bytes(notebook).replace(b'"nbformat": 4', b'"nbformat": 4, "much": ' + b"9" * 100_000, 1)


@damaged("numbers, lists and nulls where cells, texts and metadata belong", mended="3 of the notebook's cells had no")
def wrong_types(notebook: Notebook) -> Notebook:
    odd = [
        {"cell_type": "code", "source": 7, "metadata": {}},
        {"cell_type": "code", "source": [1, None, "print(2)", {}], "metadata": None},
        {"cell_type": ["code"], "source": {"a": 1}, "metadata": [], "outputs": 5},
        {"cell_type": "markdown", "source": None, "metadata": {"nbgrader": 3, "tags": "demo"}, "id": 12},
        {
            "cell_type": "code",
            "source": "",
            "metadata": {"nbgrader": {"grade_id": ["x"], "points": "many"}, "tags": {}},
        },
        {},
    ]
    notebook["cells"] += [None, 3, "text", *odd]
    notebook["metadata"] = {"kernelspec": [], "language_info": 3}
    notebook["nbformat"], notebook["nbformat_minor"] = "four", None
    return notebook


@damaged("an old notebook with wrong types", refused="in an old format and damaged")
def wrong_types_in_format_3(notebook: Notebook) -> bytes:
    return json.dumps({"nbformat": 3, "worksheets": [{"cells": [{"cell_type": "code", "input": {}}, 5]}, 7]}).encode()


@damaged("halves of surrogate pairs and NUL in texts")
def half_letters(notebook: Notebook) -> bytes:
    cell(notebook, STEP)["source"] += "\n\nnote = 'a\ud83d b\x00c'"
    notebook["cells"].append(code("print('\udc00')"))
    return json.dumps(notebook).encode()


@damaged("an emoji whose two halves stand in two pieces of the text")
def emoji_in_two(notebook: Notebook) -> bytes:
    notebook["cells"].append(code(["face = '\ud83d", "\ude00'\n", "assert face == '😀'"]))
    return json.dumps(notebook).encode()


@damaged("an own cell of a megabyte", mended="holds too much to be run: left out")
def large_cell(notebook: Notebook) -> Notebook:
    notebook["cells"].append(code("data = '" + "x" * 1_000_000 + "'"))
    return notebook


@damaged("cells that only together are too large", refused="too many characters to be run")
def large_together(notebook: Notebook) -> Notebook:
    notebook["cells"] += [code("data = '" + "x" * 150_000 + "'") for _ in range(8)]
    return notebook


@damaged("too many cells", refused="more than 5000 cells")
def many_cells(notebook: Notebook) -> Notebook:
    notebook["cells"] += [code("1") for _ in range(6000)]
    return notebook


@damaged("four thousand copies of an answer", mended="as copies that add nothing: the answer cell of diffusion.step.")
def many_copies(notebook: Notebook) -> Notebook:
    answer = cell(notebook, STEP)
    notebook["cells"][at(notebook, STEP) : 0] = [{**answer, "id": f"c{n}"} for n in range(4000)]
    return notebook


@damaged("text on which a careless pattern takes for ever")
def slow_patterns(notebook: Notebook) -> Notebook:
    lines = [
        "a" * 40_000 + "!",
        "x: " * 10_000,
        "check(" * 5000,
        "check('a.b'," + "(" * 5000,
        " " * 40_000 + "=",
        "\t" * 9000,
    ]
    notebook["cells"] += [code(line) for line in lines]
    return notebook


@damaged("answers that are no Python")
def no_python(notebook: Notebook) -> Notebook:
    notebook["cells"].insert(2, code("def noising_step(:::\n  ((((\n%%%\n!!!"))
    notebook["cells"].insert(3, code("(" * 5000))
    return notebook


@damaged("a script of cells with a header that expands without end", refused="None of the exercises")
def yaml_bomb(notebook: Notebook) -> bytes:
    layers = "\n".join(f"# {b}: &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    return f"# ---\n# a: &a [x, x]\n{layers}\n# ---\n\n# %%\n1\n".encode()


@damaged("a cell that pretends to be the check of every exercise", mended="The check of diffusion.step")
def all_checks_in_one(notebook: Notebook) -> Notebook:
    ids = [each["source"] for each in notebook["cells"] if each["source"].startswith("check(")]
    cell(notebook, "diffusion-step")["source"] = "check = print\n" + "\n".join(ids)
    return notebook


@damaged("duplicate keys: the last one counts in JSON", mended=())
def duplicate_keys(notebook: Notebook) -> bytes:
    return as_bytes(notebook).replace(b'{\n "cells": [', b'{\n "cells": [], "cells": [', 1)


@damaged("a script of far too many cells", refused="far more or larger cells than the assignment")
def many_cells_in_script(notebook: Notebook) -> bytes:
    return b"# %%\n1\n" * 50_000
