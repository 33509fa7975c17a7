"""Planted mistakes: what the suite must notice. `python -m tests.mutants` plants each in turn."""
