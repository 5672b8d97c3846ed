"""The firm without its agents: expected values of everything, in difference equations.

Rules and coefficients are those of docs/model.md; what stands for what, and what is left out, is
said in docs/mean-field.md.
"""

from experiments.mean_field.firm import mean_field, summary

__all__ = ["mean_field", "summary"]
