"""What each app of the finished project says while it can't use Redis."""

import json
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.support.clients import ORIGIN
from tests.support.ports import free_port
from tests.support.programs import Programs


@pytest.mark.parametrize("end", ["", "x"])
def test_each_app_says_that_redis_is_away_and_shows_no_password(
    tmp_path: Path, end: str
) -> None:
    """Nothing listens there; or what is in REDIS_URL is no address at all."""
    with Programs(tmp_path) as programs:
        server = programs.daphne(
            redis_url=f"redis://:secret@127.0.0.1:{free_port()}{end}"
        )
        for path in "chat/lobby/", "system/", "assistants/":
            url = f"ws://{server.address}/ws/{path}"
            with connect(url, origin=ORIGIN, proxy=None) as socket:
                answer = json.loads(socket.recv())
                with pytest.raises(ConnectionClosed) as closed:
                    socket.recv()
            assert "Redis" in answer["payload"]["detail"]
            assert closed.value.rcvd
            assert closed.value.rcvd.code == 4013
        assert "Traceback" not in server.output
        assert "secret" not in server.output
