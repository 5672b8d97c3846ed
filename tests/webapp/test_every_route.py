"""Whatever is sent to whatever route, also one that was added yesterday: an answer, no stumble."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fastapi")
import httpx2 as httpx

from experiments.webapp.app import create_app
from experiments.webapp.pages import PAGES
from experiments.webapp.security import POLICY
from experiments.webapp.settings import Settings
from tests.webapp.process import ASKED, QUESTION

NAMES = ("..%2f..%2fetc%2fpasswd", "%00", "%ed%a0%80", "-1", "NaN", "9" * 400, "a" * 3000)
BODIES = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b"NaN",
    b'"\\ud800"',
    b'{"\\ud800": "\\u0000"}',
    b'{"name": {"name": [1e999]}, "text": 1e999, "scenario": {"a": 1}, "shock": [], "game": {}}',
    b'{"text": "\\ud800\\u0000", "scenario": "\\ud800", "name": "\\ud800", "regime": "\\ud800"}',
    b'{"text": "!!python/object/apply:os.system [x]", "scenario": "!!python/name:os.system"}',
    b"[" * 800 + b"]" * 800,
)
"""Nothing that any route could take for a command."""


def routes(tmp: Path) -> Iterator[tuple[str, str]]:
    """Every method and path that the app has."""
    described = create_app(Settings(tmp, workers=1, warm=False)).openapi()
    for path, methods in described["paths"].items():
        yield from ((method.upper(), path) for method in methods)
    yield from (("GET", path) for path in PAGES)


@pytest.mark.long
def test_no_route_stumbles(browser: httpx.Client, tmp_path: Path) -> None:
    all_routes = list(routes(tmp_path))
    assert len(all_routes) > 25
    room = browser.post("/api/rooms", json={"game": "thirty"}).json()
    question = QUESTION | {"years": 0.1, "replications": 1}
    job = browser.post("/api/compare", json=question).json()["id"]
    firms = [{"regime": "neutral"}, {"regime": "with_care"}]
    divided = browser.post("/api/attribute", json=question | {"firms": firms}).json()["job"]["id"]
    asked = ASKED["/api/frontier"] | {"years": 0.02}
    mapped = browser.post("/api/frontier", json=asked).json()["job"]["id"]
    there = {"code": room["code"], "name": job, "attribution": divided, "frontier": mapped}
    tokens: tuple[dict[str, str], ...] = ({}, {"Authorization": f"Bearer {room['token']}"})
    for method, pattern in all_routes:
        plain = re.sub(r"{(\w+)}", lambda part: there.get(part[1], "x"), pattern)
        strange = [re.sub(r"{\w+(:\w+)?}", name, pattern) for name in NAMES]
        paths = dict.fromkeys([plain, *strange, f"{plain}?n=NaN&firm=-1&uid=x&token=%00"])
        bodies = BODIES if method not in ("GET", "HEAD") else BODIES[:1]
        for path in paths:
            for body in bodies if path == plain else bodies[3:4] or bodies:
                for headers in tokens:
                    check(browser, method, path, body, headers)


def check(
    browser: httpx.Client, method: str, path: str, body: bytes, headers: dict[str, str]
) -> None:
    """One request: an answer below 500, in JSON if it is a refusal, with the policy."""
    sent = {"content-type": "application/json", **headers}
    asked = browser.build_request(method, path, content=body, headers=sent)
    answer = browser.send(asked, stream=True)  # some never end
    try:
        told = (method, path[:80], body[:40], answer.status_code)
        assert answer.status_code < 500, told
        assert answer.headers["content-security-policy"] == POLICY, told
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/json", told
    finally:
        answer.close()
