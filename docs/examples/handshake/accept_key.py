"""How a server answers Sec-WebSocket-Key (RFC 6455, section 4.2.2)."""

import base64
import hashlib

# A fixed text of the protocol, which nobody else has a reason to append.
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def accept_key(key: str) -> str:
    """The value of Sec-WebSocket-Accept for that Sec-WebSocket-Key."""
    digest = hashlib.sha1((key + GUID).encode()).digest()
    return base64.b64encode(digest).decode()
