"""What an exercise is, and how its answers are judged and reported."""
