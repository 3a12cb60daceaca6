import re
from typing import Any

import dj_database_url
import pytest
import yaml

from course.chapters import ROOT
from tests.support.commands import assert_valid

pytestmark = pytest.mark.quick

FILE = ROOT / "docker-compose.yml"


@pytest.fixture
def services() -> dict[str, dict[str, Any]]:
    services: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text())["services"]
    return services


def test_it_is_a_valid_compose_file() -> None:
    assert_valid(FILE, "vendor.compose-spec")


def test_only_redis_starts_without_the_profile(
    services: dict[str, dict[str, Any]],
) -> None:
    profiles = {name: service.get("profiles") for name, service in services.items()}

    assert profiles.pop("redis") is None
    assert set(map(str, profiles.values())) == {"['scale']"}


def test_the_profile_has_several_servers_and_workers(
    services: dict[str, dict[str, Any]],
) -> None:
    replicas = {
        name: service["deploy"]["replicas"]
        for name, service in services.items()
        if "deploy" in service
    }

    assert replicas == {"server": 3, "worker": 2, "jobs": 2}


def test_what_is_open_is_open_to_this_computer_only(
    services: dict[str, dict[str, Any]],
) -> None:
    ports = {name: it["ports"] for name, it in services.items() if "ports" in it}

    assert ports == {
        "redis": ["127.0.0.1:6379:6379"],
        "proxy": ["127.0.0.1:8080:80"],
    }


def test_the_proxy_gets_all_that_its_configuration_needs(
    services: dict[str, dict[str, Any]],
) -> None:
    proxy = services["proxy"]
    template, static = [volume.split(":") for volume in proxy["volumes"]]
    variables = re.findall(r"\$\{(\w+)\}", (ROOT / template[0]).read_text())

    environment = dict(proxy["environment"])

    # The image makes a file of this name in this folder.
    assert environment.pop("NGINX_ENVSUBST_OUTPUT_DIR") == "/etc/nginx"
    assert template[1] == "/etc/nginx/templates/nginx.conf.template"
    assert set(variables) == set(environment)
    assert static[1] == proxy["environment"]["STATIC"]
    [gathered] = services["static"]["volumes"]
    assert gathered.split(":") == [static[0], "/chat/collected"]


def test_the_proxy_asks_a_server_that_was_away_again_after_a_second(
    services: dict[str, dict[str, Any]],
) -> None:
    """Otherwise nginx answers 502 for ten seconds after the servers are back."""
    assert "fail_timeout=1s" in services["proxy"]["environment"]["SERVERS"]


def test_the_servers_find_the_database_and_its_tables(
    services: dict[str, dict[str, Any]],
) -> None:
    postgres, server = services["postgres"], services["server"]

    database = dj_database_url.parse(server["environment"]["DATABASE_URL"])

    assert database["HOST"] == "postgres"
    # The image names the database after its user.
    assert database["NAME"] == database["USER"]
    assert postgres["environment"] == {
        "POSTGRES_USER": database["USER"],
        "POSTGRES_PASSWORD": database["PASSWORD"],
    }
    assert server["depends_on"]["migrate"]["condition"].endswith("successfully")
    assert services["migrate"]["command"] == "python manage.py migrate"
    assert services["migrate"]["depends_on"]["postgres"] == {
        "condition": "service_healthy"
    }


def test_the_servers_hand_out_what_the_jobs_make(
    services: dict[str, dict[str, Any]],
) -> None:
    server, jobs = services["server"], services["jobs"]

    assert server["volumes"] == jobs["volumes"] == ["results:/chat/results"]
    assert "results" in yaml.safe_load(FILE.read_text())["volumes"]
    # The image has that folder, and lets its user write there.
    image = (ROOT / "Dockerfile").read_text()
    assert "--owner nobody results" in image
    assert "USER nobody" in image


def test_the_image_is_made_of_what_is_there() -> None:
    instructions = [
        line.split() for line in (ROOT / "Dockerfile").read_text().splitlines()
    ]
    sources = [words[1] for words in instructions if words[:1] == ["COPY"]]
    kept = (ROOT / ".dockerignore").read_text().splitlines()

    assert ["WORKDIR", "/chat"] in instructions
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in kept


def test_the_version_of_redis_is_pinned_and_its_health_checked(
    services: dict[str, dict[str, Any]],
) -> None:
    redis = services["redis"]
    name, _, version = redis["image"].partition(":")

    assert name == "redis"
    assert version.isdigit()
    assert redis["healthcheck"]["test"] == ["CMD", "redis-cli", "ping"]
