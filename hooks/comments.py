"""Door: reads ``extra.comments`` in mkdocs.yml, checks it, and hands it to the page template.

To add a provider: one row in PROVIDERS here and one template in overrides/partials/comments/.
Nothing is kept between builds: what a page shows follows from the configuration of that build alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from mkdocs.exceptions import ConfigurationError
from mkdocs.plugins import get_plugin_logger

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page
    from mkdocs.utils.templates import TemplateContext

# Not __name__: MkDocs names a hook after its line in mkdocs.yml, and that is not a logger's name.
log = get_plugin_logger("comments")

KEY = "extra.comments"
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)
EXAMPLE = "https://comments.example.org"


def web_address(value: object) -> str:
    """The address of a comment server, without a slash at its end; "" stays "" and means closed.

    Raises ValueError, with the rest of a sentence, unless ``value`` is an https address of a host,
    with a port and a path if need be. http is for this machine alone: anyone between a reader and
    another machine could read and change the comments.
    """
    if value is None or value == "":  # !ENV gives None for a variable that is set and empty
        return ""
    wrong = f"is not an http:// or https:// address; write it like {EXAMPLE}"
    if not isinstance(value, str):
        raise ValueError(wrong)
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(wrong) from None
    host = parts.netloc.rpartition("@")[2].removesuffix("" if port is None else f":{port}")
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(host):
        raise ValueError(wrong)
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ValueError("says more than a host, a port and a path; take out the rest")
    if not re.fullmatch(r"[\w./~%-]*", parts.path, re.ASCII):
        raise ValueError(wrong)
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError(
            "would send comments unprotected; use https://, for http:// is taken only for localhost, 127.0.0.1 and [::1]"
        )
    return value.rstrip("/")


def is_loopback(host: str) -> bool:
    """Whether ``host``, a name or an address without brackets, is always this very machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@dataclass(frozen=True)
class Provider:
    """One row of PROVIDERS.

    ``template``: the file under overrides/ that draws it; "" draws nothing, comments are closed.
    ``required``: the settings it needs, each with the check that returns its clean value or raises
    ValueError with the rest of a sentence. A setting that is "" keeps comments closed.
    """

    template: str = ""
    required: Mapping[str, Callable[[object], str]] = field(default_factory=dict)


PROVIDERS: Mapping[str, Provider] = {
    "isso": Provider("partials/comments/isso.html", {"server": web_address}),
    "none": Provider(),
}


@dataclass(frozen=True)
class Comments:
    """What the template gets as ``comments``.

    ``template``: see Provider; "" when comments are closed. ``settings``: the checked values.
    ``host``: the server's name, and its port if it has one, as readers see it. ``thread``: the name
    under which the page's comments are kept.
    """

    template: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    host: str = ""
    thread: str = ""


def read_settings(raw: object, file: str) -> tuple[Provider, dict[str, str]]:
    """The provider that ``extra.comments`` names, and its checked settings.

    ``raw`` is the value in mkdocs.yml, None where there is none; ``file`` is the name to print. A
    setting of another provider is left alone, so that switching provider is a change of one line.
    Raises ConfigurationError with one sentence on a line of its own for each mistake.
    """
    if raw is None:
        return PROVIDERS["none"], {}
    if not isinstance(raw, Mapping):
        raise ConfigurationError(
            f"{file}: {KEY}: ‘{raw}’ is not a group of settings; "
            "put ‘provider:’ and ‘server:’ on indented lines of their own below it."
        )
    known = ["provider", *sorted({name for row in PROVIDERS.values() for name in row.required})]
    mistakes = [
        f"{file}: {KEY}: ‘{name}’ is not a setting; the settings are {either(known, 'and')}{nearest(name, known)}."
        for name in raw
        if name not in known
    ]
    settings: dict[str, str] = {}
    choice = raw.get("provider")
    row = PROVIDERS.get(choice) if isinstance(choice, str) else None
    if "provider" not in raw:
        mistakes.append(f"{file}: {KEY}.provider: is missing; use {either(PROVIDERS, 'or')}.")
    elif row is None:
        mistakes.append(
            f"{file}: {KEY}.provider: ‘{'' if choice is None else choice}’ is not a comments provider; "
            f"use {either(PROVIDERS, 'or')}{nearest(choice, PROVIDERS)}."
        )
    else:
        for name, check in row.required.items():
            if name not in raw:
                mistakes.append(f'{file}: {KEY}.{name}: is missing and ‘{choice}’ needs it; write "" to keep comments closed.')
                continue
            try:
                settings[name] = check(raw[name])
            except ValueError as why:
                mistakes.append(f"{file}: {KEY}.{name}: ‘{without_password(raw[name])}’ {why}.")
    if mistakes or row is None:
        raise ConfigurationError("\n".join(mistakes))
    return row, settings


def either(names: Mapping[str, Any] | list[str], last: str) -> str:
    """``names`` as a list that reads well: "a, b or c" where ``last`` is "or"."""
    *most, end = names
    return f"{', '.join(most)} {last} {end}" if most else end


def nearest(name: object, names: Mapping[str, Any] | list[str]) -> str:
    """Return " (nearest: x)" where one of ``names`` is much like ``name``, else ""."""
    close = get_close_matches(str(name).casefold(), list(names), n=1)
    return f" (nearest: {close[0]})" if close else ""


def without_password(value: object) -> str:
    """``value`` for printing: a name and password before an @ in an address are not repeated."""
    return re.sub(r"//[^/]*@", "//…@", str(value))


def thread_name(src_uri: str) -> str:
    """The name of a page's thread, from its path under docs/: "blog/posts/a.md" → "/blog/posts/a".

    Title, date and style of address may change without losing the comments. A folder's index.md is
    named like the folder, so a page that grows into a folder keeps its comments too.
    """
    path = PurePosixPath(src_uri).with_suffix("")
    if path.name in ("index", "README"):
        path = path.parent
    return "/" if path == PurePosixPath(".") else f"/{path}"


def view(config: MkDocsConfig, src_uri: str) -> Comments:
    """What the template needs for the page at ``src_uri``. Raises as ``read_settings`` does."""
    file = Path(config.config_file_path or "mkdocs.yml").name
    row, settings = read_settings(config.extra.get("comments"), file)
    if not row.template or "" in settings.values():
        return Comments()
    host = urlsplit(settings.get("server", "")).netloc
    return Comments(row.template, settings, host, thread_name(src_uri))


def on_config(config: MkDocsConfig) -> None:
    """Stops a build whose comment settings are wrong before any page is read."""
    comments = view(config, "index.md")
    log.debug("comments by %s", comments.host or "nobody: they are closed")


def on_page_context(context: TemplateContext, /, *, page: Page, config: MkDocsConfig, nav: Navigation) -> TemplateContext:
    """Adds ``comments`` to what the page's template sees."""
    cast("dict[str, Any]", context)["comments"] = view(config, page.file.src_uri)
    return context
