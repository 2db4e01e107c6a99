"""Where the page of a rule is."""

from __future__ import annotations


def rule_url(rule: str, site_url: str) -> str:
    """Address of a rule's page: on the site where its address is known, else its file in the repository."""
    if site_url:
        return f"{site_url.rstrip('/')}/contribute/rules/{rule}/"
    return f"docs/contribute/rules/{rule}.md"
