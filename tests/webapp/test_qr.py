"""The way into a room: what the QR code says, and to whom it is given."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

pytest.importorskip("fastapi")
pytest.importorskip("segno")
import segno
from fastapi.testclient import TestClient

from experiments.webapp.app import create_app
from experiments.webapp.security import POLICY
from experiments.webapp.settings import Settings

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(
        Settings(tmp_path_factory.mktemp("data"), host="0.0.0.0", workers=1, warm=False)
    )
    with TestClient(app, base_url="http://192.168.1.20:8765") as client:
        yield client


@pytest.fixture(scope="module")
def code(client: TestClient) -> str:
    found: str = client.post("/api/rooms", json={"game": "thirty"}).json()["code"]
    return found


def test_the_picture_says_the_address_of_the_page(client: TestClient, code: str) -> None:
    answer = client.get(f"/api/rooms/{code.lower()}/qr.svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-security-policy"] == POLICY
    wanted = segno.make(f"http://192.168.1.20:8765/play#{code}", error="m", micro=False)
    picture = ElementTree.fromstring(answer.text)
    dark = [path.get("d") for path in picture.iter(f"{SVG}path")][-1]
    other = ElementTree.fromstring(wanted.svg_inline(scale=8, border=4, light="#fff"))
    assert dark == [path.get("d") for path in other.iter("path")][-1]


def test_nothing_in_the_picture_needs_a_right(client: TestClient, code: str) -> None:
    picture = ElementTree.fromstring(client.get(f"/api/rooms/{code}/qr.svg").text)
    tags = {element.tag.removeprefix(SVG) for element in picture.iter()}
    assert tags <= {"svg", "title", "path", "g"}
    assert not any("style" in element.attrib for element in picture.iter())


def test_an_unknown_room_has_no_picture(client: TestClient) -> None:
    answer = client.get("/api/rooms/NOROOM/qr.svg")
    assert answer.status_code == 404
    assert "code of a room" in answer.json()["error"]["allowed"]


def test_a_stranger_s_host_gets_no_picture(client: TestClient, code: str) -> None:
    assert (
        client.get(f"/api/rooms/{code}/qr.svg", headers={"host": "evil.example"}).status_code == 403
    )
