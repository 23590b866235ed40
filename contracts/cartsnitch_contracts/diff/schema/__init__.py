"""What changed between two schemas, place by place, and whether a writer's payloads still pass a reader."""
