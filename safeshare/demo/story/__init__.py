"""The story of the demo organisation: pure, fictional and the same for the same day and seed."""

from safeshare.demo.story.shapes import (
    Happening,
    OnCallWeek,
    Story,
    StoryConcern,
    StoryIdentity,
    StoryMembership,
    StoryPerson,
    StoryPlace,
)
from safeshare.demo.story.steps import (
    Acknowledge,
    ChangeStatus,
    Close,
    CodeThemes,
    EndAftercare,
    ReporterMessage,
    StaffMessage,
    Step,
    Take,
    status_after,
)
from safeshare.demo.story.telling import DEFAULT_SEED, tell_story

__all__ = [
    "DEFAULT_SEED",
    "Acknowledge",
    "ChangeStatus",
    "Close",
    "CodeThemes",
    "EndAftercare",
    "Happening",
    "OnCallWeek",
    "ReporterMessage",
    "StaffMessage",
    "Step",
    "Story",
    "StoryConcern",
    "StoryIdentity",
    "StoryMembership",
    "StoryPerson",
    "StoryPlace",
    "Take",
    "status_after",
    "tell_story",
]
