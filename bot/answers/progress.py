"""How far is a probe? What was seen until now, one line an endpoint. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot import observations as o
from bot.answers.check_ports import endpoint_error, port_sentence
from bot.diagnosis.model import Situation
from bot.diagnosis.survey import PortView, at_port, survey
from bot.observations import Observations
from bot.reply import Progress, Task
from knowledge.index import Index

Endpoint = tuple[str, int]  # host and port


def progress(probe: str, host: str, ports: Iterable[int], seen: Observations, index: Index, *, finished: bool = False) -> Progress:
    """One task an endpoint: those that are asked, and until that is known `ports` (those that were entered). `host` is what is shown as
    being asked; where a domain is searched, the tasks name the hosts that it leads to."""
    views = survey(seen)
    chosen = [(choice.host, port) for choice in seen.all(o.PortsChosen) for port in choice.ports]
    asked = dict.fromkeys(
        [*(chosen or ([] if finished else [(host, port) for port in ports])), *((view.host or host, view.port) for view in views)]
    )
    tasks = tuple(
        _task(endpoint, host, views, index, finished=finished) for endpoint in sorted(asked, key=lambda one: (one[0] != host, one))
    )
    title = index.phrase("answers.progress.done" if finished else "answers.progress.asking", host=host)
    return Progress(probe, title, tasks, finished)


def _task(endpoint: Endpoint, shown: str, views: tuple[PortView, ...], index: Index, *, finished: bool) -> Task:
    host, port = endpoint
    if host == shown:
        id, label = str(port), index.phrase("answers.progress.port", port=port)
    else:
        id, label = f"{host}:{port}", index.phrase("answers.progress.endpoint", host=host, port=port)
    view = at_port((view for view in views if view.host in (host, "")), port)
    if view is None:
        return Task(id, label, "unknown" if finished else "running")
    asked = Situation(host=host)
    error = endpoint_error(view, asked)
    if not (finished or view.works or view.refusal is not None or error is not None):
        return Task(id, label, "running")
    detail = port_sentence(view, asked, index)
    if view.works:
        return Task(id, label, "good", detail)
    return Task(id, label, "unknown" if view.connected is None or error is None else "bad", detail)
