"""Coursework: build the assignments, grade a class, and report."""
