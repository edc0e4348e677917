"""The forms of a report: one format a file."""
