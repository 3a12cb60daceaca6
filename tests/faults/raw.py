"""WebSockets byte by byte, for clients that do what no library would let them."""

import struct

TEXT = 0x81
IS_MASKED = 0x80


def handshake(target: str) -> bytes:
    lines = [
        f"GET {target} HTTP/1.1",
        "Host: localhost",
        "Origin: http://localhost",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def frame(opcode: int, payload: bytes) -> bytes:
    """A client's frame, of at most 65,535 bytes. Its mask changes nothing."""
    if len(payload) < 126:
        header = struct.pack("!BB", opcode, IS_MASKED | len(payload))
    else:
        header = struct.pack("!BBH", opcode, IS_MASKED | 126, len(payload))
    return header + bytes(4) + payload
