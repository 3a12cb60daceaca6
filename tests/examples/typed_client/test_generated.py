"""What Chanx's generator makes of a schema, and what it leaves out."""

import json
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from pydantic import ValidationError

from tests.examples.typed_client.conftest import Workplace
from tests.support.running import Server

pytestmark = pytest.mark.covers("G21")

GENERATE = ("chanx", "generate-client", "--no-format", "--schema")


def schema_of(workplace: Workplace) -> dict[str, Any]:
    text = (workplace.folder / "asyncapi.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def test_the_schema_is_the_server_s_but_for_the_address(
    workplace: Workplace, served: Server
) -> None:
    with urlopen(f"http://{served.address}/asyncapi/schema/", timeout=100) as answer:
        running = json.load(answer)
    file = schema_of(workplace)

    assert running.pop("servers") != file.pop("servers")
    assert running == file
    assert not {"query", "4001", "4004"} & set(json.dumps(file).split('"'))


def test_its_readme_has_an_address_without_slash_and_no_origin(
    workplace: Workplace,
) -> None:
    readme = (workplace.folder / "chat_client" / "README.md").read_text("utf-8")

    assert '"ws://localhost:8000"' in readme
    assert "Origin" not in readme


def test_what_another_schema_changes(workplace: Workplace, tmp_path: Path) -> None:
    """A required field that may be null, and an error in one channel only."""
    schema = schema_of(workplace)
    schema["components"]["schemas"]["StoredMessage"]["required"].append("id")
    for name in "assistants", "system":
        schema["channels"][name]["messages"].pop("error_message")
        schema["operations"].pop(f"{name}_emits")
    file = tmp_path / "asyncapi.json"
    file.write_text(json.dumps(schema), "utf-8")

    workplace.succeed(*GENERATE, str(file), "--output", str(tmp_path / "client"))

    written = (tmp_path / "client" / "chat" / "messages.py").read_text("utf-8")
    stored = written.partition("class StoredMessage")[2].partition("class ")[0]
    assert "    id: str\n" in stored
    exported = '    "ErrorMessage",\n'
    for client, is_there in (
        (tmp_path / "client", True),
        (
            workplace.folder / "chat_client",
            False,
        ),
    ):
        init = (client / "chat" / "__init__.py").read_text("utf-8")
        assert (exported in init) == is_there


def test_what_stays_in_the_folder(workplace: Workplace, tmp_path: Path) -> None:
    client = tmp_path / "client"
    command = (*GENERATE, "asyncapi.json", "--output", str(client))
    workplace.succeed(*command)
    base = client / "base" / "client.py"
    own = client / "own.py"
    for file in base, own:
        file.write_text("# mine\n", "utf-8")

    workplace.succeed(*command)
    assert (base.read_text("utf-8"), own.exists()) == ("# mine\n", False)

    workplace.succeed(*command, "--clear-output")
    assert base.read_text("utf-8") != "# mine\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [(None, "File not found: Schema file not found: "), ("<p>", "Invalid JSON")],
)
def test_a_schema_that_is_none(
    workplace: Workplace, tmp_path: Path, text: str | None, complaint: str
) -> None:
    file = tmp_path / "schema.json"
    if text:
        file.write_text(text, "utf-8")

    done = workplace.run(*GENERATE, str(file), "--output", str(tmp_path / "client"))

    assert done.returncode == 1
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_older_client_and_a_newer_server(generated: Any) -> None:
    message = generated.NewChatMessage
    said = {"message": "Hello", "name": "Ann"}

    known = message.model_validate({"payload": said | {"mood": "good"}})
    assert not hasattr(known.payload, "mood")
    with pytest.raises(ValidationError):
        message.model_validate({"payload": {"text": "Hello", "name": "Ann"}})
