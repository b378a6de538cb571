"""The door of documents: papers with their code, as PDF, and the check of a code."""

from server.documents.issuing import Checked, Issued, check, form, is_the_file, issue, pdf
from server.documents.paper import Fact, Paper, Section
from server.documents.rules import KINDS

__all__ = [
    "KINDS",
    "Checked",
    "Fact",
    "Issued",
    "Paper",
    "Section",
    "check",
    "form",
    "is_the_file",
    "issue",
    "pdf",
]
