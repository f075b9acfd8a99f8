"""How far is a probe? What was seen until now, one line an endpoint. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.answers.check import endpoint_error, port_sentence
from bot.diagnosis.model import Situation
from bot.diagnosis.survey import at_port, survey
from bot.observations import Observations
from bot.reply import Progress, Task
from knowledge.index import Index
from knowledge.terms import MAIL_PORTS


def progress(probe: str, host: str, ports: Iterable[int], seen: Observations, index: Index, *, finished: bool = False) -> Progress:
    """One task a port: the mail ports and the entered one while it runs, at the end those that were asked. `host` is what is shown as
    being asked (a domain while it is still being discovered)."""
    views = survey(seen)
    asked = Situation(host=host)
    tasks = []
    expected = () if finished else (*MAIL_PORTS, *ports)
    for port in sorted({*expected, *(view.port for view in views)}):
        view = at_port(views, port)
        label = index.phrase("answers.progress.port", port=port)
        if view is None:
            state = "unknown" if finished else "running"
            tasks.append(Task(str(port), label, "unknown" if state == "unknown" else "running"))
            continue
        settled = finished or view.works or view.refusal is not None or endpoint_error(view, asked) is not None
        detail = port_sentence(view, asked, index) if settled else ""
        if not settled:
            tasks.append(Task(str(port), label, "running"))
        elif view.works:
            tasks.append(Task(str(port), label, "good", detail))
        elif view.connected is None or endpoint_error(view, asked) is None:
            tasks.append(Task(str(port), label, "unknown", detail))
        else:
            tasks.append(Task(str(port), label, "bad", detail))
    title = index.phrase("answers.progress.done" if finished else "answers.progress.asking", host=host)
    return Progress(probe, title, tuple(tasks), finished)
