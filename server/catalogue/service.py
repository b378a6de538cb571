"""The door of the catalogue (Y9, Y11-2, O8-3, O10-1): kinds with period, law, fee and department,
and the topics that residents choose. Others get plain values, never rows."""

from server.catalogue.keeping import departments_named, seed_catalogue, written
from server.catalogue.reading import (
    Asked,
    KindView,
    Paper,
    TopicView,
    kind,
    kind_by_slug,
    kind_names,
    kind_to_choose,
    kinds,
    kinds_to_choose,
    services,
    topic,
    topic_by_slug,
    topics,
)
from server.catalogue.rules import APPROVERS, CATEGORIES

__all__ = [
    "APPROVERS",
    "CATEGORIES",
    "Asked",
    "KindView",
    "Paper",
    "TopicView",
    "departments_named",
    "kind",
    "kind_by_slug",
    "kind_names",
    "kind_to_choose",
    "kinds",
    "kinds_to_choose",
    "seed_catalogue",
    "services",
    "topic",
    "topic_by_slug",
    "topics",
    "written",
]
