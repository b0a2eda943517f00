"""What people of ours have to do."""

from flask import Blueprint, render_template

from nurture.engine.engine import Engine
from nurture.insight.tasks import open_tasks

MOST = 200


def pages(engine: Engine) -> Blueprint:
    pages = Blueprint("tasks", __name__)

    @pages.get("/tasks")
    def tasks() -> str:
        with engine.database.reading() as connection:
            found = open_tasks(connection, most=MOST)
        return render_template("tasks.html", tasks=found, most=MOST)

    return pages
