"""What a case may call for people with."""

from enum import StrEnum


class AlarmKind(StrEnum):
    """Why a case needs somebody.

    `FEW_HOLDERS`: fewer than two people can open it. `FEW_KEEPERS`: fewer than two have the key of
    the name, whether or not one was given. `UNOPENED`: nobody has opened it. `CONTACT_ASKED` and
    `ESCALATED`: the reporter asked for somebody else, or for the overseer, who have not looked yet.
    `WORK_ASKED`: whoever was asked for has the conversation and asks for the notes as well.
    `NO_OVERSEER`: its overseer has gone, and nobody is left who could take their place.
    """

    FEW_HOLDERS = "few_holders"
    FEW_KEEPERS = "few_keepers"
    UNOPENED = "unopened"
    CONTACT_ASKED = "contact_asked"
    ESCALATED = "escalated"
    WORK_ASKED = "work_asked"
    NO_OVERSEER = "no_overseer"
