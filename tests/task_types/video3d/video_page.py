"""Does a video answer obey its instruction? Written from the documentation alone.

Nothing here comes from the generators. Each function yields sentences about what is wrong.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

from jsonschema import Draft202012Validator

from ..image_checker import (
    attribute_problems,
    corners_of,
    edge_size,
    is_global,
    leaf_names,
    padding_of,
    shape_problems,
    value_matches,
    value_problems,
)

ROUNDING = 0.03


def schema_problems(file, definition, value):
    schema = json.loads((Path(__file__).parent / "schemas" / f"{file}.json").read_text())
    validator = Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": schema["$defs"]})
    for error in validator.iter_errors(value):
        yield f"{error.json_path}: {error.message[:200]}"


def frame_numbers(params, facts):
    """The video frames of a frame-wise task: round(f), f from start, step fps / frame_rate."""
    if params["attachment_type"] == "image":
        return list(range(len(params["attachments"])))
    fps, length = fps_and_length(params, facts)
    start = params.get("start_time", 0)
    end = start + params["duration_time"] if "duration_time" in params else max(length, start)
    if facts.duration is not None or facts.frames is not None:
        end = min(end, length)
    rate = min(params["frame_rate"], fps)
    numbers, k = [], 0
    while (f := start * fps + k * fps / rate) < end * fps or not numbers:
        numbers.append(round(f))
        k += 1
    return numbers


def fps_and_length(params, facts):
    counted = facts.frames / facts.duration if facts.frames and facts.duration else None
    fps = facts.fps or counted or params.get("video_frame_rate") or 30
    length = facts.duration or (facts.frames / fps if facts.frames else None)
    if length is None:
        part = params.get("duration_time")
        length = 10 if part is None else params.get("start_time", 0) + part
    return fps, length


def options_of(params, geometry):
    geometries = params.get("geometries")
    return geometries[geometry] if geometries is not None else params


def labels_of(params, geometry):
    return leaf_names(options_of(params, geometry).get("objects_to_annotate"))


def track_problems(params, size, tracks, order, *, labeled=True):
    """Invariants 2 to 7 of one task.

    ``tracks``: by uuid, ``(geometry, label, {frame: shape with attributes})``; ``order``: the
    annotated frames in order of time.
    """
    if not tracks:
        yield "there is no track"
    specs = params.get("annotation_attributes", {})
    diagonal = math.hypot(*size)
    labels = {uuid: label for uuid, (_, label, _) in tracks.items()}
    for uuid, (geometry, label, shapes) in tracks.items():
        allowed = labels_of(params, geometry)
        if labeled and allowed and label not in allowed:
            yield f"{label!r} is no label of {geometry}"
        if (not labeled or not allowed) and label is not None:
            yield f"{geometry} has a label"
        places = [order.index(frame) for frame in shapes]
        if places != list(range(places[0], places[0] + len(places))):
            yield f"{uuid} spans no run of consecutive frames"
        before = None
        for shape in shapes.values():
            options = options_of(params, geometry)
            yield from shape_problems(geometry, options, shape, size, padding_of(params))
            yield from attribute_problems(
                specs, shape["attributes"], label, edge_size(geometry, shape), whole=False
            )
            for key, value in shape["attributes"].items():
                if specs[key].get("type") == "linked":
                    if value == uuid or value not in tracks:
                        yield f"{key} links to nothing"
                    elif labels[value] not in specs[key]["allowed_labels"]:
                        yield f"{key} links to a {labels[value]}"
            if before is not None:
                yield from motion_problems(before, shape, diagonal)
            before = shape
        for key, spec in specs.items():
            if spec.get("global") is True and not is_global(spec):
                values = [str(shape["attributes"].get(key)) for shape in shapes.values()]
                if len(set(values)) > 1:
                    yield f"{key} is not constant: {values}"


def motion_problems(before, after, diagonal):
    one, other = _extent(before), _extent(after)
    way = math.dist(
        ((one[0] + one[2]) / 2, (one[1] + one[3]) / 2),
        ((other[0] + other[2]) / 2, (other[1] + other[3]) / 2),
    )
    if way > 0.05 * diagonal + ROUNDING:
        yield f"the centre jumps by {way}"
    for low, high in ((0, 2), (1, 3)):
        sides = one[high] - one[low], other[high] - other[low]
        if abs(sides[0] - sides[1]) > 0.1 * sides[0] + ROUNDING:
            yield f"a side jumps from {sides[0]} to {sides[1]}"
    if len(before.get("vertices", [])) != len(after.get("vertices", [])):
        yield "the number of vertices changes"


def _extent(shape):
    xs, ys = zip(*corners_of(shape), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def framed_problems(params, answer, facts, *, labeled=True):
    """Page 2.3 and 2.4."""
    response, files = answer.response, answer.files
    yield from schema_problems("video", "framedResponse", response)
    yield from schema_problems("video", "framedFile", files["annotations"])
    numbers = frame_numbers(answer.params, facts)
    frames = files["annotations"]
    if len(frames) != len(numbers):
        yield f"{len(frames)} frames instead of {len(numbers)}"
    tracks = {}
    for index, frame in enumerate(frames):
        uuids = [shape["uuid"] for shape in frame["annotations"]]
        if len(uuids) != len(set(uuids)):
            yield f"a uuid is twice in frame {index}"
        for shape in frame["annotations"]:
            known = tracks.setdefault(shape["uuid"], (shape["type"], shape.get("label"), {}))
            if known[:2] != (shape["type"], shape.get("label")):
                yield f"{shape['uuid']} changes its type or label"
            known[2][index] = shape
    size = (facts.width, facts.height)
    yield from track_problems(params, size, tracks, list(range(len(frames))), labeled=labeled)
    yield from frame_link_problems(params, frames, tracks)
    yield from event_problems(params, answer, range(len(frames)))


def frame_link_problems(params, frames, tracks):
    for frame in frames:
        if ("links" in params) != ("links" in frame):
            yield "links are there exactly when they were asked for"
        for link in frame.get("links", []):
            present = {shape["uuid"]: shape.get("label") for shape in frame["annotations"]}
            rules = params["links"][link["label"]]
            rules = rules if isinstance(rules, list) else [rules]
            if link["from"] == link["to"] or not {link["from"], link["to"]} <= set(present):
                yield f"a link joins nothing: {link}"
            elif not any(
                present[link["from"]] in rule["from_allowed_labels"]
                and present[link["to"]] in rule["to_allowed_labels"]
                for rule in rules
            ):
                yield f"a link joins what it may not: {link}"


def event_problems(params, answer, moments):
    asked = params.get("events_to_annotate", [])
    if bool(asked) != ("events" in answer.response):
        yield "events are there exactly when they were asked for"
    if "events" not in answer.files:
        return
    yield from schema_problems("video", "eventsFile", answer.files["events"])
    specs = params.get("annotation_attributes", {})
    mine = {key: spec for key, spec in specs.items() if is_global(spec)}
    for event in answer.files["events"]["events"]:
        yield from one_event_problems(event, asked, mine, moments)


def one_event_problems(event, asked, specs, moments):
    if event["label"] not in asked:
        yield f"{event['label']} was not asked for"
    end = event.get("end", event["start"])
    if event["start"] not in moments or end not in moments or end < event["start"]:
        yield f"an event at {event['start']} to {end}"
    if event.get("endTime", event["startTime"]) < event["startTime"]:
        yield "an event ends before it starts"
    values = event["attributes"]
    for key, spec in specs.items():
        conditions = spec["conditions"]
        wanted = conditions.get("label_condition", {}).get("label", event["label"])
        holds = event["label"] in wanted if isinstance(wanted, list) else event["label"] == wanted
        pairs = conditions.get("attribute_conditions") or []
        holds = holds and (
            not pairs
            or any(all(value_matches(values, k, v) for k, v in one.items()) for one in pairs)
        )
        can_be = spec.get("type", "category") not in {"linked", "x_line", "y_line"}
        if (holds and can_be) != (key in values):
            yield f"event attribute {key} is there exactly when its conditions hold"
        if key in values:
            yield from value_problems(spec, values[key], None)
    yield from (f"{key} is no event attribute" for key in values if key not in specs)


def playback_problems(params, answer, facts, *, counted=False, default_rate=1):
    """Page 3.3, and 3.5 when frames are ``counted``."""
    content = answer.response["annotations"] if counted else answer.files["annotations"]
    yield from schema_problems("video", "playbackFile", content)
    rate = params.get("annotation_frame_rate") or params.get("frame_rate") or default_rate
    if params.get("attachment") and params.get("attachment_type") != "image":
        fps, length = fps_and_length(params, facts)
        limit = length * fps
        if "duration_time" in params:
            limit = min(limit, (params.get("start_time", 0) + params["duration_time"]) * fps)
    else:
        fps = params.get("video_frame_rate") or rate
        limit = len(params["attachments"])
    rate = min(rate, fps)
    grid, k = [], 0
    while round(k * fps / rate) < limit or not grid:
        grid.append(round(k * fps / rate))
        k += 1
    order = list(range(len(grid))) if counted else grid
    time = (lambda key: math.floor(key * fps / rate) / fps) if counted else (lambda key: key / fps)
    tracks = {}
    labeled = params.get("with_labels", True) is True
    for uuid, track in content.items():
        keys = [frame["key"] for frame in track["frames"]]
        if keys != sorted(set(keys)):
            yield "keys do not increase"
        yield from (f"key {key} is not on the grid" for key in keys if key not in order)
        for frame in track["frames"]:
            if abs(frame["timestamp"] - time(frame["key"])) > 1e-5:
                yield f"frame {frame['key']} is not at {frame['timestamp']}"
            if frame["timestamp_secs"] != frame["timestamp"]:
                yield "the two times differ"
            if not padding_of(params)[0] and not padding_of(params)[1]:
                yield from _inside_problems(frame)
        if track["frames"][0]["keyframeType"] != "start":
            yield "the first frame is no start"
        tracks[uuid] = (
            track["geometry"],
            track.get("label"),
            {frame["key"]: frame for frame in track["frames"]},
        )
    size = (facts.width, facts.height)
    yield from track_problems(params, size, tracks, order, labeled=labeled)
    numbers = [math.floor(key * fps / rate) for key in order] if counted else grid
    if not counted:
        yield from event_problems(params, answer, numbers)
        return
    events = answer.response["events"]
    asked = params.get("events_to_annotate", [])
    if asked:
        yield from schema_problems("video", "eventsFile", {"events": events})
        specs = params.get("annotation_attributes", {})
        mine = {key: spec for key, spec in specs.items() if is_global(spec)}
        for event in events:
            yield from one_event_problems(event, asked, mine, numbers)
    elif events != {}:
        yield "events that nobody asked for"


def _inside_problems(frame):
    if frame.get("left", 0) < 0 or frame.get("top", 0) < 0:
        yield f"left {frame['left']} or top {frame['top']} is below 0"
