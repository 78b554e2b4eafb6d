"""Names that students choose, and names that mean nothing: whose a file is must not depend on them."""

from pathlib import Path

from tests.damage.corpus import DIFFUSION, START
from tests.damage.handed_in import blank, handed_in, put, put_zip, work, zipped

ADA, BOB = f"ada/{START}/{START}.ipynb", f"bob/{START}/{START}.ipynb"


@handed_in("students' folders by hand that could be read as Canvas's", {
           ("ws_2024_25_ada", START): "", ("ws_2024_25_bob", START): ""},
           lms={"ws_2024_25_ada": {}, "ws_2024_25_bob": {}})  # fmt: skip
def terms_in_folders(folder: Path) -> Path:
    return put(folder, {f"ws_2024_25_{name}/x.ipynb": work() for name in ("ada", "bob")})


@handed_in("the same as files", {("ws_2024_25_ada", START): "", ("ws_2024_25_bob", START): ""})
def terms_in_files(folder: Path) -> Path:
    return put(folder, {f"ws_2024_25_{name}.ipynb": work() for name in ("ada", "bob")})


@handed_in("the same in nbgrader's layout", {("ws_2024_25_ada", START): "", ("ws_2024_25_bob", START): ""})
def terms_in_nbgrader(folder: Path) -> Path:
    return put(folder, {f"ws_2024_25_{name}/{START}/{START}.ipynb": work() for name in ("ada", "bob")})


@handed_in("a date in the name of a single file", {("ada_2024_11_21", START): ""}, lms={"ada_2024_11_21": {}})
def date_in_file(folder: Path) -> Path:
    return put(folder, {"ada_2024_11_21.ipynb": work()})


@handed_in("a file in Ada's folder that is called as Canvas would call Bob's", {("ada", START): "", ("bob", START): ""},
           {"ada": "You handed in several notebooks"}, {"ada": {}, "bob": {}})  # fmt: skip
def in_bobs_name(folder: Path) -> Path:
    return put(folder, {ADA: work(), BOB: blank(), f"ada/{START}/bob_1_2_{START}.ipynb": work()})


@handed_in("a file in Ada's folder in the name of somebody who is absent", {("ada", START): "", ("bob", START): ""})
def in_an_absent_name(folder: Path) -> Path:
    return put(
        folder, {"bob.ipynb": work(), "ada/cleo_1_2_x.ipynb": work(), "ada/Cleo_7_assignsubmission_file_/x.ipynb": b""}
    )


@handed_in("the same in Ada's zip", {("ada", START): "", ("bob", START): ""})
def absent_in_a_zip(folder: Path) -> Path:
    return put(folder, {"ada.zip": zipped({f"cleo/{START}/{START}.ipynb": work()}), "bob.ipynb": work()})


@handed_in("folders deep in Ada's that are called by a student and an assignment", {("ada", START): "",
           ("bob", START): ""})  # fmt: skip
def layout_below(folder: Path) -> Path:
    return put(folder, {f"ada/{START}/home/cleo/{START}/x.ipynb": work(), BOB: work()})


@handed_in("a loose notebook in nobody's name, beside students'", {
           ("ada", START): "", ("bob", START): "", (f"{START}.ipynb", START): "No student is named by",
           (f"{DIFFUSION} (1).ipynb", START): "No student is named by"})  # fmt: skip
def in_nobodys_name(folder: Path) -> Path:
    files = {"ada.ipynb": work(), "bob/x.ipynb": work(), f"{START}.ipynb": work()}
    return put(folder / "bob", {**files, f"{DIFFUSION} (1).ipynb": work(DIFFUSION)})


@handed_in("a zip in nobody's name, with files for others in it", {
           ("ada", START): "", (f"{START}.zip", START): "No student is named by"})  # fmt: skip
def zip_in_nobodys_name(folder: Path) -> Path:
    return put(folder, {"ada.ipynb": work(), f"{START}.zip": zipped({"bob.ipynb": work(), "cleo.ipynb": work()})})


@handed_in("a loose notebook beside the folders of nbgrader's layout", {
           ("ada", START): "", ("cy", START): "", ("bob.ipynb", START): "lies beside the students'"})  # fmt: skip
def loose_in_nbgrader(folder: Path) -> Path:
    return put(folder, {ADA: work(), f"cy/{START}/{START}.ipynb": work(), "bob.ipynb": work()})


@handed_in("one student's own folder beside the files of others", {
           ("ada", START): "", ("bob", START): "", ("cy", START): ""})  # fmt: skip
def one_like_nbgrader(folder: Path) -> Path:
    return put(folder, {ADA: work(), "bob.ipynb": work(), "cy.ipynb": work()})


@handed_in("one student's folder, with nothing but the assignments in it", {("bob", START): "", ("bob", DIFFUSION): ""})
def of_one_student(folder: Path) -> Path:
    return put(folder / "bob", {f"{START}.ipynb": work(), f"{DIFFUSION}-Copy1.ipynb": work(DIFFUSION)})


@handed_in("one folder of many notebooks is a class", {("ada", START): "", ("bob", DIFFUSION): ""})
def one_folder_of_many(folder: Path) -> Path:
    return put(folder, {"all/ada.ipynb": work(), "all/bob.ipynb": work(DIFFUSION), "roster.csv": b""})


@handed_in("one folder of many folders, too", {("ada", START): "", ("bob", START): ""})
def one_folder_of_folders(folder: Path) -> Path:
    return put(folder, {"hand-ins/all/ada/x.ipynb": work(), "hand-ins/all/bob/y.ipynb": work()})


@handed_in("one folder of one student's notebooks is none", {("ada", START): "", ("ada", DIFFUSION): ""})
def one_folder_of_one(folder: Path) -> Path:
    return put(folder, {f"ada/{START}.ipynb": work(), f"ada/{DIFFUSION}.ipynb": work(DIFFUSION)})


@handed_in("an export of Moodle in a student's place", {
           ("ada", DIFFUSION): "", ("export", DIFFUSION): "looks like an export of Moodle in a student's"})  # fmt: skip
def export_among_students(folder: Path) -> Path:
    export = zipped({"Jane Doe_12_assignsubmission_file_/x.ipynb": work()})
    return put(folder, {"export.zip": export, "ada.zip": zipped({"nb/x.ipynb": work(DIFFUSION)})})


@handed_in("one name of an export is not Moodle's: then none is", {
           ("Jane Doe_12_assignsubmission_file_", START): "", ("Jane Doe_13_assignsubmission_file_", START): "",
           ("bob", START): ""}, {"Jane Doe_12_assignsubmission_file_": "looks like Moodle's, but not all beside it do"},
           {"Jane Doe_12_assignsubmission_file_": {}})  # fmt: skip
def not_all_of_moodle(folder: Path) -> Path:
    return put(folder, {
        "Jane Doe_12_assignsubmission_file_/x.ipynb": work(), "Jane Doe_13_assignsubmission_file_/x.ipynb": work(),
        "bob.ipynb": work(),
    })  # fmt: skip


@handed_in("folders in folders without end, in a zip and on the disk", {
           ("ada", START): "more than 50 folders in one another", ("bob", START): "more than 50 folders",
           ("cy", START): ""})  # fmt: skip
def without_end(folder: Path) -> Path:
    deep = "/".join(["a"] * 3000)
    put(folder, {"ada.zip": zipped({f"{deep}/x.ipynb": work()}), "cy.ipynb": work()})
    (folder / "bob" / "/".join(["b"] * 60)).mkdir(parents=True)
    return folder


@handed_in("the same, alone", {("cy", START): "", ("dan", START): "", ("a", START): "more than 50 folders"})
def without_end_alone(folder: Path) -> Path:
    deep = "/".join(["a"] * 3000)
    return put(folder, {"all.zip": zipped({f"{deep}/x.ipynb": work(), "cy.ipynb": work(), "dan.ipynb": work()})})


@handed_in("a name with its number is another's name", {
           ("Jane Doe_12_12_12", START): "", ("Jane Doe_12_12_7", START): "", ("Jane Doe_12_5", START): "",
           ("Jane Doe_13", START): ""})  # fmt: skip
def numbers_in_names(folder: Path) -> Path:
    names = ("Jane Doe_12", "Jane Doe_13", "Jane Doe_12_5", "Jane Doe_12_12_7")
    return put(folder, {f"{name}_assignsubmission_file_/x.ipynb": work() for name in names})


@handed_in("a time that a student wrote, and one that nbgrader did", {
           ("ada", START): "", ("bob", START): "", ("cy", START): ""}, times={
           "ada": None, "bob": "2026-01-31T23:59:59.500000+00:00", "cy": None})  # fmt: skip
def time_of_a_student(folder: Path) -> Path:
    time = b"2020-01-01 00:00:00 UTC"
    return put(folder, {
        ADA: work(), f"ada/{START}/mine/timestamp.txt": time, "ada/timestamp.txt": time,
        BOB: work(), f"bob/{START}/timestamp.txt": b"2026-01-31 23:59:59.5 UTC",
        "cy.zip": zipped({f"{START}/{START}.ipynb": work(), f"{START}/timestamp.txt": time}),
    })  # fmt: skip


@handed_in("a student's own time in a folder by hand, and in an export", {
           ("ada", START): "", ("bob", START): ""}, times={"ada": None, "bob": None})  # fmt: skip
def time_in_an_export(folder: Path) -> Path:
    files = {"20200101000000_x.ipynb": work(), "timestamp.txt": b"2020-01-01 00:00:00 UTC"}
    names = {"ada": "ada_12_assignsubmission_file_", "bob": "bob_13_assignsubmission_file_"}
    return put_zip(folder, {f"{top}/{name}": content for top in names.values() for name, content in files.items()})
