"""What people of ours have to do."""

from flask import Blueprint, render_template

from nurture.engine.engine import Engine
from nurture.insight.tasks import open_tasks
from webapp.rights import Permission, area

MOST = 200


def pages(engine: Engine) -> Blueprint:
    pages = area("tasks", see=Permission.SEE, change=Permission.WORK)

    @pages.get("/tasks")
    def tasks() -> str:
        with engine.database.reading() as connection:
            found = open_tasks(connection, most=MOST)
        return render_template("tasks.html", tasks=found, most=MOST)

    return pages
