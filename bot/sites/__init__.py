"""Probes at other places: the asking side (`asking.py`), the worker (`worker.py`) and what both write down (`trail.py`).

Nothing is imported here: taskiq and redis are loaded only where POSTMASTER_BROKER names a queue.
"""
