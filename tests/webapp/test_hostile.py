"""Hostile input over real sockets: each gets a clear refusal, and the server goes on.

The rules of a room (whose token may do what) and of a question are tested with the rooms and with
the questions; here the whole server is up, as a process, and its log is read.
"""

from __future__ import annotations

import http.client
import json
import time
from typing import Any

import pytest

pytest.importorskip("fastapi")
import httpx2 as httpx

from experiments.webapp.limits import BODY_BYTES, BODY_SECONDS
from experiments.webapp.security import POLICY
from tests.webapp.process import ASKED, QUESTION, Served, spoken

SECONDS = 60.0
JSON = {"content-type": "application/json"}
KINDS = ("application/json", "text/html", "text/css", "text/event-stream")
NASTY = "<script>alert(1)</script>\"'><img src=x>"


@pytest.fixture(scope="module")
def room(connected: httpx.Client) -> dict[str, str]:
    """A room with two teams: its `code`, and the tokens of `host`, `t1` and `t2`."""
    told = connected.post("/api/rooms", json={"game": "thirty", "seed": 4}).json()
    tokens = {
        team: connected.post(f"/api/rooms/{told['code']}/teams", json={"name": name}).json()[
            "token"
        ]
        for team, name in (("t1", NASTY), ("t2", "South"))
    }
    return {"code": told["code"], "host": told["token"], **tokens}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    """What a refusal says: JSON with words, and the headers of every answer."""
    assert answer.status_code == status, answer.text
    guarded(answer)
    assert answer.headers["content-type"].startswith("application/json")
    told: dict[str, Any] = answer.json()["error"]
    assert set(told) == {"field", "given", "allowed", "nearest"}
    assert told["allowed"]
    assert len(answer.content) < 4000
    return told


def guarded(answer: httpx.Response) -> None:
    """Whether an answer carries what every answer carries."""
    headers = answer.headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] in ("no-store", "no-cache")
    assert "server" not in headers
    assert "set-cookie" not in headers
    assert not any(name.startswith("access-control") for name in headers)
    assert headers.get("content-type", KINDS[0]).split(";")[0] in KINDS


# ------------------------------------------------------------------ answers


def test_every_kind_of_answer_is_guarded(browser: httpx.Client, room: dict[str, str]) -> None:
    style = "/static/style/base.css"
    plain = browser.get(style)
    for answer in (
        plain,
        browser.get("/"),
        browser.head("/"),
        browser.head(style),
        browser.get(style, headers={"if-none-match": plain.headers["etag"]}),
        browser.get("/api/games"),
        browser.get("/nothing"),
        browser.get("/static/nothing"),
        browser.delete("/api/games"),
        browser.get("/", headers={"host": "evil.example"}),
    ):
        guarded(answer)
    assert browser.get(style, headers={"if-none-match": plain.headers["etag"]}).status_code == 304
    stream = f"/api/rooms/{room['code']}/events"
    with browser.stream("GET", stream, headers=bearer(room["host"])) as answer:
        guarded(answer)
        assert answer.headers["content-type"].startswith("text/event-stream")


# ------------------------------------------------------------------ whose page asks


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1"},
        {"origin": "http://localhost:1"},
        {"origin": "http://["},
        {"origin": "http://[::1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_no_page_of_another_site_may_change_anything(
    browser: httpx.Client, room: dict[str, str], headers: dict[str, str]
) -> None:
    for path, body in (
        ("/api/rooms", {"game": "thirty"}),
        *ASKED.items(),
    ):
        assert refused(browser.post(path, json=body, headers=headers), 403)["field"] == "Origin"
    start = f"/api/rooms/{room['code']}/start"
    answer = browser.post(start, json={}, headers=headers | bearer(room["host"]))
    assert refused(answer, 403)["field"] == "Origin"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", "[::2]", "a@b"]
)
def test_no_name_of_another_s_for_this_machine(browser: httpx.Client, host: str) -> None:
    for path in ("/", "/api/games", "/static/style/base.css"):
        assert refused(browser.get(path, headers={"host": host}), 403)["field"] == "Host"


# ------------------------------------------------------------------ who may do what


def test_tokens_are_taken_from_one_place_and_must_fit(
    browser: httpx.Client, room: dict[str, str]
) -> None:
    path = f"/api/rooms/{room['code']}"
    other = browser.post("/api/rooms", json={"game": "thirty"}).json()
    in_query = f"token={room['host']}&Authorization=Bearer%20{room['host']}"
    wrong = [{}, bearer("x" * 43), bearer(other["token"]), {"cookie": f"token={room['host']}"}]
    for headers in wrong:
        for what in ("view", "events", "debrief"):
            answer = browser.get(f"{path}/{what}?{in_query}", headers=headers)
            assert refused(answer, 403)["field"] == "Authorization"
        for action in ("start", "advance", "pause", "inject", "bots", "hand-over", "reveal"):
            answer = browser.post(f"{path}/{action}?{in_query}", json={}, headers=headers)
            assert refused(answer, 403)["field"] == "Authorization"
    for team in ("t1", "t2"):
        for action in ("start", "advance", "reveal", "hand-over"):
            refused(browser.post(f"{path}/{action}", json={}, headers=bearer(room[team])), 403)
    assert browser.get(f"{path}/view", headers=bearer(room["host"])).json()["phase"] == "lobby"
    assert refused(browser.get(f"{path}/view", headers=bearer("x" * 5000)), 422)


def test_no_team_speaks_for_another(browser: httpx.Client, room: dict[str, str]) -> None:
    path = f"/api/rooms/{room['code']}/decide"
    asked = {"quarter": 0, "decision": {}}
    for more in ({"team": "t2"}, {"at": 0}, {"do": "advance"}, {"token": room["t2"]}):
        answer = browser.post(path, json=asked | more, headers=bearer(room["t1"]))
        assert refused(answer, 422)["given"] == repr(next(iter(more)))


def test_script_in_a_name_stays_text(browser: httpx.Client, room: dict[str, str]) -> None:
    for answer in (
        browser.get(f"/api/rooms/{room['code']}"),
        browser.get(f"/api/rooms/{room['code']}/view", headers=bearer(room["t1"])),
    ):
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["teams"][0]["name"] == NASTY
    for path in ("/play", "/play/host", "/play/team"):  # the same for everybody
        assert NASTY not in browser.get(f"{path}?name={NASTY}").text
    assert refused(browser.post("/api/rooms", json={"game": NASTY}), 422)["given"] == repr(NASTY)
    assert refused(browser.get(f"/{NASTY}"), 404)


@pytest.mark.parametrize(
    "name", ['"a\\u0000b"', '"\\ud800"', '"\\u202ename"', '"\\u200b"', "7", "null", "[]"]
)
def test_names_that_cannot_be_read_are_refused(
    browser: httpx.Client, room: dict[str, str], name: str
) -> None:
    path = f"/api/rooms/{room['code']}/teams"
    answer = browser.post(path, content=f'{{"name":{name}}}'.encode(), headers=JSON)
    assert refused(answer, 422)["field"] == "name"


# ------------------------------------------------------------------ bodies


def test_huge_bodies_are_refused_as_told_and_as_they_come(
    browser: httpx.Client, server: Served
) -> None:
    assert refused(browser.post("/api/compare", content=b" " * (BODY_BYTES + 1)), 413)
    in_parts = (b" " * 4096 for _ in range(BODY_BYTES // 4096 + 1))
    assert refused(browser.post("/api/compare", content=in_parts), 413)
    head = b"POST /api/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n"
    started = time.monotonic()
    assert b" 413 " in spoken(server.port, head % 10**15)[:20]
    assert time.monotonic() - started < BODY_SECONDS / 2  # it did not wait for any of it


@pytest.mark.parametrize("depth", [50, 900, 3000, 100_000])
def test_deep_nesting(browser: httpx.Client, room: dict[str, str], depth: int) -> None:
    lists, mappings = b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth
    for path, body in (
        *((path, lists) for path in ASKED),
        ("/api/compare", json.dumps(QUESTION)[:-1].encode() + b', "events": [%s]}' % mappings),
        ("/api/rooms", b'{"game": %s}' % lists),
        (f"/api/rooms/{room['code']}/inject", b'{"shock": {"happens": %s}}' % mappings),
    ):
        answer = browser.post(path, content=body, headers=JSON | bearer(room["host"]))
        status = 413 if len(body) > BODY_BYTES else 400 if depth > 1000 else 422
        assert refused(answer, status)


@pytest.mark.parametrize(
    "number",
    ["NaN", "Infinity", "1e999", "-1e999", "-1", "1e308", "9" * 300, "9" * 5000, '"1"', "{}"],
)
@pytest.mark.parametrize("field", ["years", "replications", "seed", "overrides", "share"])
def test_strange_numbers(browser: httpx.Client, field: str, number: str) -> None:
    value = {
        "overrides": f'"overrides": {{"h0": {number}}}',
        "share": f'"events": [{{"week": 3, "cut": "it", "share": {number}}}]',
    }.get(field, f'"{field}": {number}')
    for path, question in ASKED.items():
        body = f"{json.dumps(question)[:-1]}, {value}}}".encode()
        answer = browser.post(path, content=body, headers=JSON)
        told = refused(answer, 400 if len(number) > 4300 else 422)
        places = (field, "body", "parameters", "horizon_years", "events")
        assert told["field"].split(".")[0] in places


@pytest.mark.parametrize(
    "changes",
    [{"years": 1000}, {"years": 0}, {"replications": 0}, {"replications": 10**6}, {"years": 1e9}],
    ids=str,
)
def test_amounts_are_bounded(browser: httpx.Client, changes: dict[str, float]) -> None:
    for path, question in ASKED.items():
        assert refused(browser.post(path, json=question | changes), 422)


@pytest.mark.parametrize("body", [b"\xff", b'{"game": "\xff"}', b"{", b"", b"\x1f\x8b", b"<a/>"])
def test_what_is_no_json(browser: httpx.Client, body: bytes) -> None:
    for path in ("/api/rooms", *ASKED):
        assert browser.post(path, content=body, headers=JSON).status_code in (400, 422)
        refused(browser.post(path, content=body, headers={"content-type": "text/plain"}), 422)


# ------------------------------------------------------------------ addresses and methods


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2f..%2fapp.py",
        "/static/%2fetc%2fpasswd",
        "/static//etc/passwd",
        "/static/..%5capp.py",
        "/static/%00",
        "/static/" + "a" * 5000,
        "/static/player",
        "/api/jobs/..%2f..%2fetc",
        "/api/jobs/..%2f..%2fetc/trace",
        "/api/jobs/../../etc/pairs.csv",
        "/api/attributions/../../etc/pairs.csv",
        "/api/frontiers/../../etc/map.csv",
        "/api/rooms/..%2f..%2fetc%2fpasswd",
        "/api/rooms/%00",
        "/%0d%0aX-Evil:1",
        "//evil.example/",
    ],
    ids=lambda path: path[:30],
)
def test_no_path_leads_out(server: Served, path: str) -> None:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=SECONDS)
    line.request("GET", path)  # as it stands: httpx would tidy it up
    answer = line.getresponse()
    assert answer.status == 404
    assert json.loads(answer.read())["error"]["allowed"]
    assert "X-Evil" not in answer.headers
    line.close()


@pytest.mark.parametrize("name", ["..%2fx", "%2fetc%2fpasswd", "small_firm.yaml", "%00", "%ed%a0"])
def test_scenarios_are_names_and_never_files(browser: httpx.Client, name: str) -> None:
    assert browser.get(f"/api/scenarios/{name}").status_code in (404, 422)
    for file in ("/etc/passwd", "scenarios/small_firm.yaml", "../../x", "small_firm\0"):
        for path, question in ASKED.items():
            answer = browser.post(path, json=question | {"scenario": file})
            assert refused(answer, 422)["field"] == "scenario"


@pytest.mark.parametrize("method", ["OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "X"])
def test_other_methods(browser: httpx.Client, method: str) -> None:
    for path in ("/", "/api/rooms", "/static/style/base.css"):
        told = refused(browser.request(method, path), 405)
        assert told["allowed"] in ("POST", "GET, HEAD", "HEAD, GET")


def test_no_socket_but_http(server: Served, room: dict[str, str]) -> None:
    upgrade = (
        "GET /api/rooms/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: upgrade, close\r\n"
        "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    assert b" 101 " not in spoken(server.port, upgrade.format(room["code"]).encode())[:20]


@pytest.mark.parametrize(
    "request_",
    [
        b"\x00\x01\x02\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\n\r\n",
        b"POST /api/rooms HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
    ],
)
def test_what_is_hardly_http(server: Served, request_: bytes) -> None:
    assert spoken(server.port, request_)[:12] in (b"HTTP/1.1 400", b"HTTP/1.1 403", b"HTTP/1.1 404")
