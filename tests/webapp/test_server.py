"""The server refuses what it should, and says so; every answer carries the policy."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

pytest.importorskip("fastapi")
from fastapi.testclient import TestClient

from experiments.webapp.app import create_app
from experiments.webapp.command import serve
from experiments.webapp.limits import BODY_BYTES
from experiments.webapp.pages import PAGES, render
from experiments.webapp.security import POLICY
from experiments.webapp.settings import Settings, own_folder

LOCAL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(Settings(tmp_path_factory.mktemp("data"), workers=1, warm=False))
    with TestClient(app, base_url=LOCAL) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/explore", "/static/style/base.css", "/api/nothing"])
def test_every_answer_has_the_policy(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "set-cookie" not in headers
    assert "unsafe" not in POLICY


@pytest.mark.parametrize("path", PAGES)
def test_pages_have_no_inline_code(path: str) -> None:
    text = render(path)
    assert "<style" not in text
    assert " style=" not in text
    assert "<script>" not in text
    assert " onclick=" not in text
    asked_for = re.findall(r'(?:src|href|action|data)="([^"]*)"', text)
    assert asked_for
    assert all(re.match(r"/(?!/)|#|data:,", address) for address in asked_for)


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "192.168.1.4"])
def test_other_names_for_this_machine_are_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"host": host})
    assert answer.status_code == 403
    assert answer.json()["error"]["field"] == "Host"


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000"])
def test_loopback_names_are_served(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin",
    ["http://evil.example", "null", "http://127.0.0.1:9000", "https://127.0.0.1.evil", "http://["],
)
def test_requests_of_other_sites_are_refused(client: TestClient, origin: str) -> None:
    answer = client.post("/api/compare", json={}, headers={"origin": origin})
    assert answer.status_code == 403
    assert answer.json()["error"]["field"] == "Origin"


def test_own_pages_may_ask(client: TestClient) -> None:
    answer = client.post("/api/compare", json={}, headers={"origin": LOCAL})
    assert answer.status_code == 422  # it got as far as being read


def test_a_cross_site_request_without_an_origin_is_refused(client: TestClient) -> None:
    answer = client.post("/api/compare", json={}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_large_bodies_are_refused(client: TestClient) -> None:
    assert client.post("/api/compare", content=b" " * (BODY_BYTES + 1)).status_code == 413
    in_parts = (b" " * 1024 for _ in range(BODY_BYTES // 1024 + 1))
    assert client.post("/api/compare", content=in_parts).status_code == 413
    assert client.post("/api/compare", content=b" " * BODY_BYTES).status_code == 422


def test_files_outside_the_package_are_not_served(client: TestClient) -> None:
    for path in ("/static/../app.py", "/static/%2e%2e/app.py", "/static/..%2fapp.py"):
        assert client.get(path).status_code == 404


def test_with_all_addresses_an_address_is_enough_but_no_strange_name(tmp_path: Path) -> None:
    app = create_app(Settings(tmp_path, host="0.0.0.0", workers=1, warm=False))
    client = TestClient(app, base_url="http://192.168.1.4:8000")
    assert client.get("/").status_code == 200
    assert client.get("/", headers={"host": "evil.example"}).status_code == 403


def test_whoever_has_no_home_can_be_served(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    assert own_folder() == Path.home() / ".raison"
    monkeypatch.setattr(Path, "home", homeless)
    assert own_folder() == Path(".raison")


def test_what_is_missing_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    find = importlib.util.find_spec

    def all_but_segno(name: str) -> object:
        return None if name == "segno" else find(name)

    monkeypatch.setattr("importlib.util.find_spec", all_but_segno)
    with pytest.raises(typer.Exit) as ended:
        serve()
    assert ended.value.exit_code == 2
    assert "needs segno" in capsys.readouterr().err
