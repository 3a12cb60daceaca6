"""A Redis that wants a password, which may have any character in it."""

import os
from urllib.parse import quote

PASSWORD = quote(os.environ.get("REDIS_PASSWORD", ""), safe="")
PLACE = os.environ.get("REDIS_PLACE", "127.0.0.1:6379/0")

HOST = {"address": f"redis://:{PASSWORD}@{PLACE}"}
