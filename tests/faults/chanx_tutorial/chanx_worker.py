"""A pytest plugin: stands in for the worker that the Chanx tutorial's tests start."""

import pytest


@pytest.fixture
def celery_worker() -> None:
    """None is needed: a job waits until somebody runs `manage.py work`."""
