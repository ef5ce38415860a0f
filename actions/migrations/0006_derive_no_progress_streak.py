"""How many reports without progress there were in a row, of what was reported before there was a column for it.

Each report counts on from the column, so that what began at 0 stayed wrong until there was progress.
"""

from django.db import migrations

# The latest report on the whole action point has place 1; those that are superseded or withdrawn do not count.
_DERIVE = """
WITH whole AS (
    SELECT told.action_point_id, told.status, ROW_NUMBER() OVER (
        PARTITION BY told.action_point_id ORDER BY told.reported_on_latest DESC, told.number DESC
    ) AS place
    FROM actions_progressupdate told
    WHERE NOT told.part_only AND told.withdrawn_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM actions_progressupdate later WHERE later.supersedes_id = told.id)
),
found AS (
    SELECT point.id, COALESCE(
        MIN(CASE WHEN whole.status <> 'no_progress' THEN whole.place END) - 1, COUNT(whole.place)
    ) AS streak
    FROM actions_actionpoint point LEFT JOIN whole ON whole.action_point_id = point.id
    GROUP BY point.id
)
UPDATE actions_actionpoint SET no_progress_streak = found.streak
FROM found WHERE found.id = actions_actionpoint.id AND actions_actionpoint.no_progress_streak <> found.streak
"""


class Migration(migrations.Migration):
    dependencies = [
        ("actions", "0005_progressdraft_submission"),
    ]

    operations = [
        migrations.RunSQL(_DERIVE, migrations.RunSQL.noop, elidable=True),
    ]
