"""Measure the web app in Chromium, page by page: `python -m tools.web_performance`.

Writes `docs/web-performance.md`. Times hang on the machine: beside them stands what a bare pair of
runs takes on the same machine in the same minute.
"""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import psutil

from experiments.workers import available_cores
from simulation import resolve, simulate, warm_up
from tests.webapp.browser import chromium, page, server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGE = Path("docs/web-performance.md")
PATHS = ("/", "/explore", "/play", "/play/handout#thirty", "/story")
IN_A_ROOM = ("/play/host", "/play/team")
AT_THE_END = ("/play/debrief", "/play/slides")
LOADS = 5
PLAYERS = 30
QUARTERS = 3
PATIENCE_SECONDS = 120.0
LATE_MS = 500  # after a page is loaded, for what it asks for then
IDLE_SECONDS, PLAYED_SECONDS = 10.0, 3.0
RENDER_BAR, RESULT_BAR, ADVANCE_BAR = 1.5, 3.0, 5.0
_KB, _MB = 1000, 1_000_000
TEXT = """# What the web app costs

Written by `make web-performance` on {cores} processors, with Chromium without a screen and
everything on one machine, browser and server. Medians of {loads}; times of a machine that does
other things beside.

## Pages

An empty cache, one page. *First content* is what the browser calls first contentful paint.

| page | first content | loaded | requests | over the wire |
|---|---|---|---|---|
{rows}

The slowest of them shows its first content after {render}.

## From a question to an answer

`small_firm`, two regimes, five years. After pressing *Run* the first pair of firms is shown
after {result}; that is {ratio} times what the two runs take by themselves on this machine
({pair} s). All 20 pairs with their intervals are there after {all} s. The replay shows {rate}
frames a second while it plays.

## A room of {players}

Each has an open stream; each decides every quarter. From *advance* until the last one has the
new figures: {advances}. The longest: {advance}. While everybody thinks the server takes {idle} %
of one processor. A player more costs it {memory} kB. Server {server} MB, its workers together
{workers} MB."""
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_FRAMES = """(seconds) => new Promise((done) => {
  let frames = 0;
  const start = performance.now();
  const count = (now) => {
    frames += 1;
    if (now - start < 1000 * seconds) requestAnimationFrame(count);
    else done(frames / seconds);
  };
  requestAnimationFrame(count);
})"""


@dataclass(frozen=True)
class Member:
    """Somebody who may be on the pages of a room."""

    code: str
    host: str
    team: str

    @property
    def script(self) -> str:
        """What the browser of the facilitator, and of a team, has kept."""
        kept = {"host": self.host, "team": self.team}
        return "".join(
            f"localStorage.setItem('raison.room.{self.code}.{role}', "
            f"JSON.stringify({{token: '{token}'}}));"
            for role, token in kept.items()
        )


@dataclass(frozen=True)
class Load:
    """One load of a page by a browser that has never seen it."""

    paint: float
    """Seconds to the first content."""
    settled: float
    """Seconds until nothing more was asked for."""
    requests: int
    size: int
    """Bytes over the wire."""


def load(browser: Browser, address: str, path: str, member: Member | None = None) -> Load:
    """Load a page with an empty cache, as somebody in a room if it is a page of one."""
    with page(browser, address) as (opened, _):
        if member:
            opened.add_init_script(member.script)
            path = f"{path}#{member.code}"
        session = opened.context.new_cdp_session(opened)
        session.send("Network.enable")
        sizes: list[int] = []
        session.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
        start = time.perf_counter()
        opened.goto(path, wait_until="load")
        settled = time.perf_counter() - start
        opened.wait_for_timeout(LATE_MS)
        paint = opened.evaluate(_PAINTED)
        return Load((paint or float("nan")) / 1000, settled, len(sizes), int(sum(sizes)))


def bare_pair() -> float:
    """Seconds that two runs of five years take by themselves."""
    firms = [
        resolve("small_firm", name, None, None) for name in ("customer_first", "internal_customer")
    ]
    start = time.perf_counter()
    for firm in firms:
        simulate(firm, seed=int(start))
    return time.perf_counter() - start


def ask(opened: Page, seed: int) -> float:
    """Ask for 20 pairs of firms from the form; when it was asked."""
    opened.goto("/explore")
    opened.locator("#run:enabled").wait_for()
    opened.locator("#runs-group > summary").click()
    opened.locator("#seed").fill(str(seed))
    start = time.perf_counter()
    opened.locator("#run").click()
    return start


def first_result(browser: Browser, address: str, seed: int) -> tuple[float, float]:
    """Seconds from pressing Run to the first finding, and to the end of 20 pairs."""
    with page(browser, address) as (opened, _):
        start = ask(opened, seed)
        opened.locator("#results").wait_for(state="visible")
        first = time.perf_counter() - start
        opened.get_by_text("runs are finished").wait_for()
        return first, time.perf_counter() - start


def frames(browser: Browser, address: str) -> float:
    """Frames a second while the replay of two firms plays."""
    with page(browser, address) as (opened, _):
        ask(opened, 1)
        opened.get_by_text("runs are finished").wait_for()
        opened.locator(".rp-play").click()
        rate: float = opened.evaluate(_FRAMES, PLAYED_SECONDS)
        return rate


class Player(threading.Thread):
    """Somebody with an open stream, who notes when the figures of each quarter arrived."""

    def __init__(self, address: str, code: str, token: str) -> None:
        super().__init__(daemon=True)
        self._url = f"{address}/api/rooms/{code}/events"
        self._token = token
        self.seen: dict[int, float] = {}

    def run(self) -> None:
        """Read until the server ends."""
        headers = {"Authorization": f"Bearer {self._token}"}
        try:
            with httpx.stream("GET", self._url, headers=headers, timeout=None) as stream:
                for line in stream.iter_lines():
                    if line.startswith("data: "):
                        view = json.loads(line.removeprefix("data: "))
                        if not view["living"]:
                            self.seen.setdefault(view["quarter"], time.perf_counter())
        except httpx.HTTPError:
            return


@dataclass(frozen=True)
class Crowd:
    """A room with a stream for each player."""

    advances: list[float]
    """Seconds from advance until everybody has the new figures, by quarter."""
    idle: float
    """Share of a processor that the server takes while everybody thinks."""
    memory: float
    """Bytes of the server for each player more."""


class Rooms:
    """The API of the rooms."""

    def __init__(self, address: str) -> None:
        self._http = httpx.Client(
            base_url=f"{address}/api", headers={"Origin": address}, timeout=PATIENCE_SECONDS
        )

    def post(self, path: str = "", token: str = "", **body: Any) -> dict[str, Any]:
        """Do something, and return what is answered."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self._http.post(f"/rooms{path}", json=body, headers=headers)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def view(self, code: str, token: str) -> dict[str, Any]:
        """What somebody sees."""
        headers = {"Authorization": f"Bearer {token}"}
        told: dict[str, Any] = self._http.get(f"/rooms/{code}/view", headers=headers).json()
        return told

    def open(self, game: str, teams: int) -> tuple[str, str, list[str]]:
        """A room with so many teams: its code, the facilitator's token, the teams'."""
        made = self.post(game=game, seed=1)
        code = made["code"]
        names = [f"Team {n}" for n in range(teams)]
        return (
            code,
            made["token"],
            [self.post(f"/{code}/teams", name=name)["token"] for name in names],
        )


def members(address: str, *, to_the_end: bool) -> Member:
    """Somebody in a room of three teams that has begun, or whose debrief is ready."""
    rooms = Rooms(address)
    code, host, teams = rooms.open("thirty", 3)
    rooms.post(f"/{code}/start", host)
    if to_the_end:
        for quarter in range(rooms.view(code, host)["quarters"]):
            rooms.post(f"/{code}/advance", host, quarter=quarter)
        until = time.perf_counter() + PATIENCE_SECONDS
        while not rooms.view(code, host)["debrief"]["ready"]:
            if time.perf_counter() > until:
                raise TimeoutError("the debrief was not ready")
            time.sleep(0.2)
    return Member(code, host, teams[0])


def play(address: str, process: psutil.Process) -> Crowd:
    """A room of thirty: what they wait, and what they cost."""
    rooms = Rooms(address)
    code, host, tokens = rooms.open("sixty", PLAYERS)
    before = process.memory_info().rss
    players = [Player(address, code, token) for token in tokens]
    for player in players:
        player.start()
    rooms.post(f"/{code}/start", host)
    wait_for(players, 0)
    memory = (process.memory_info().rss - before) / PLAYERS
    process.cpu_percent()
    time.sleep(IDLE_SECONDS)
    idle = process.cpu_percent() / 100
    advances = []
    for quarter in range(QUARTERS):
        for place, token in enumerate(tokens):
            dials = {"listening": round(0.3 + 0.01 * place + 0.02 * quarter, 3)}
            rooms.post(f"/{code}/decide", token, quarter=quarter, decision={"dials": dials})
        start = time.perf_counter()
        rooms.post(f"/{code}/advance", host, quarter=quarter)
        advances.append(wait_for(players, quarter + 1) - start)
    return Crowd(advances, idle, memory)


def wait_for(players: Sequence[Player], quarter: int) -> float:
    """When the last of them had the figures of a quarter."""
    until = time.perf_counter() + PATIENCE_SECONDS
    while not all(quarter in player.seen for player in players):
        if time.perf_counter() > until:
            raise TimeoutError(f"not everybody saw quarter {quarter}")
        time.sleep(0.01)
    return max(player.seen[quarter] for player in players)


def bar(seconds: float, allowed: float) -> str:
    """A time beside what it should stay under."""
    kept = "under" if seconds < allowed else f"over by {seconds - allowed:.1f} s: misses"
    return f"{seconds:.2f} s ({kept} {allowed:g} s)"


def measured(data: Path) -> str:
    """The page."""
    warm_up()
    with chromium() as browser, server(data) as address:
        (process,) = (p for p in psutil.Process().children() if "serve" in p.cmdline())
        first_result(browser, address, 0)  # whoever comes first waits for the compiler
        begun, ended = (members(address, to_the_end=end) for end in (False, True))
        whose = dict.fromkeys(PATHS, None) | dict.fromkeys(IN_A_ROOM, begun)
        whose |= dict.fromkeys(AT_THE_END, ended)
        loads = {
            path: [load(browser, address, path, member) for _ in range(LOADS)]
            for path, member in whose.items()
        }
        pairs, firsts, alls = [], [], []
        for seed in range(100, 100 + LOADS):
            pairs.append(bare_pair())
            first, every = first_result(browser, address, 1000 * seed)
            firsts.append(first)
            alls.append(every)
        rate = frames(browser, address)
        crowd = play(address, process)
        total = process.memory_info().rss
        workers = sum(p.memory_info().rss for p in process.children(recursive=True))
    rows = [
        f"| `{path}` | {median(one.paint for one in several):.2f} s "
        f"| {median(one.settled for one in several):.2f} s | {several[0].requests} "
        f"| {several[0].size / _KB:.0f} kB |"
        for path, several in loads.items()
    ]
    slowest = max(median(one.paint for one in several) for several in loads.values())
    return TEXT.format(
        cores=available_cores(),
        loads=LOADS,
        rows="\n".join(rows),
        render=bar(slowest, RENDER_BAR),
        result=bar(median(firsts), RESULT_BAR),
        ratio=f"{median(f / p for f, p in zip(firsts, pairs)):.1f}",
        pair=f"{median(pairs):.2f}",
        all=f"{median(alls):.1f}",
        players=PLAYERS,
        advance=bar(max(crowd.advances), ADVANCE_BAR),
        advances=", ".join(f"{seconds:.2f} s" for seconds in crowd.advances),
        idle=f"{100 * crowd.idle:.1f}",
        memory=f"{crowd.memory / _KB:.0f}",
        server=f"{total / _MB:.0f}",
        workers=f"{workers / _MB:.0f}",
        rate=f"{rate:.0f}",
    )


def main() -> None:
    """Measure, and write the page."""
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(measured(Path(folder)), "utf-8")
    print(PAGE.read_text("utf-8"))


if __name__ == "__main__":
    main()
