"""A study as one self-contained HTML file."""

from experiments.report.pages import load, page
from experiments.report.writing import check_out, write_report

__all__ = ["check_out", "load", "page", "write_report"]
