"""In which part of a sweep is one regime better? Boxes, judged on points not seen before."""

from experiments.discovery.result import Discovery, discover

__all__ = ["Discovery", "discover"]
