"""Why an installation failed and what to do about it, told from what pip printed."""

import platform
import re
import sys
from collections.abc import Mapping

COMPUTER = f"Python {sys.version_info.major}.{sys.version_info.minor} on this computer"
# A name and password in an address are nobody's business.
CREDENTIALS = re.compile(r"(?<=://)[^/\s]*@")
OBJECT = re.compile(r"<pip\._vendor[^>]*>: ")
LONGEST = 300

# What a line looks like that shows the cause, the cause, and what to do. The first one
# that is found counts: of connections pip warns also where it gets them after all.
CAUSES = [
    (
        r"No space left on device|Errno 28\b|WinError 112",
        "the disk is full",
        "make space",
    ),
    (
        r"Failed (?:building wheel for|to build) ([\w.-]+)"
        r"|satisfies the requirement ([\w.-]+).*\(from versions: (?!none)",
        f"there is no {{}} of this version for {COMPUTER} ({platform.machine()}) that "
        "need not be compiled first",
        "take a Python from 3.11 to 3.14, of 64 bits",
    ),
    (
        r"ProxyError|407 Proxy",
        "the proxy of this network lets nothing through",
        "give its address in HTTPS_PROXY, with the name and password that it asks for",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "Python does not trust the certificate that it was shown in place of the "
        "package index's, as in networks that read along",
        "name the file with the network's own certificate in PIP_CERT",
    ),
    (
        r"NewConnectionError|Timeout|Connection(?:Reset|Refused|Aborted)?Error"
        r"|RemoteDisconnected|Failed to establish|IncompleteRead|ProtocolError",
        "the package index cannot be reached",
        "check that this computer is online",
    ),
    (
        r"Errno 13\b|WinError 5\b|Permission denied",
        "pip may not write there",
        "close the programs that use the folder .venv, and see to it that you may "
        "write there",
    ),
    (
        r"\(from versions: none\)",
        "the package index cannot be reached, or has no packages",
        "check that this computer is online",
    ),
]
WHEELHOUSE = (
    r"satisfies the requirement",
    "what the wheelhouse has does not do",
    "check that PIP_FIND_LINKS names the folder wheelhouse/ on this computer, and that "
    f"it has wheels for {COMPUTER}",
)
UNKNOWN = r"ERROR:", "pip gave up", "mend what it says"


def reason_in(log: str, environment: Mapping[str, str]) -> str:
    """Return a sentence with the cause and the cure, and then pip's own words."""
    lines = log.splitlines()
    # Without an index, what is missing is missing in the wheelhouse.
    first = [WHEELHOUSE] if environment.get("PIP_NO_INDEX") else []
    for pattern, cause, cure in [*first, *CAUSES, UNKNOWN]:
        found = [line for line in lines if re.search(pattern, line)]
        if not found:
            continue
        match = re.search(pattern, found[-1])
        assert match
        package = filter(None, match.groups())
        words = (
            found[-1].rpartition("after connection broken by ")[2].strip().lstrip("'")
        )
        words = OBJECT.sub("", CREDENTIALS.sub("…@", words))
        return (
            f"The packages could not be installed: {cause.format(*package)}."
            f" To go on, {cure}, and run the same command again.\n"
            f"pip says: {words[:LONGEST]}"
        )
    return "The packages could not be installed: pip ended without a word."
