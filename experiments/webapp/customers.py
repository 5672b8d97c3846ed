"""The customers of the first pair: who brings the profit, and why one of them stayed or left."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse

from experiments.customer_base import TOP, share_of_top, whale_curve
from experiments.fates import RULE
from experiments.tables import Tables
from experiments.webapp.explore import begun_job, comparison_of, jobs_of
from experiments.webapp.job import Comparing

router = APIRouter(prefix="/api")

_SHARES = np.linspace(0.0, 1.0, 41)  # of the customers, at which the curve is told
_DIGITS = 4


@router.get("/jobs/{name}/customers")
async def customers(name: str, request: Request) -> JSONResponse:
    """Cumulative profit by customers, and those whose lives differ most.

    `curve` has for either firm the share of the profit that the most profitable `shares` of all who
    ever were customers bring, None where they bring none altogether; `top` that of a fifth of them.
    """
    job = begun_job(name, request)
    return JSONResponse(await jobs_of(request).read(_customers, job))


def _customers(job: Comparing) -> dict[str, Any]:
    found = comparison_of(job)
    tables = [found.tables.get(label) for label in found.regimes[:2]]
    return {
        "regimes": found.regimes,
        "seed": found.seed,
        "shares": [round(float(x), _DIGITS) for x in _SHARES],
        "top_of": TOP,
        "curves": [one and _curve(one) for one in tables],
        "fates": [{"uid": fate.uid, "sentence": fate.sentence} for fate in found.fates],
        "rule": RULE,
        "people": max((len(one.customers) for one in tables if one), default=0),
    }


def _curve(tables: Tables) -> dict[str, Any] | None:
    people = tables.customers
    profit = people.loc[people["status"] != "prospect", "profit"].to_numpy(float)
    share = np.interp(_SHARES, *whale_curve(profit))
    if not np.isfinite(share).all():
        return None
    return {
        "customers": len(profit),
        "profit": round(float(profit.sum())),
        "shares": [round(float(x), _DIGITS) for x in share],
        "top": _known(share_of_top(profit)),
        "losing": _known(float((profit < 0).mean())),
    }


def _known(x: float) -> float | None:
    return round(x, _DIGITS) if math.isfinite(x) else None


@router.get("/jobs/{name}/customers/{uid}")
async def customer(name: str, uid: Annotated[int, Path(ge=0)], request: Request) -> Response:
    """One person's life in both firms of the first pair; see `experiments.biography.why`."""
    found = begun_job(name, request)
    return Response(await jobs_of(request).why(found, uid), media_type="application/json")
