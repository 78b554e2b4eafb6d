"""The graders graded, notebooks and grading measured."""
