"""Serves this folder, which is all that a test needs of a server."""

import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

port = int(sys.argv[2])
with ThreadingHTTPServer(("127.0.0.1", port), SimpleHTTPRequestHandler) as server:
    print(f"Serving http://127.0.0.1:{port}/", flush=True)
    server.serve_forever()
