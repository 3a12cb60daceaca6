from django.test import Client

ANSWER = "400"


def test_an_unknown_host_is_a_bad_request(client: Client) -> None:
    response = client.get("/", headers={"host": "chat.example"})

    assert str(response.status_code) == ANSWER
