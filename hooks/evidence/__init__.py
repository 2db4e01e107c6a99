"""Evidence: find the medical claims in Markdown prose and demand a reference for each.

The library knows nothing of MkDocs, of a theme or of mkdocs-bibtex: it reads files and returns values.
The doors in ``hooks/`` and the command ``evidence`` are its only users inside this project.
"""

__version__ = "0.1.0"
