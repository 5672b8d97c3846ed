"""A comparison as one self-contained HTML file."""

from experiments.report.document import page
from experiments.report.writing import check_out, write_report

__all__ = ["check_out", "page", "write_report"]
