"""Who is acting, in which posts, for which agency."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from storage.vocabulary import Post


@dataclass(frozen=True, kw_only=True)
class Actor:
    """A person at work, as commands see them."""

    id: UUID
    agency_id: UUID
    unit_id: UUID | None
    posts: frozenset[Post]

    def holds(self, *posts: Post) -> bool:
        """Say whether the actor holds any of *posts*."""
        return not self.posts.isdisjoint(posts)
