"""Fixtures for the pages of an action point that the focal point's agency leads."""

import pytest
from django.urls import reverse

from actions.models import ActionPoint
from tests import personas


@pytest.fixture
def point(focal_point) -> ActionPoint:
    point = personas.action_point()
    personas.lead(point, focal_point.agency)
    return point


@pytest.fixture
def form_url(point) -> str:
    return reverse("log_progress", args=[point.issue.agenda.slug, point.issue.number, point.number])


@pytest.fixture
def signed_in(client, focal_point):
    personas.sign_in(client, focal_point)
    return client
