"""The sample corpus's binary files, and the script that makes them from plain text."""
