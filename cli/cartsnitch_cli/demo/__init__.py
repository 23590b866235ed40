"""`cartsnitch demo`: the main job from end to end, with the public API as a service's developer would use it.

`formats`, `parsing` and `files` read the stores' JSON; `ingest` is a small ReceiptWitness, `detector` a small
StickerShock; `wiretap` holds every event against its contract, `broken` breaks one on purpose; `run` puts
them together, `summary` and `report` show what came of it.
"""
