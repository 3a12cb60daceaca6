"""Ports of this computer."""

import re
import socket


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on, all different."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def free_port() -> int:
    [port] = free_ports(1)
    return port


def replace_numbers(text: str, numbers: dict[int, int]) -> str:
    pattern = "|".join(map(str, numbers))
    return re.sub(rf"\b({pattern})\b", lambda found: str(numbers[int(found[1])]), text)
