from collections.abc import Iterator

import pytest

from tests.limits.programs import Programs


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programs]:
    """Programs that run until the module's last test."""
    programs = Programs(tmp_path_factory.mktemp("programs"))
    yield programs
    programs.stop()
