"""The page that others are compared with: a plain Django list of 50 action points, one query behind the full middleware."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

from actions.models import ActionPoint

_TEMPLATE = """<!doctype html><html lang="en"><head><title>Action points</title></head><body><h1>Action points</h1><table>
{% for point in points %}<tr>
<td><a href="{{ point.get_absolute_url }}">{{ point.reference }}</a></td><td>{{ point.title }}</td>
<td>{{ point.get_status_display }}</td><td>{{ point.last_reported_day }}</td>
</tr>{% endfor %}</table></body></html>"""


_LIST = engines["django"].from_string(_TEMPLATE)


def bare_list(request: HttpRequest) -> HttpResponse:
    points = ActionPoint.objects.select_related("issue__agenda").order_by("pk")[:50]
    return HttpResponse(_LIST.render({"points": points}, request))


urlpatterns = [path("bare/", bare_list), path("", include("tracker.urls"))]
