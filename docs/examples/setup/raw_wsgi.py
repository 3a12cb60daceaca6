import itertools
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import make_server

calls = itertools.count(1)


def application(
    environ: dict[str, Any], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    call = next(calls)
    if environ["PATH_INFO"] == "/slow/":
        time.sleep(0.5)
    start_response("200 OK", [("content-type", "text/plain")])
    return [b"This is call %d." % call]


if __name__ == "__main__":
    with make_server("127.0.0.1", int(sys.argv[1]), application) as server:
        print(f"Listening on TCP address 127.0.0.1:{server.server_port}", flush=True)
        server.serve_forever()
