"""Redis with replicas, of which Sentinel makes one the new master if the old dies."""

import os

SENTINELS = os.environ.get("SENTINELS", "127.0.0.1:26379").split()

HOST = {
    "sentinels": [tuple(sentinel.split(":")) for sentinel in SENTINELS],
    "master_name": "chat",
}
