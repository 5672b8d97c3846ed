"""The API behind the question which dials make the gap between two firms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response

from experiments.attribution import Attribution, Plan, plan
from experiments.attribution.game import Player
from experiments.webapp.explore import download, job_of, jobs_of
from experiments.webapp.job import Attributing
from experiments.webapp.limits import shared_replications
from experiments.webapp.question import Question
from experiments.webapp.shares import players_between

router = APIRouter(prefix="/api")


@router.post("/attribute")
def attribute(question: Question, request: Request) -> dict[str, Any]:
    """Begin to divide the gap between two firms among their dials, or find what is there already.

    The answer has the `players`. Where they are fewer than two there is nothing to divide, and
    `job` is None.
    """
    players, asked = attribution_of(question)
    visitor = request.client.host if request.client else ""
    return {
        "players": [{"name": one.name, "dials": one.parts} for one in players],
        "job": asked and jobs_of(request).ask(asked, visitor).as_dict(),
    }


def attribution_of(question: Question) -> tuple[tuple[Player, ...], Plan | None]:
    """Who shares the gap between the firms of a comparison, and the attribution to be made.

    The firms, their seeds and their names are those of the comparison.

    Raises
    ------
    ScenarioError
        If anything is not allowed, or it would be too much.
    """
    compared = question.design()
    a, b = compared.cells.values()
    players = players_between(a.regime, b.regime)
    if len(players) < 2:
        return players, None
    cells, firms = dict(compared.cells), 1 << len(players)
    made = plan(
        question.base(),
        [a.regime, b.regime],
        players=[one.parts for one in players],
        replications=shared_replications(cells, firms, question.replications),
        seed=question.seed,
        years=question.years,
        overrides=dict(question.overrides),
    )
    asked = {**made.study.asked, "players": {one.name: one.parts for one in players}}
    study = replace(made.study, regimes=compared.study.regimes, asked=asked)
    return players, replace(made, study=study, game=replace(made.game, players=players))


@router.get("/attributions/{attribution}/{table}.csv")
async def table(attribution: str, table: str, request: Request) -> Response:
    """The shares of every measure (`shares`) or what two do together (`pairs`) as CSV."""
    if table not in ("shares", "pairs"):
        raise HTTPException(404, "shares.csv or pairs.csv")
    job = job_of(attribution, request)
    if not isinstance(job, Attributing):
        raise HTTPException(404, "an attribution")
    if job.result is None:
        raise HTTPException(409, "an attribution with at least one replication finished")
    scenario, text = await jobs_of(request).read(_csv, job, table)
    return download(text, "text/csv", scenario, f"{table}.csv")


def _csv(job: Attributing, table: str) -> tuple[str, str]:
    found = job.found()
    assert isinstance(found, Attribution)
    frame = found.table if table == "shares" else found.interaction_table
    return found.scenario, frame.to_csv(index=False, lineterminator="\r\n")  # RFC 4180
