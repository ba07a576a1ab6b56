"""Questions that get no answer: why, in plain words."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response

from vitalwatch.web.origin import same_site


class RefusedError(Exception):
    """A question that gets no answer.

    Args:
        status: of HTTP.
        why: in plain words.
    """

    def __init__(self, status: int, why: str) -> None:
        self.status = status
        self.why = why
        super().__init__(why)


def own_site(request: Request) -> None:
    """Answer this service's own page and programs only.

    Raises:
        RefusedError: if another site's page asks, or some name was bent to point here.
    """
    host = request.headers.get("host")
    # A page's own GET names no origin: the host alone tells whether some other site's name was bent to point here.
    if not same_site(request.headers.get("origin") or f"http://{host}", host):
        raise RefusedError(403, "This service goes by another name.")


def refuse_plainly(site: FastAPI) -> None:
    """Let every refusal reach the person as a plain sentence."""

    async def refused(_: Request, why: Exception) -> Response:
        assert isinstance(why, RefusedError)
        return Response(f"{why.why}\n", status_code=why.status, media_type="text/plain")

    site.add_exception_handler(RefusedError, refused)
