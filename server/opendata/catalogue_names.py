"""Names of topics and departments beside public complaints, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from server import config
from server.accounts import service as accounts
from server.accounts.service import Dept
from server.catalogue import service as catalogue
from server.catalogue.service import TopicView
from server.complaints.service import Published
from server.core import i18n


def named(dept: Dept) -> str:
    """A department in the reader's language."""
    return dept.name_en if i18n.locale() == "en" else dept.name


@dataclass(frozen=True, slots=True)
class Names:
    """Topics and departments by id; an old complaint may name one that was given up since."""

    topics: Mapping[int, TopicView]
    departments: Mapping[int, Dept]

    @classmethod
    async def load(cls, of: Sequence[Published] = ()) -> Self:
        """As they are now, with the topics of those complaints."""
        topics = {topic.id: topic for topic in await catalogue.topics()}
        for gone in {complaint.topic_id for complaint in of} - topics.keys():
            topics[gone] = await catalogue.topic(gone)
        return cls(topics, {dept.id: dept for dept in await accounts.departments(every=True)})

    def topic_with(self, slug: str) -> TopicView | None:
        """The topic of a slug."""
        return next((each for each in self.topics.values() if each.slug == slug), None)

    def department_with(self, slug: str) -> Dept | None:
        """The department of a slug."""
        return next((each for each in self.departments.values() if each.slug == slug), None)

    def department_of(self, complaint: Published) -> Dept | None:
        """Who has a complaint."""
        return self.departments.get(complaint.department_id or 0)


def site(path: str = "") -> str:
    """An address of this site, whole."""
    return config.settings().public_url.rstrip("/") + path


def page_of(complaint: Published) -> str:
    """Where people read a complaint."""
    return site(f"/complaints/{complaint.number}")


def photo_of(complaint: Published) -> str | None:
    """Its first photo."""
    return f"{page_of(complaint)}/photos/1" if complaint.photos_count else None
