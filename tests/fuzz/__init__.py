"""Fuzzing guided by coverage (atheris): every reader, and everything that a question meets.

`python -m tests.fuzz` looks for new cases; what it finds lies in `cases/`, and `test_cases.py` tries it ever after.
"""
