"""How fast is a check? ``python benchmarks/check.py`` times its stages on generated posts, against a bare regex split.

The regex split of the same text, in the same run, is the floor no checker in Python can reach; ratios to it hold
between machines, seconds do not.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "hooks"))

import corpus
from evidence import blocks, claims, lint, page, sentences
from evidence.rules.rule import Setting
from evidence.source import Source

_FLOOR = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")


def timed(name: str, work: Callable[[], object], size: float, ran: dict[str, float]) -> float:
    """Run ``work`` once, print its seconds and megabytes per second, note and return the seconds."""
    began = time.perf_counter()
    work()
    seconds = ran[name] = time.perf_counter() - began
    print(f"{name:<34}{seconds:8.3f} s {size / seconds:8.2f} MB/s")
    return seconds


def main() -> int:
    """Time the stages and the whole check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--posts", type=int, default=1000)
    parser.add_argument("--words", type=int, default=900)
    options = parser.parse_args()
    texts = list(corpus.posts(options.posts, options.words))
    size = sum(len(text.encode()) for text in texts) / 1e6
    print(f"{len(texts)} posts, {size:.2f} MB")
    began = time.perf_counter()
    claims.default_judge()
    print(f"{'loading words and weights':<34}{time.perf_counter() - began:8.3f} s")
    sources = [Source(f"post-{number}.md", text) for number, text in enumerate(texts)]
    ran: dict[str, float] = {}
    floor = timed("floor: regex split", lambda: [_FLOOR.split(text) for text in texts], size, ran)
    proses: list[blocks.Prose] = []
    timed("reading prose", lambda: proses.extend(blocks.read(source) for source in sources), size, ran)
    cut: list[str] = []

    def cutting() -> None:
        for prose in proses:
            for block in prose.blocks:
                part = prose.quiet[block.start : block.end]
                cut.extend(part[start:end] for start, end in sentences.cut(part))

    timed("cutting sentences", cutting, size, ran)
    judging = timed("judging sentences", lambda: [claims.judge(text) for text in cut], size, ran)
    report = lint.Report()

    def whole() -> None:
        nonlocal report
        report = lint.check([lint.check_page(page.read(source), Setting()) for source in sources])

    total = timed("the whole check", whole, size, ran)
    print(f"{len(cut)} sentences, {len(cut) / total:,.0f} per second checked, {len(cut) / judging:,.0f} judged")
    stages = {name: seconds / total for name, seconds in ran.items() if name not in ("floor: regex split", "the whole check")}
    shares = [f"{name} {share:.0%}" for name, share in stages.items()]
    print(f"shares: {', '.join(shares)}, rules and the rest {max(0.0, 1 - sum(stages.values())):.0%}")
    print(f"the whole check takes {total / floor:.0f} times the floor; {len(report.diagnostics)} findings")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
