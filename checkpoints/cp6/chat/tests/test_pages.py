from django.test import Client

ACTIONS = {
    "announcement",
    "dice_rolled",
    "new_chat_message",
    "ping",
    "pong",
}


def test_the_schema_documents_every_action(client: Client) -> None:
    schema = client.get("/asyncapi/schema/").json()

    documented = {
        payload["properties"]["action"]["const"]
        for payload in schema["components"]["schemas"].values()
        if "action" in payload["properties"]
    }
    assert documented == ACTIONS
    assert schema["info"]["title"] == "Chat"
    assert schema["channels"]["chat"]["address"] == "ws/chat/{group_name}/"


def test_the_schema_tells_what_answers_a_message(client: Client) -> None:
    ping = client.get("/asyncapi/schema/").json()["operations"]["handle_ping"]

    assert ping["action"] == "receive"
    [reply] = ping["reply"]["messages"]
    assert reply["$ref"].endswith("/pong_message")


def test_the_documentation_page_answers(client: Client) -> None:
    page = client.get("/asyncapi/docs/")

    assert page.status_code == 200
    assert "new_chat_message" in page.content.decode()
