"""A corpus of generated posts for timing: seeded, so that each run reads the same text."""

from __future__ import annotations

import random
from collections.abc import Iterator

SUBJECTS = "pregabalin,lorazepam,the medicine,a slow taper,sleep,this drug,the trial,my doctor,the body,magnesium".split(",")
VERBS = "reduces,increases,was linked to,may cause,did not change,helps with,is often prescribed for,affects".split(",")
OBJECTS = "anxiety,seizures,the risk of falls,sleep quality,withdrawal symptoms,memory,blood pressure,my mood".split(",")
TAILS = "in adults,in older people,after six weeks,at night,in one small study,for most of us,in rats,over the years".split(",")
ASIDES = (
    "I slept badly that week.",
    "Talk to your prescriber first.",
    "What would you have done?",
    "See the next section for more.",
    "The garden was full of birds, and I sat there until noon.",
)


def sentence(chance: random.Random) -> str:
    """One sentence of 5 to 30 words."""
    if chance.random() < 0.25:
        return chance.choice(ASIDES)
    words = [chance.choice(SUBJECTS), chance.choice(VERBS), chance.choice(OBJECTS), chance.choice(TAILS)]
    while chance.random() < 0.4:
        words += [chance.choice(("and", "but", "which")), chance.choice(VERBS), chance.choice(OBJECTS)]
    text = " ".join(words)
    if chance.random() < 0.2:
        text += f" ({chance.randint(2, 90)}% of {chance.randint(20, 900)} people)"
    if chance.random() < 0.3:
        text += f" [@ref{chance.randint(1, 500)}]"
    return text[0].upper() + text[1:] + "."


def posts(count: int = 1000, words: int = 900, seed: int = 20261123) -> Iterator[str]:
    """``count`` posts of about ``words`` words, with headings, lists, tables and admonitions as in real ones."""
    chance = random.Random(seed)
    for number in range(count):
        parts = [f"---\ntitle: Post {number}\nreviewed: 2026-01-01\nreview_due: 2027-01-01\n---\n\n# Post {number}\n"]
        length = 0
        while length < words:
            kind = chance.random()
            if kind < 0.1:
                part = f"## Part {length}"
            elif kind < 0.25:
                part = "\n".join(f"- {sentence(chance)}" for _ in range(4))
            elif kind < 0.3:
                part = "| what | result |\n|---|---|\n" + "\n".join(f"| a | {sentence(chance)} |" for _ in range(3))
            elif kind < 0.4:
                part = '!!! note "A note"\n    ' + sentence(chance)
            else:
                part = " ".join(sentence(chance) for _ in range(chance.randint(2, 6)))
            length += len(part.split())
            parts.append(part + "\n")
        yield "\n".join(parts)
