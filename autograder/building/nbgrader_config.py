# Configuration for stock nbgrader. `python -m autograder source DIR` puts a copy into DIR if none is there.
# Run nbgrader's commands in that folder: it is the root of source/, release/, submitted/ and the others.

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor, TagRemovePreprocessor
from nbgrader.preprocessors import GetGrades

c = get_config()  # noqa: F821 (traitlets hands it in)

# The name under which the gradebook and the exchange know the course.
c.CourseDirectory.course_id = "pushforward"

# Seconds for one cell. nbgrader allows 30, which a cell that trains a model can exceed on a slow machine;
# what never ends must still end. nbgrader's own Execute derives from this class and takes its settings.
c.ExecutePreprocessor.timeout = 600

# Model answers and rubrics, which `grade` puts below written answers for whoever marks them in Formgrader, stay out
# of the feedback that `nbgrader generate_feedback` makes.
c.GenerateFeedback.preprocessors = [GetGrades, TagRemovePreprocessor, CSSHTMLHeaderPreprocessor]
c.GenerateFeedback.HTMLExporter.TagRemovePreprocessor.enabled = True
c.GenerateFeedback.HTMLExporter.TagRemovePreprocessor.remove_cell_tags = {"for-the-marker"}

# Seconds to wait for what a finished cell has shown. After the usual 4, a busy machine that still sends a
# plot would be taken for a dead kernel, and the whole submission would be dropped.
c.ExecutePreprocessor.iopub_timeout = 60
