"""The benchmark of completions itself; what it measures is not judged here."""

from __future__ import annotations

from benchmarks import complete_task, floors
from benchmarks.measure import table

#: What a command may send, BEGIN and COMMIT apart.
MOST = 12


def test_the_benchmark_counts_few_statements(tmp_path):
    """It walks a case; no completion in it sends more statements than agreed."""
    figures = complete_task.measure(tmp_path, cases=1, warm=False)
    printed = table([figures.completed, figures.durable], figures.completed)
    _, most = figures.completed.statements

    assert 0 < most <= MOST
    assert len(figures.completed.runs) == len(figures.durable.runs) > MOST
    assert len(figures.opened.runs) == 1
    assert len(figures.manual.runs) == floors.TASKS
    assert figures.completed.name in printed
