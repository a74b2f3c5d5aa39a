"""Everything that is stored, one aggregate a module."""

from __future__ import annotations

from storage.database import Model
from storage.limits import limit
from storage.models.agency import Agency, Unit
from storage.models.assignment import Assignment, Recusal
from storage.models.case import Case, Party
from storage.models.colleagues import Cosigner, Deputy, Memo
from storage.models.deadline import Deadline
from storage.models.definition import PackVersion, ProcessVersion, RequirementSet
from storage.models.document import Document, Signature
from storage.models.equipment import Device, DeviceCheck
from storage.models.event import Event
from storage.models.job import Job
from storage.models.migration import Migration, MigrationFate
from storage.models.person import ApiToken, Person, PersonPost
from storage.models.recording import Explanation, Recording, StoredObject
from storage.models.room import Booking, Room, RoomCheck
from storage.models.serial import Serial
from storage.models.task import Task
from storage.models.waiver import Judgement, Waiver

__all__ = [
    "Agency",
    "ApiToken",
    "Assignment",
    "Booking",
    "Case",
    "Cosigner",
    "Deadline",
    "Deputy",
    "Device",
    "DeviceCheck",
    "Document",
    "Event",
    "Explanation",
    "Job",
    "Judgement",
    "Memo",
    "Migration",
    "MigrationFate",
    "PackVersion",
    "Party",
    "Person",
    "PersonPost",
    "ProcessVersion",
    "Recording",
    "Recusal",
    "RequirementSet",
    "Room",
    "RoomCheck",
    "Serial",
    "Signature",
    "StoredObject",
    "Task",
    "Unit",
    "Waiver",
]

limit(mapper.class_ for mapper in Model.registry.mappers)
