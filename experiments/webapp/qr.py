"""The way into a room as a QR code: the address that other devices open.

The address is that of the request itself, so a code on a screen leads to where that screen is. On
loopback it leads nowhere but to this machine, which the pages that show it say.
"""

from __future__ import annotations

from io import BytesIO

import segno
from fastapi import APIRouter, HTTPException, Request, Response

from experiments.disk import StoreError
from experiments.webapp.room_list import NoSuchRoomError

router = APIRouter()

_MODULE = 8  # units of the drawing; it is scaled by whoever shows it
_QUIET_ZONE = 4  # modules of white, which the standard asks for (ISO/IEC 18004)
_LEVEL = "m"  # 15 % of the picture may be dirt, glare or a head in front of it


@router.get("/api/rooms/{code}/qr.svg")
async def picture(code: str, request: Request) -> Response:
    """The address of a room as a QR code."""
    try:
        known = request.app.state.rooms.get(code).room.code
    except NoSuchRoomError:
        raise HTTPException(404, "the code of a room, as its facilitator shows it") from None
    except StoreError as error:
        words = request.app.state.rooms.strip(str(error))
        raise HTTPException(503, words) from None
    address = f"{request.url.scheme}://{request.headers['host']}/play#{known}"
    made = segno.make(address, error=_LEVEL, micro=False)
    out = BytesIO()
    made.save(out, kind="svg", scale=_MODULE, border=_QUIET_ZONE, light="#fff", title="QR code")
    return Response(out.getvalue(), media_type="image/svg+xml")
