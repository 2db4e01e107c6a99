"""Door: reads ``extra.comments`` in mkdocs.yml, checks it, and hands it to the page template.

To add a provider: one row in providers.yml here and one template in overrides/partials/comments/.
Nothing is kept between builds: what a page shows follows from the configuration of that build alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from ipaddress import ip_address
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import urlsplit

import yaml
from mkdocs.exceptions import ConfigurationError
from mkdocs.plugins import get_plugin_logger

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.nav import Navigation
    from mkdocs.structure.pages import Page
    from mkdocs.utils.templates import TemplateContext

# Not __name__: MkDocs names a hook after its line in mkdocs.yml, and that is not a logger's name.
log = get_plugin_logger("comments")

KEY = "extra.comments"
ROWS = Path(__file__).with_name("providers.yml")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]", re.IGNORECASE)
EXAMPLE = "https://comments.example.org"
_THREAD = re.compile(r"[\w./~-]{1,200}\Z", re.ASCII)
_POST = re.compile(r"https?://[\w.-]+(?::\d+)?/(?:@[\w.@-]+|users/[\w.-]+/statuses|web/statuses)/(?P<id>\d{1,20})/?\Z", re.ASCII)


def web_address(value: object) -> str:
    """The address of a comment server, without a slash at its end; "" stays "" and means closed.

    Raises ValueError, with the rest of a sentence, unless ``value`` is an https address of a host,
    with a port and a path if need be. http is for this machine alone: anyone between a reader and
    another machine could read and change the comments.
    """
    if value is None or value == "":  # !ENV gives None for a variable that is set and empty
        return ""
    wrong = f"is not an http:// or https:// address; write it like {EXAMPLE}"
    if not isinstance(value, str) or re.search(r"[^\x21-\x7e]|\.\.", value):
        raise ValueError(wrong)
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError(wrong) from None
    host = parts.netloc.rpartition("@")[2].removesuffix("" if port is None else f":{port}")
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(host):
        raise ValueError(wrong)
    if "@" in value or "?" in value or "#" in value:
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


def repository(value: object) -> str:
    """A repository as ``owner/name``; "" stays "". Raises ValueError, with the rest of a sentence, for anything else."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"[\w-]{1,39}/[\w.-]{1,100}", value, re.ASCII):
        raise ValueError("is not a repository; write it like owner/name")
    return value


def name(value: object) -> str:
    """A word of letters, digits and ``_ - . = +``; "" stays "". Raises ValueError, with the rest of a sentence, otherwise."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool) or not re.fullmatch(r"[\w.=+-]{1,100}", str(value), re.ASCII):
        raise ValueError("is not a name; use letters, digits, - and _")
    return str(value)


def text(value: object) -> str:
    """A line of up to a hundred characters; "" stays "". Raises ValueError, with the rest of a sentence, otherwise."""
    if value is None or value == "":
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"[^\x00-\x1f\x7f<>]{1,100}", value):
        raise ValueError("is not a line of plain text; put it in quotation marks")
    return value


def flag(value: object) -> str:
    """``1`` or ``0`` for true or false. Raises ValueError, with the rest of a sentence, for anything else."""
    if not isinstance(value, bool):
        raise ValueError("is neither true nor false")
    return "1" if value else "0"


KINDS: Mapping[str, Callable[[object], str]] = {
    "server": web_address,
    "repository": repository,
    "name": name,
    "text": text,
    "flag": flag,
}


@dataclass(frozen=True)
class Setting:
    """A setting of a provider: how it is checked, whether it must be there, what it is otherwise, which words it takes."""

    check: Callable[[object], str]
    required: bool = False
    default: object = ""
    choices: tuple[str, ...] = ()

    def read(self, value: object) -> str:
        """The clean value. Raises ValueError with the rest of a sentence."""
        clean = self.check(value)
        if self.choices and clean not in self.choices:
            raise ValueError(f"is not one of {either(self.choices, 'and')}{nearest(value, self.choices)}")
        return clean


@dataclass(frozen=True)
class Provider:
    """One row of providers.yml, which says what each field is; ``template`` is "" where nothing is drawn."""

    template: str = ""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    host: str = ""
    thread: str = ""
    read_only: bool = False
    link: str = ""
    policy: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def providers(rows: Path = ROWS) -> Mapping[str, Provider]:
    """The rows of providers.yml by name."""
    found: dict[str, Provider] = {}
    for provider, row in yaml.safe_load(rows.read_text(encoding="utf-8")).items():
        settings = {
            key: Setting(KINDS[one["kind"]], one.get("required", False), one.get("default", ""), tuple(one.get("choices", ())))
            for key, one in row.get("settings", {}).items()
        }
        policy = {directive: tuple(origins) for directive, origins in row.get("policy", {}).items()}
        found[provider] = Provider(**{**row, "settings": settings, "policy": policy})
    return found


@dataclass(frozen=True)
class Comments:
    """What the template gets as ``comments``.

    ``state``: open, closed (nothing can be added; ``template`` is "" where the thread cannot be shown either), or off.
    ``settings``: the checked values. ``server``: the address that is asked; ``host``: its host, and its port if it has one, as
    readers see it. ``thread``: the name under which the page's comments are kept; ``link``: where they can be read without
    JavaScript, or "".
    """

    state: Literal["open", "closed", "off"] = "off"
    template: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    server: str = ""
    host: str = ""
    thread: str = ""
    link: str = ""


def read_settings(raw: object, file: str, rows: Path = ROWS) -> tuple[Provider, dict[str, str]]:
    """The provider that ``extra.comments`` names, and its checked settings.

    ``raw`` is the value in mkdocs.yml, None where there is none; ``file`` is the name to print. The settings of the other
    providers are checked for their names and are left alone otherwise, so that switching provider is a change of one line.
    Raises ConfigurationError with one sentence on a line of its own for each mistake.
    """
    known = providers(rows)
    if raw is None:
        return known["none"], {}
    if not isinstance(raw, Mapping):
        raise ConfigurationError(
            f"{file}: {KEY}: ‘{raw}’ is not a group of settings; "
            "put ‘provider:’ and the provider’s own group on indented lines of their own below it."
        )
    mistakes = _unknown(raw, ["provider", *known], KEY, file)
    for provider, row in known.items():
        group = raw.get(provider)
        if group is not None and not isinstance(group, Mapping):
            mistakes.append(
                f"{file}: {KEY}.{provider}: ‘{without_password(group)}’ is not a group of settings; indent them below it."
            )
        elif group:
            mistakes += _unknown(group, list(row.settings), f"{KEY}.{provider}", file)
    choice = raw.get("provider")
    row_ = known.get(choice) if isinstance(choice, str) else None
    settings: dict[str, str] = {}
    if "provider" not in raw:
        mistakes.append(f"{file}: {KEY}.provider: is missing; use {either(known, 'or')}.")
    elif row_ is None:
        mistakes.append(
            f"{file}: {KEY}.provider: ‘{'' if choice is None else choice}’ is not a comments provider; "
            f"use {either(known, 'or')}{nearest(choice, known)}."
        )
    else:
        group = raw.get(choice)
        if group is None or isinstance(group, Mapping):
            settings = _read_group(row_, group or {}, str(choice), file, mistakes)
    if mistakes or row_ is None:
        raise ConfigurationError("\n".join(mistakes))
    return row_, settings


def _unknown(group: Mapping[Any, Any], known: list[str], key: str, file: str) -> list[str]:
    """A sentence for each name in a group that is no setting."""
    have = f"the settings are {either(known, 'and')}" if known else "it has no settings"
    return [f"{file}: {key}: ‘{one}’ is not a setting; {have}{nearest(one, known)}." for one in group if one not in known]


def _read_group(row: Provider, group: Mapping[Any, Any], provider: str, file: str, mistakes: list[str]) -> dict[str, str]:
    """The checked settings of a provider; what is wrong is added to ``mistakes``."""
    settings: dict[str, str] = {}
    for one, setting in row.settings.items():
        key = f"{file}: {KEY}.{provider}.{one}"
        if setting.required and one not in group:
            mistakes.append(f'{key}: is missing and ‘{provider}’ needs it; write "" to keep comments closed.')
            continue
        try:
            settings[one] = setting.read(group.get(one, setting.default))
        except ValueError as why:
            mistakes.append(f"{key}: ‘{without_password(group.get(one))}’ {why}.")
    return settings


def either(names: Iterable[str], last: str) -> str:
    """``names`` as a list that reads well: "a, b or c" where ``last`` is "or"."""
    *most, end = names
    return f"{', '.join(most)} {last} {end}" if most else end


def nearest(name: object, names: Iterable[str]) -> str:
    """Return " (nearest: x)" where one of ``names`` is much like ``name``, else ""."""
    close = get_close_matches(str(name).casefold(), list(names), n=1)
    return f" (nearest: {close[0]})" if close else ""


def without_password(value: object) -> str:
    """``value`` for printing: a name and password before an @ in an address are not repeated."""
    plain = "".join(char if char.isprintable() else " " for char in str(value))
    return re.sub(r"//.*@", "//…@", plain)


def thread_name(src_uri: str) -> str:
    """The name of a page's thread, from its path under docs/: "blog/posts/a.md" → "/blog/posts/a".

    Title, date and style of address may change without losing the comments. A folder's index.md is
    named like the folder, so a page that grows into a folder keeps its comments too.
    """
    path = PurePosixPath(src_uri).with_suffix("")
    if path.name in ("index", "README"):
        path = path.parent
    return "/" if path == PurePosixPath(".") else f"/{path}"


def _thread(meta: Mapping[str, Any], src_uri: str) -> str:
    """The name of a page's thread: its ``comments_id``, so that a file can move and keep its comments, or from its path.

    Raises ConfigurationError where ``comments_id`` cannot be one.
    """
    own = meta.get("comments_id")
    if own is None:
        return thread_name(src_uri)
    if not isinstance(own, str) or not _THREAD.match(own):
        raise ConfigurationError(
            f"{src_uri}: comments_id: ‘{own}’ cannot name a thread; "
            f"use letters, digits, / . _ ~ and -, like {thread_name(src_uri)}."
        )
    return own


def view(config: MkDocsConfig, src_uri: str, meta: Mapping[str, Any] | None = None) -> Comments:
    """What the template needs for the page at ``src_uri`` with this front matter.

    Raises ConfigurationError as :func:`read_settings` does, and for a thread that the front matter names wrongly.
    """
    meta = meta or {}
    file = Path(config.config_file_path or "mkdocs.yml").name
    row, settings = read_settings(config.extra.get("comments"), file)
    required = [key for key, setting in row.settings.items() if setting.required]
    if not row.template or any(not settings[key] for key in {*required, row.host}):
        return Comments()
    thread, link = _thread(meta, src_uri), row.link
    if row.thread:
        post = meta.get(row.thread)
        if post is None:
            return Comments()
        match = _POST.match(str(post))
        if match is None or urlsplit(str(post)).netloc.lower() != urlsplit(settings[row.host]).netloc.lower():
            raise ConfigurationError(
                f"{src_uri}: {row.thread}: ‘{post}’ is not the address of a post on {urlsplit(settings[row.host]).netloc}; "
                "copy it from the post, like https://host/@name/1234."
            )
        thread, link = match["id"], str(post)
    closed = meta.get("comments") == "closed"
    server = settings[row.host]
    return Comments(
        "closed" if closed else "open",
        row.template if row.read_only or not closed else "",
        settings,
        server,
        urlsplit(server).netloc,
        thread,
        link.format(**settings, thread=link) if row.link else "",
    )


def policy(config: MkDocsConfig) -> Mapping[str, tuple[str, ...]]:
    """What a Content-Security-Policy must allow for the provider of a site: origins by directive; none while it is closed."""
    row, settings = read_settings(config.extra.get("comments"), Path(config.config_file_path or "mkdocs.yml").name)
    if not row.template or any(not settings[key] for key, one in row.settings.items() if one.required or key == row.host):
        return {}
    return {directive: tuple(_source(one, settings) for one in names) for directive, names in row.policy.items()}


def _source(one: str, settings: Mapping[str, str]) -> str:
    """A source as a policy names it: a keyword as it is, or the origin of a setting."""
    if one.startswith("'"):
        return one
    parts = urlsplit(settings[one])
    return f"{parts.scheme}://{parts.netloc}"


def on_config(config: MkDocsConfig) -> None:
    """Stops a build whose comment settings are wrong before any page is read."""
    allowed = policy(config)
    log.debug("comments ask %s", ", ".join(sorted({o for origins in allowed.values() for o in origins})) or "nobody")


def on_env(env: Any, *, config: MkDocsConfig, files: Files) -> None:
    """Stops a build in which two pages would show the same comments, or a front matter names a thread wrongly; all at once."""
    threads: dict[str, str] = {}
    mistakes: list[str] = []
    for file in files.documentation_pages():
        if file.page is None or not file.page.meta.get("comments"):
            continue
        try:
            thread = view(config, file.src_uri, file.page.meta).thread
        except ConfigurationError as why:
            mistakes.append(str(why))
            continue
        if thread and threads.setdefault(thread, file.src_uri) != file.src_uri:
            mistakes.append(f"{file.src_uri}: its comments would be those of {threads[thread]}; give one of them another thread.")
    if mistakes:
        raise ConfigurationError("\n".join(mistakes))


def on_page_context(context: TemplateContext, /, *, page: Page, config: MkDocsConfig, nav: Navigation) -> TemplateContext:
    """Adds ``comments`` to what the page's template sees."""
    cast("dict[str, Any]", context)["comments"] = view(config, page.file.src_uri, page.meta)
    return context
