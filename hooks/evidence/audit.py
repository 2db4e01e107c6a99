"""After the build: does the HTML of a page carry every citation of its source, and do its links lead somewhere?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

# Private-use characters in which the citations door hides its marks; none may reach a reader.
LEFTOVER = re.compile("[\ue010-\ue01f]")
_RAW_CITATION = re.compile(r"\[[^\[\]\n]{0,200}?(?<![\w.@/+-])-?@[\w-]+[^\[\]\n]{0,200}\]|\[\^[\w-]+\]")
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_CODE = frozenset({"code", "pre", "script", "style", "textarea", "template"})


@dataclass
class Marks:
    """What the HTML of one page carries.

    ``cited`` are the keys of the citation marks in order; ``listed`` those of the references; ``targets`` all ids;
    ``returns`` the ids that back-links lead to; ``raw`` citations that came out as text.
    """

    cited: list[str] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)
    returns: list[str] = field(default_factory=list)
    raw: list[str] = field(default_factory=list)
    empty: int = 0


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.marks = Marks()
        self.stack: list[tuple[str, bool]] = []  # open tags, and whether they are an excerpt of another page
        self.in_excerpt = 0
        self.in_code = 0
        self.mark_text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids, citation marks, references and back-links."""
        values = {name: value or "" for name, value in attrs}
        classes = values.get("class", "").split()
        excerpt = "md-post--excerpt" in classes
        if tag not in _VOID:
            self.stack.append((tag, excerpt))
            self.in_excerpt += excerpt
            self.in_code += tag in _CODE
        if self.in_excerpt:
            return
        if identifier := values.get("id"):
            self.marks.ids.add(identifier)
            if tag == "li" and identifier.startswith("fn:"):
                self.marks.listed.append(identifier[3:])
        if tag == "a":
            target = values.get("href", "")
            if "footnote-ref" in classes:
                self.marks.cited.append(target.partition("#fn:")[2])
                self.mark_text = ""
            elif "footnote-backref" in classes:
                self.marks.returns.append(target.partition("#")[2])

    def handle_endtag(self, tag: str) -> None:
        """Close tags; a mark without words is noted."""
        if tag == "a" and self.mark_text is not None:
            self.marks.empty += not self.mark_text.strip()
            self.mark_text = None
        while self.stack and any(name == tag for name, _ in self.stack):
            name, excerpt = self.stack.pop()
            self.in_excerpt -= excerpt
            self.in_code -= name in _CODE
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        """Look for citations that came out as text."""
        if self.mark_text is not None:
            self.mark_text += data
        if not self.in_code and not self.in_excerpt:
            self.marks.raw += _RAW_CITATION.findall(data)


def read(html: str) -> Marks:
    """The marks in the HTML of a page; excerpts of other pages (``md-post--excerpt``) do not count."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.marks


def compare(cited: Sequence[str], html: str, notes: Collection[str] = ()) -> list[str]:
    """What is wrong with a built page, as sentences; none where all is well.

    ``cited`` are the keys cited in the page's source, once for each time; ``html`` is the built page; ``notes`` are the
    labels of footnotes written by hand, which share the list with the references.
    """
    marks = read(html)
    faults = [f"the footnote [^{label}] has the name of a reference" for label in sorted(set(notes) & set(cited))]
    wanted, found = Counter(cited), Counter(key for key in marks.cited if key not in notes)
    for key in sorted(wanted.keys() | found.keys()):
        if wanted[key] != found[key]:
            faults.append(f"@{key} is cited {wanted[key]} times in the source and {found[key]} times on the page")
    for key in sorted(set(marks.cited) - set(marks.listed)):
        faults.append(f"the mark of @{key} leads to no reference on the page")
    for key, number in sorted(Counter(marks.listed).items()):
        if number > 1:
            faults.append(f"@{key} is listed {number} times")
    for target in sorted(set(marks.returns) - marks.ids):
        faults.append(f"a link back leads to #{target}, which is not on the page")
    if marks.empty:
        faults.append(f"{marks.empty} citation marks have no words")
    for text in marks.raw:
        faults.append(f"‘{text}’ came out as plain text")
    if LEFTOVER.search(html):
        faults.append("a mark of the citations hook was left in the page")
    return faults
