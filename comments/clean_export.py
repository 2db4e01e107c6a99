"""Makes an export of WordPress or Disqus fit for ``isso import``: ``python3 clean_export.py old.xml clean.xml``.

Isso takes everything in such a file (isso/migrate.py): trackbacks and spam as comments, deleted ones with their
text, e-mail addresses, and HTML, which it then shows as text. This leaves out what is no comment, what was spam
or in the bin, and what says who wrote it beside the name: e-mail and IP address and website, which people gave to
another site. HTML becomes Markdown. Nothing is sent anywhere; the old file stays as it is. Needs Python alone.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

from isso_files import Problem, finish

DISQUS = "{http://disqus.com}"
WORDPRESS = re.compile(r"\{(http://wordpress\.org/export/1\.\d/)\}")
NOBODY = "0.0.0.0"  # noqa: S104 - what Isso itself stores where it knows no address
AROUND = {"em": "*", "i": "*", "strong": "**", "b": "**", "code": "`", "del": "~~", "s": "~~"}
BLOCKS = {"p", "div", "ul", "ol", "blockquote", "pre"}


class _Markdown(HTMLParser):
    """Writes down the text of some HTML with the marks of Markdown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self._links: list[tuple[int, str]] = []
        self._quote = 0
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._hidden += 1
        elif tag in AROUND:
            self.out.append(AROUND[tag])
        elif tag == "br":
            self.out.append("\n")
        elif tag == "li":
            self.out.append("\n- ")
        elif tag == "a":
            self._links.append((len(self.out), dict(attrs).get("href") or ""))
        if tag in BLOCKS:
            self.out.append("\n\n")
        if tag == "blockquote":
            self._links.append((len(self.out), ">"))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._hidden = max(0, self._hidden - 1)
        elif tag in AROUND:
            self.out.append(AROUND[tag])
        elif tag in ("a", "blockquote") and self._links:
            start, target = self._links.pop()
            inside = "".join(self.out[start:])
            del self.out[start:]
            self.out.append(quoted(inside) if tag == "blockquote" else linked(inside, target))
        if tag in BLOCKS:
            self.out.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.out.append(data)


def quoted(text: str) -> str:
    """``text`` as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def linked(text: str, target: str) -> str:
    """``text`` as a link to ``target``; only the text where that is no web address."""
    if not re.fullmatch(r"https?://[^\s()<>]+", target):
        return text
    return f"<{target}>" if text.strip() in ("", target) else f"[{text}]({target})"


def markdown(html: str) -> str:
    """The text of a comment in HTML, as Markdown."""
    parser = _Markdown()
    parser.feed(html.replace("\r\n", "\n"))
    parser.close()
    lines = (line.rstrip() for line in "".join(parser.out).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def put(element: ElementTree.Element, name: str, value: str) -> None:
    """Sets the text of a child where there is one."""
    child = element.find(name)
    if child is not None:
        child.text = value


def said(element: ElementTree.Element, name: str) -> str:
    """The text of a child, "" where there is none."""
    return (element.findtext(name) or "").strip()


def clean_wordpress(root: ElementTree.Element, space: str) -> Counter[str]:
    """Cleans a WordPress export in place; counts what was kept and what was left out, by kind."""
    counts: Counter[str] = Counter()
    for item in root.iterfind("channel/item"):
        for comment in item.findall(f"{space}comment"):
            kind = said(comment, f"{space}comment_type") or "comment"
            state = said(comment, f"{space}comment_approved")
            if kind != "comment" or state in ("spam", "trash", "post-trashed"):
                counts[kind if kind != "comment" else state] += 1
                item.remove(comment)
                continue
            counts["kept" if state == "1" else "never approved"] += 1
            put(comment, f"{space}comment_content", markdown(said(comment, f"{space}comment_content")))
            for name, value in (("author_email", ""), ("author_url", ""), ("author_IP", NOBODY)):
                put(comment, f"{space}comment_{name}", value)
    return counts


def clean_disqus(root: ElementTree.Element) -> Counter[str]:
    """Cleans a Disqus export in place; counts what was kept and what was left out, by kind."""
    counts: Counter[str] = Counter()
    for post in root.findall(f"{DISQUS}post"):
        if said(post, f"{DISQUS}isSpam") == "true":
            counts["spam"] += 1
            root.remove(post)
            continue
        author = post.find(f"{DISQUS}author")
        # A deleted one that was answered stays as an empty place, as in Isso itself.
        gone = said(post, f"{DISQUS}isDeleted") == "true"
        counts["deleted" if gone else "kept"] += 1
        put(post, f"{DISQUS}message", "" if gone else markdown(said(post, f"{DISQUS}message")))
        put(post, f"{DISQUS}ipAddress", NOBODY)
        if author is not None:
            put(author, f"{DISQUS}email", "")
            if gone:
                put(author, f"{DISQUS}name", "")
    return counts


def clean(source: Path, target: Path) -> Counter[str]:
    """Writes ``source``, cleaned, to ``target``; counts by kind. Raises Problem."""
    try:
        for _, (prefix, uri) in ElementTree.iterparse(source, events=["start-ns"]):  # noqa: S314 - our own export
            # Isso tells the kinds apart by how the name is written, in the first lines.
            ElementTree.register_namespace(prefix, uri)
        tree = ElementTree.parse(source)  # noqa: S314
    except OSError as why:
        raise Problem(f"{source} cannot be read: {why.strerror}.") from why
    except (ElementTree.ParseError, ValueError) as why:
        raise Problem(f"{source} is not a whole XML file: {why}.") from why
    root = tree.getroot()
    spaces = {f"{{{found[1]}}}" for element in root.iter() if (found := WORDPRESS.match(element.tag))}
    if root.tag == f"{DISQUS}disqus":
        counts = clean_disqus(root)
    elif len(spaces) == 1:
        counts = clean_wordpress(root, spaces.pop())
    else:
        raise Problem(f"{source} is an export neither of WordPress nor of Disqus.")
    try:
        tree.write(target, encoding="utf-8", xml_declaration=True)
        target.chmod(0o600)
    except OSError as why:
        raise Problem(f"{target} cannot be written: {why.strerror}.") from why
    return counts


def main() -> int:
    """The command; gives its exit code."""
    parser = argparse.ArgumentParser(description="Makes an export of WordPress or Disqus fit for isso import.")
    parser.add_argument("source", type=Path, help="the export, an XML file")
    parser.add_argument("target", type=Path, help="the file to write")
    chosen = parser.parse_args()
    if chosen.target.exists():
        raise Problem(f"{chosen.target} is there already; name a new file.")
    counts = clean(chosen.source, chosen.target)
    print(f"{chosen.target}: {', '.join(f'{count} {kind}' for kind, count in sorted(counts.items())) or 'no comments'}.")
    return 0


if __name__ == "__main__":
    finish(main)
