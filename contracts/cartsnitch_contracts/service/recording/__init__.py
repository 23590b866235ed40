"""Which fields a service reads of events and of other services' answers, and which columns: recorded.

    recorder = Recorder("stickershock", [Path("src/stickershock")])
    with recorder.recording():
        ...                              # the service's tests
    recorder.notes.reads(recorder.notes.subjects[0])

A read that cannot be seen counts as reading everything. What subscribers hand to handlers and what httpx
receives is seen; whoever calls handlers himself, or answers for another service, tells `onlookers`.
"""

from cartsnitch_contracts.service.recording.document import document
from cartsnitch_contracts.service.recording.notes import Notes, Subject
from cartsnitch_contracts.service.recording.recorder import Recorder

__all__ = ["Notes", "Recorder", "Subject", "document"]
