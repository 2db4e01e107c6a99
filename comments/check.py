"""Tells whether Isso's configuration is fit for the public: ``python3 check.py isso.cfg``.

Says one sentence for each value that is not set, cannot work, or takes away what the site promises its readers.
What is right is the isso.cfg beside this file: every setting that is not in OPEN must be as it is there, also
because Isso's own value, without moderation, stands in for one that is missing. Needs Python alone.

Exit codes: 0 fit, 1 not yet.
"""

from __future__ import annotations

import argparse
import configparser
import re
import sys
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from isso_files import Problem, finish, read_config

TEMPLATE = Path(__file__).resolve().parent / "isso.cfg"
UNSET = "SET-ME"
# Printed in Isso's own isso.cfg, so known to everyone.
KNOWN_SECRETS = {"please_choose_a_strong_password", "Eech7co8Ohloopo9Ol6baimi"}
SECONDS = {"w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1}
LOOPBACK = re.compile(r"127(\.\d{1,3}){3}|localhost")
# The word for each value that configparser, and so Isso, takes for yes or no.
SWITCH = {word: "true" if yes else "false" for word, yes in configparser.ConfigParser.BOOLEAN_STATES.items()}


def secret(value: str) -> str:
    """A check, as all in OPEN: "" when ``value`` is fit, else the rest of a sentence."""
    if value in KNOWN_SECRETS:
        return "is Isso’s own value, which everyone knows; make one with: openssl rand -hex 32"
    if len(value) < 20 or len(set(value)) < 8:
        return "is too easy to guess; make one with: openssl rand -hex 32"
    return ""


def database_place(value: str) -> str:
    """Where comments are kept."""
    if not value.startswith("/"):
        return "must be a whole path, from / on: Isso would look from the folder it is started in"
    temporary = value.startswith(("/tmp/", "/var/tmp/"))  # noqa: S108
    return "is emptied when the server restarts; use /var/lib/isso/comments.db" if temporary else ""


def address(value: str) -> str:
    """An https address of a host, as a browser's Origin has it."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        return "is not an address; write it like https://example.org"
    if parts.scheme == "http":
        return "would let anyone between a reader and the server read along; use https://"
    if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        return "says more than a host; take out what follows it"
    return ""


def endpoint(value: str) -> str:
    """Where readers reach Isso; a path below the host is allowed here, a slash at the end is not."""
    if value.endswith("/"):
        return "must not end with a slash"
    wrong = address(value)
    return "" if wrong.startswith("says more") and re.fullmatch(r"https://[^/?#@]+(/[\w.-]+)+", value) else wrong


def addresses(value: str) -> str:
    """One https address on each line."""
    lines = value.split()
    wrong = [f"{line} {why}" for line in lines if (why := address(line))]
    return "; ".join(wrong) if lines else "is empty: no page could show comments"


def listen(value: str) -> str:
    """Where Isso waits: this machine alone."""
    if value.startswith("unix:///"):
        return ""
    found = re.fullmatch(r"http://([^/:]+):(\d+)/?", value)
    if not found:
        return "is not an address with a port; write it like http://127.0.0.1:8080"
    if not LOOPBACK.fullmatch(found[1]):
        return "can be reached from other machines, past the proxy and its limits; use http://127.0.0.1:8080"
    return ""


def duration(least: str, most: str) -> Callable[[str], str]:
    """A length of time in Isso's words, between two others."""

    def seconds(value: str) -> int | None:
        # timedelta() in isso/config.py stops at what it does not know, and says nothing.
        found = re.fullmatch(r"(\d+w)? ?(\d+d)? ?(\d+h)? ?(\d+m)? ?(\d+s)?", value)
        return sum(int(part[:-1]) * SECONDS[part[-1]] for part in found.groups() if part) if found else None

    def test(value: str) -> str:
        taken = seconds(value)
        if taken is None:
            return f"is not a length of time; write it like {most}"
        inside = (seconds(least) or 0) <= taken <= (seconds(most) or 0)
        return "" if inside else f"must be between {least} and {most}"

    return test


def number(least: int, most: int) -> Callable[[str], str]:
    """A whole number between two others."""
    return lambda value: "" if value.isdecimal() and least <= int(value) <= most else f"must be a number from {least} to {most}"


def one_of(*words: str) -> Callable[[str], str]:
    """One of a few words."""
    return lambda value: "" if value in words else f"must be {' or '.join(words)}"


def switch(value: str) -> str:
    """Yes or no."""
    return "" if value.casefold() in SWITCH else "must be true or false"


def mailbox(value: str) -> str:
    """An e-mail address."""
    return "" if re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", value) else "is not an e-mail address"


def sender(value: str) -> str:
    """An e-mail address with a name before it."""
    # Without a name Isso writes one of its own, load() in isso/config.py.
    return "" if re.fullmatch(r"[^<>]*\w[^<>]* <[^@\s<>]+@[^@\s<>]+>", value) else "must be like: Comments <comments@example.org>"


def anything(value: str) -> str:
    """No condition."""
    return ""


def something(value: str) -> str:
    """Not empty."""
    return "" if value else "is empty"


# What an operator may choose, and within which bounds. All else is as in TEMPLATE.
OPEN: dict[tuple[str, str], Callable[[str], str]] = {
    ("general", "host"): addresses,
    ("general", "dbpath"): database_place,
    ("general", "name"): anything,
    ("general", "max-age"): duration("1m", "1h"),
    ("admin", "password"): secret,
    ("moderation", "purge-after"): duration("1d", "90d"),
    ("server", "listen"): listen,
    ("server", "public-endpoint"): endpoint,
    ("server", "samesite"): one_of("Lax", "None", "Strict"),
    ("smtp", "host"): something,
    ("smtp", "port"): number(1, 65535),
    ("smtp", "security"): one_of("starttls", "ssl", "none"),
    ("smtp", "username"): anything,
    ("smtp", "password"): anything,
    ("smtp", "to"): mailbox,
    ("smtp", "from"): sender,
    ("smtp", "timeout"): number(1, 60),
    ("guard", "ratelimit"): number(1, 10),
    ("guard", "direct-reply"): number(1, 20),
    ("guard", "reply-to-self"): switch,
    ("hash", "salt"): secret,
}

# Why a setting must be as it is, to end the sentence with.
REASONS = {
    ("general", "notify"): "‘stdout’ writes each comment and the key that approves it into the log",
    ("general", "reply-notifications"): "anyone could have mail sent to anybody",
    ("general", "gravatar"): "each reader’s browser would ask another company’s server",
    ("general", "latest-enabled"): "all comments of all pages could be fetched at once",
    ("general", "log-file"): "nobody would empty that file",
    ("admin", "enabled"): "there would be no page to moderate on",
    ("moderation", "enabled"): "comments would appear before a person has read them",
    ("moderation", "approve-if-email-previously-approved"): "nobody proves that an e-mail address is theirs",
    ("server", "trusted-proxies"): "only the proxy on this machine may say where a reader comes from",
    ("server", "profile"): "it slows every answer down",
    ("guard", "enabled"): "one visitor could send comments without end",
    ("guard", "require-author"): "the site tells readers that a name is up to them",
    ("guard", "require-email"): "the site does not ask for e-mail addresses",
    ("markup", "allowed-elements"): "comments could then carry pictures, frames or scripts",
    ("markup", "allowed-attributes"): "comments could then carry styles or scripts",
    ("markup", "renderer"): "the other one lets HTML through",
    ("hash", "algorithm"): "a weaker one leads from the public code of a comment back to the writer’s network",
    ("rss", "base"): "the site offers no feeds of comments",
}


def plain(value: str | None) -> str:
    """A value as it is compared: one space between words, one word for each kind of yes and no."""
    words = " ".join((value or "").split())
    return SWITCH.get(words.casefold(), words) if not words.isdecimal() else words


def same_site(one: str, other: str) -> bool:
    """Whether two addresses count as one site for cookies, as far as that can be told from the names."""
    names = [urlsplit(each).hostname or "" for each in (one, other)]
    if any(re.fullmatch(r"[\d.]+|.*:.*", name) for name in names):
        return names[0] == names[1]
    return names[0].split(".")[-2:] == names[1].split(".")[-2:]


def mistakes(config: configparser.ConfigParser, template: configparser.ConfigParser) -> list[str]:
    """What is wrong in ``config``, a sentence each, without the name of its file; empty when it is fit."""
    found: list[str] = []
    known = [(section, key) for section in template.sections() for key in template.options(section)]
    for section, key in known:
        name = f"[{section}] {key}"
        value = (config.get(section, key, fallback=None) or "").strip()
        test = OPEN.get((section, key))
        if not config.has_option(section, key):
            wanted = "" if test else f" = {plain(template.get(section, key))}".rstrip()
            found.append(f"{name}: is missing; put it back{' as' if wanted else ''}{wanted}.")
        elif UNSET in value:
            found.append(f"{name}: is not set yet.")
        elif "$" in value:
            found.append(f"{name}: has a dollar sign, and Isso reads what follows it as a variable’s name.")
        elif test is not None:
            if why := test(value):
                shown = "" if test is secret or not value else f"‘{' '.join(value.split())}’ "
                found.append(f"{name}: {shown}{why}.")
        elif plain(value) != (wanted := plain(template.get(section, key))):
            must = f"must be ‘{wanted}’" if wanted else "must be empty"
            reason = f": {REASONS[section, key]}" if (section, key) in REASONS else ""
            found.append(f"{name}: is ‘{plain(value)}’ and {must}{reason}.")
    names = {f"[{section}] {key}" for section, key in known}
    for section in config.sections():
        for key in config.options(section):
            if (name := f"[{section}] {key}") not in names:
                close = get_close_matches(name, names, n=1)
                found.append(f"{name}: is not a setting of this site’s Isso{f' (nearest: {close[0]})' if close else ''}.")
    return found or together(config)


def together(config: configparser.ConfigParser) -> list[str]:
    """What is wrong between values that are each fit by themselves."""
    found: list[str] = []
    own = config.get("server", "public-endpoint")
    sites = config.get("general", "host").split()
    if own in [site.rstrip("/") for site in sites]:
        found.append(
            "[server] public-endpoint: is the address of the site; the comment server needs a name, or a path, of its own."
        )
    strangers = [site for site in sites if not same_site(site, own)]
    if config.get("server", "samesite") != "None" and strangers:
        found.append(
            f"[server] samesite: is ‘{config.get('server', 'samesite')}’, but {strangers[0]} is a stranger to {own}: "
            "people could not change their own comments; give the server a name below the site’s, or set it to None."
        )
    if config.get("admin", "password") == config.get("hash", "salt"):
        found.append("[hash] salt: is the password of [admin]; use two different ones.")
    if config.get("smtp", "security") == "none" and not LOOPBACK.fullmatch(config.get("smtp", "host")):
        found.append("[smtp] security: ‘none’ sends comments, and the keys that approve them, unprotected; use starttls or ssl.")
    if bool(config.get("smtp", "username")) != bool(config.get("smtp", "password")):
        found.append("[smtp] username and password: set both, or leave both empty.")
    return found


def main() -> int:
    """The command; gives its exit code."""
    parser = argparse.ArgumentParser(description="Tells whether Isso's configuration is fit for the public.")
    parser.add_argument("config", type=Path, help="Isso's configuration, such as /etc/isso/isso.cfg")
    path: Path = parser.parse_args().config
    found = mistakes(read_config(path), read_config(TEMPLATE))
    if path.stat().st_mode & 0o007:
        found.append(f"everyone on this machine can read its passwords; run: chmod o= {path}")
    for mistake in found:
        print(f"{path}: {mistake}", file=sys.stderr)
    if found:
        raise Problem(f"Not ready: {len(found)} {'value is' if len(found) == 1 else 'values are'} to be put right.")
    print(f"{path}: all is set, and nothing dangerous was changed.")
    return 0


if __name__ == "__main__":
    finish(main)
