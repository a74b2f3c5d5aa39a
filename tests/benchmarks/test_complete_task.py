"""The benchmark of completions itself; what it measures is not judged here."""

from __future__ import annotations

from benchmarks import complete_task, floors
from benchmarks.databases import place
from benchmarks.measure import table

#: What a command may send, BEGIN and COMMIT apart.
MOST = 12


def test_the_benchmark_counts_few_statements(tmp_path):
    """It walks a case; no completion in it sends more statements than agreed."""
    with place("sqlite", tmp_path) as made:
        figures = complete_task.measure(made, cases=1, warm=False, viewflow=False)
    least, naive = figures.peers
    printed = table([figures.completed, least], figures.completed)
    _, most = figures.completed.statements

    assert 0 < most <= MOST
    assert len(figures.completed.runs) == len(least.runs) > MOST
    assert len(figures.opened.runs) == 1
    assert len(naive.runs) == floors.TASKS
    assert figures.completed.name in printed
