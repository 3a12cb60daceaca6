"""What the pages of accounts do, and what they refuse."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.db.models.sql.compiler import SQLCompiler
from django.test import Client
from django.test.client import MULTIPART_CONTENT

from accounts.models import User
from accounts.tests.conftest import PASSWORD, browser_of, sign_up


def sign_in(browser: Client, name: str, password: str = PASSWORD) -> Any:
    data = {"username": name, "password": password}
    return browser.post("/accounts/login/", data)


def fill(browser: Client, name: str, password: str = PASSWORD) -> Any:
    """Fill in the form to sign up."""
    data = {"username": name, "password1": password, "password2": password}
    return browser.post("/accounts/signup/", data)


def test_who_signs_up_is_signed_in(client: Client) -> None:
    response = fill(client, "Ελένη")

    assert response.headers["Location"] == "/chat/"
    assert client.get("/accounts/").status_code == 200


@pytest.mark.parametrize(
    "name", ["alice", "Alice", "al1ce", "ａｌｉｃｅ", "al\u200bice", "сосо", " coco"]
)
def test_a_name_that_looks_like_somebodys_is_taken(client: Client, name: str) -> None:
    sign_up("alice")
    sign_up("coco")

    fill(client, name)

    assert User.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("", "required"),
        ("x" * 41, "at most 40"),
        ("al\u200bice", "nobody can see"),
        ("\u0430lice", "one alphabet"),
    ],
)
def test_a_bad_name_is_refused_with_a_reason(
    client: Client, name: str, fault: str
) -> None:
    response = fill(client, name)

    assert fault in response.content.decode()
    assert not User.objects.exists()


def test_of_two_who_sign_up_at_once_one_gets_the_name(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_up("alice")
    monkeypatch.setattr("accounts.forms.is_taken", lambda name: False)

    response = fill(client, "ALICE")

    assert "looks the same" in response.content.decode()
    assert User.objects.count() == 1


def test_a_weak_password_is_refused(client: Client) -> None:
    fill(client, "alice", "12345678")

    assert not User.objects.exists()


@pytest.mark.parametrize("enter", [sign_in, fill])
def test_who_logs_in_gets_a_session_with_another_key(
    client: Client, enter: Callable[[Client, str], Any]
) -> None:
    """So who has made somebody take a session can't use it with them."""
    if enter is sign_in:
        sign_up("alice")
    session = client.session
    session["kept"] = True
    session.save()
    before = client.cookies["sessionid"].value

    enter(client, "alice")

    assert client.cookies["sessionid"].value != before
    assert not Session.objects.filter(session_key=before).exists()


@pytest.mark.parametrize(
    "path",
    [
        "login/",
        "logout/",
        "logout/everywhere/",
        "signup/",
        "password/",
        "delete/",
    ],
)
def test_no_other_site_can_send_a_form(path: str) -> None:
    signed_in = browser_of("alice")
    browser = Client(enforce_csrf_checks=True)
    browser.cookies = signed_in.cookies

    assert browser.post(f"/accounts/{path}", {}).status_code == 403
    assert signed_in.get("/accounts/").status_code == 200


def test_after_ten_wrong_passwords_one_has_to_wait(client: Client) -> None:
    sign_up("alice")
    sign_up("bob")

    for _ in range(9):
        assert sign_in(client, "alice", "wrong").status_code == 200
    assert sign_in(client, "alice", "wrong").status_code == 429
    response = sign_in(client, "alice")

    assert response.status_code == 429
    assert "<p>Too many" in response.content.decode()
    assert response.headers["Retry-After"] == "900"
    assert sign_in(client, "bob").status_code == 302
    # From elsewhere, alice herself can still sign in.
    elsewhere = Client(REMOTE_ADDR="192.0.2.1")
    assert sign_in(elsewhere, "alice").status_code == 302


@pytest.mark.parametrize("path", ["", "password/", "delete/"])
def test_who_is_not_signed_in_is_sent_to_the_login(client: Client, path: str) -> None:
    response = client.get(f"/accounts/{path}")

    assert response.headers["Location"].startswith("/accounts/login/?next=/accounts/")


def test_signing_out_ends_one_session_and_everywhere_ends_all() -> None:
    first, second, third = (browser_of("alice") for _ in range(3))

    first.post("/accounts/logout/")
    assert [each.get("/accounts/").status_code for each in (first, second)] == [
        302,
        200,
    ]
    second.post("/accounts/logout/everywhere/")
    assert [each.get("/accounts/").status_code for each in (second, third)] == [
        302,
        302,
    ]


def test_a_new_password_ends_all_other_sessions() -> None:
    first, second = browser_of("alice"), browser_of("alice")

    new = "battery staple"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    first.post("/accounts/password/", data)

    assert first.get("/accounts/").status_code == 200
    assert second.get("/accounts/").status_code == 302


def test_an_account_is_deleted_by_its_password_only() -> None:
    browser = browser_of("alice")

    page = browser.post("/accounts/delete/", {"password": "wrong"}).content.decode()
    assert "not your password" in page
    assert User.objects.exists()
    browser.post("/accounts/delete/", {"password": PASSWORD})

    assert not User.objects.exists()
    assert fill(Client(), "alice").status_code == 302


@pytest.mark.parametrize(
    ("next_page", "location"),
    [("/rooms/", "/rooms/"), ("//elsewhere.example", "/chat/"), ("", "/chat/")],
)
@pytest.mark.parametrize("path", ["login/", "signup/"])
def test_one_comes_back_to_where_one_was_but_to_no_other_site(
    client: Client, path: str, next_page: str, location: str
) -> None:
    sign_up("alice")
    name = "alice" if path == "login/" else "bob"
    data = {"username": name, "password": PASSWORD, "next": next_page}
    data |= {"password1": PASSWORD, "password2": PASSWORD}

    response = client.post(f"/accounts/{path}", data)

    assert response.headers["Location"] == location


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("no such table: accounts_user", "python manage.py migrate"),
        ("attempt to write a readonly database", "Let the server write"),
        ("database or disk is full", "Make room"),
        ("database is locked", "End the program"),
        ("connection refused", "Start the database"),
    ],
)
@pytest.mark.parametrize("path", ["login/", "signup/", "ticket/"])
def test_the_pages_say_that_the_database_fails(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    path: str,
    words: str,
    advice: str,
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OperationalError(words)

    data = {"username": "alice", "password": PASSWORD}
    data |= {"password1": PASSWORD, "password2": PASSWORD}
    content_type = "application/json" if path == "ticket/" else MULTIPART_CONTENT
    logging.getLogger("chat").addHandler(caplog.handler)
    with monkeypatch.context() as outage:
        outage.setattr(SQLCompiler, "execute_sql", fail)
        response = client.post(f"/accounts/{path}", data, content_type)
    logging.getLogger("chat").removeHandler(caplog.handler)

    assert response.status_code == 503
    assert "Try again in a moment." in response.content.decode()
    assert advice in caplog.text
    assert "Traceback" not in caplog.text
