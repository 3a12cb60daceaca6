import pytest

from course.pip_log import reason_in

RETRY = "WARNING: Retrying (Retry(total=0)) after connection broken by "
NONE = (
    "\nERROR: Could not find a version that satisfies the requirement cbor2==6.1 (from "
    "versions: none)\nERROR: No matching distribution found for cbor2==6.1\n"
)
VENDORED = "<pip._vendor.urllib3.connection.HTTPSConnection object at 0x7f2e>: "
NEW = f"NewConnectionError('{VENDORED}Failed to establish a new connection: "
LOGS = {
    "offline": (
        f"{RETRY}'{NEW}[Errno -2] Name or service not known')': /simple/cbor2/{NONE}",
        "the package index cannot be reached. To go on, check that this computer is "
        "online,",
    ),
    "slow": (
        f"{RETRY}'ReadTimeoutError(\"Read timed out. (read timeout=15)\")': /a/{NONE}",
        "the package index cannot be reached.",
    ),
    "proxy": (
        f"Looking in indexes: https://me:secret@index.example/simple\n{RETRY}"
        "'ProxyError('Cannot connect to proxy http://me:secret@proxy.example.', "
        f"OSError('Tunnel connection failed: 407 Proxy Authentication')': /a/{NONE}",
        "the proxy of this network lets nothing through. To go on, give its address in "
        "HTTPS_PROXY,",
    ),
    "certificate": (
        f"{RETRY}'SSLError(SSLCertVerificationError(1, '[SSL: "
        f"CERTIFICATE_VERIFY_FAILED] certificate verify failed')': /a/{NONE}",
        "Python does not trust the certificate",
    ),
    "no wheel": (
        f"{RETRY}'{NEW}[Errno 104] Connection reset')': /simple/cbor2/\n"
        + NONE.replace("none", "5.8.0, 6.0.0"),
        "there is no cbor2 of this version for Python 3.",
    ),
    "no compiler": (
        "  error: subprocess-exited-with-error\n  error: Microsoft Visual C++ 14.0 or "
        "greater is required\n  ERROR: Failed building wheel for autobahn\n"
        "Failed to build autobahn\n",
        "there is no autobahn for Python 3.",
    ),
    "disk full": (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left "
        "on device\n",
        "the disk is full. To go on, make space,",
    ),
    "locked": (
        "ERROR: Could not install packages due to an OSError: [WinError 5] Access is "
        "denied: 'C:\\\\course\\\\.venv'\n",
        "pip may not write there. To go on, close the programs that use the folder",
    ),
    "something else": ("ERROR: Invalid requirement: 'nonsense ='\n", "pip gave up."),
}


@pytest.mark.parametrize(("log", "reason"), LOGS.values(), ids=LOGS)
def test_what_failed_is_told_and_pip_says_why(log: str, reason: str) -> None:
    told = reason_in(log, {})

    assert told.startswith(f"The packages could not be installed: {reason}")
    sentence, says = told.splitlines()
    assert sentence.endswith(", and run the same command again.")
    words = says.removeprefix("pip says: ").replace("…@", "me:secret@")
    assert words in log.replace(VENDORED, "")
    assert "secret" not in told


def test_without_an_index_the_wheelhouse_is_named() -> None:
    log = NONE.replace("none", "5.8.0")

    told = reason_in(log, {"PIP_NO_INDEX": "1"})

    assert "check that PIP_FIND_LINKS names the folder wheelhouse/" in told


def test_without_a_word_of_pip_there_is_a_sentence() -> None:
    assert reason_in("", {}).endswith("pip ended without a word.")
