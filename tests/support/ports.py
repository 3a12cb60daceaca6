"""Free ports, and whether somebody listens on one."""

import re
import socket


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on, all different."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return ports


def accepts(port: int) -> bool:
    """Whether something listens on a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def replace_numbers(text: str, numbers: dict[int, int]) -> str:
    """The text with other numbers in it, where they are not part of longer ones."""
    pattern = "|".join(map(str, numbers))
    return re.sub(rf"\b({pattern})\b", lambda found: str(numbers[int(found[1])]), text)
