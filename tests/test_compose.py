from pathlib import Path
from typing import Any

import pytest
import yaml

from checkpoints.chapters import ROOT
from tests.helpers import complaints

FILE = ROOT / "docker-compose.yml"
SCHEMA = "vendor.compose-spec"


@pytest.fixture
def redis() -> dict[str, Any]:
    service: dict[str, Any] = yaml.safe_load(FILE.read_text())["services"]["redis"]
    return service


def test_it_is_a_valid_compose_file() -> None:
    assert complaints(FILE, SCHEMA) == ""


def test_a_mistake_in_it_would_be_found(tmp_path: Path) -> None:
    broken = tmp_path / "docker-compose.yml"
    broken.write_text(FILE.read_text().replace("healthcheck:", "healthchekc:"))

    assert "healthchekc" in complaints(broken, SCHEMA)


def test_redis_is_reached_from_this_computer_only(redis: dict[str, Any]) -> None:
    assert redis["ports"] == ["127.0.0.1:6379:6379"]


def test_the_version_of_redis_is_pinned_and_its_health_checked(
    redis: dict[str, Any],
) -> None:
    name, _, version = redis["image"].partition(":")

    assert name == "redis"
    assert version.isdigit()
    assert redis["healthcheck"]["test"] == ["CMD", "redis-cli", "ping"]
