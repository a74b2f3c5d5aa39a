"""Every view says who may use it; one that does not is never reached."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from webapp.auth.current import current_actor
from webapp.auth.refusals import PostNeeded

if TYPE_CHECKING:
    from storage.vocabulary import Post

P = ParamSpec("P")
R = TypeVar("R")


def needs(*posts: Post) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let in who is signed in and holds one of *posts*; none named: everybody."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            actor = current_actor()
            if posts and not actor.holds(*posts):
                raise PostNeeded(tuple(sorted(posts)))
            return view(*args, **kwargs)

        guarded.__needs__ = posts  # type: ignore[attr-defined]  # a mark on the view
        return guarded

    return decorate


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a view that anybody may use."""
    view.__public__ = True  # type: ignore[attr-defined]  # a mark on the view
    return view
