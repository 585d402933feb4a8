"""A response becomes a drawing: every shape where it is, every label in its colour."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaleapi_testing._attachments import Media
from scaleapi_testing._dashboard.drawings.colours import colour_of, palette
from scaleapi_testing._dashboard.drawings.compare import changes, draw_comparison
from scaleapi_testing._dashboard.drawings.subject import Subject
from scaleapi_testing._dashboard.drawings.table import DRAWINGS

CAR = {"uuid": "a", "label": "car", "type": "box", "left": 10, "top": 20, "width": 30, "height": 40}
NASTY = '<script>alert(1)</script>"><img src=x onerror=alert(1)>\u202e\ud800\x00'


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_a_box_is_drawn_at_its_pixels_in_the_colour_of_its_label(drawing):
    page = drawing("imageannotation", {"annotations": [CAR]})

    outline = page.named("polygon")[-1].attributes
    assert outline["points"] == "10.00,20.00 40.00,20.00 40.00,60.00 10.00,60.00"
    assert outline["stroke"] == colour_of("car")
    assert page.named("svg", class_="canvas")[0].attributes["viewbox"] == "0 0 200 100"


def test_a_turned_box_is_drawn_through_its_turned_corners(drawing):
    corners = [{"x": 50, "y": 0}, {"x": 60, "y": 10}, {"x": 50, "y": 20}, {"x": 40, "y": 10}]

    page = drawing(
        "imageannotation", {"annotations": [CAR | {"vertices": corners, "rotation": 0.8}]}
    )

    assert page.named("polygon")[-1].attributes["points"].startswith("50.00,0.00 60.00,10.00")


def test_an_ellipse_stands_between_the_ends_of_its_axes(drawing):
    ends = [{"x": 60, "y": 10}, {"x": 110, "y": 40}, {"x": 60, "y": 70}, {"x": 10, "y": 40}]

    page = drawing("imageannotation", {"annotations": [{"type": "ellipse", "vertices": ends}]})

    ellipse = page.named("ellipse")[-1].attributes
    assert [ellipse[key] for key in ("cx", "cy", "rx", "ry")] == ["60", "40", "50", "30"]


def test_the_legend_counts_each_label_once_for_each_shape(drawing):
    page = drawing(
        "imageannotation",
        {"annotations": [CAR, CAR | {"uuid": "b"}, CAR | {"uuid": "c", "label": "bus"}]},
    )

    entries = [entry.text for entry in page.named("button", class_="legend-entry")]
    assert entries == ["car2", "bus1"]


def test_the_attributes_of_a_shape_are_told_on_hover(drawing):
    page = drawing("imageannotation", {"annotations": [CAR | {"attributes": {"parked": "yes"}}]})

    assert page.named("title")[0].text == "car\nbox\nparked: yes\na"


def test_a_label_has_the_same_colour_whatever_task_it_is_in(drawing):
    alone = drawing("imageannotation", {"annotations": [CAR]})
    among_others = drawing("imageannotation", {"annotations": [CAR | {"label": "bus"}, CAR]})

    assert alone.named("polygon")[-1].attributes["stroke"] == colour_of("car")
    assert among_others.named("polygon")[-1].attributes["stroke"] == colour_of("car")


@pytest.mark.parametrize("colour", palette())
def test_white_letters_are_readable_on_every_colour(colour):
    assert 1.05 / (luminance(colour) + 0.05) >= 4.5


def test_a_picture_that_cannot_be_shown_is_an_empty_canvas_of_its_size_and_said_so(drawing):
    page = drawing(
        "imageannotation",
        {"annotations": []},
        {"attachment": "https://img.example.com/a/street.jpg"},
        media=Media(width=1920, height=1080),
    )

    assert page.named("image") == []
    assert page.named("rect", class_="blank")[0].attributes["width"] == "1920"
    assert page.named("p", class_="note-missing")[0].text == (
        "The picture is not on this server (img.example.com/…/street.jpg). "
        "This is an empty canvas of the size described, 1920 × 1080 pixels."
    )


def test_a_picture_that_is_here_stands_under_the_shapes(drawing):
    page = drawing(
        "imageannotation",
        {"annotations": [CAR]},
        {"attachment": "https://img.example.com/street.jpg"},
        address=lambda _: "/_fake/files/me/street",
    )

    assert page.named("image")[0].attributes["href"] == "/_fake/files/me/street"
    assert page.named("p", class_="note-missing") == []


def test_spans_that_overlap_have_lines_of_their_own(drawing):
    spans = [
        {"id": "1", "start": 0, "end": 10, "label": "name"},
        {"id": "2", "start": 4, "end": 15, "label": "place"},
        {"id": "3", "start": 12, "end": 15, "label": "name"},
    ]

    page = drawing("namedentityrecognition", {"annotations": spans}, {"text": "Ana Sosa in Rio"})

    pieces = [
        (mark.attributes["data-id"], mark.attributes["class"].split()[1])
        for mark in page.named("mark")
    ]
    assert pieces == [
        ("1", "lane-0"), ("2", "lane-1"), ("1", "lane-0"), ("2", "lane-1"), ("2", "lane-1"),
        ("3", "lane-0"),
    ]  # fmt: skip
    assert (
        page.named("div", class_="marked-text")[0].text.replace("name", "").replace("place", "")
        == "Ana Sosa in Rio"
    )


def test_a_long_video_is_thinned_and_says_so(drawing):
    frames = [{"annotations": [CAR]}] * 1000

    page = drawing("videoannotation", {"annotations": frames}, {"attachments": []})

    assert len(page.named("g", class_="frame")) == 120
    assert "(120 of 1,000 frames)" in page.named("div", class_="player")[0].text


def test_the_frame_that_is_asked_for_stands_first(drawing):
    frames = [{"annotations": [CAR]}] * 5

    page = drawing("videoannotation", {"annotations": frames}, frame=3)

    shown = [
        frame.attributes["data-frame"]
        for frame in page.named("g", class_="frame")
        if "display" not in frame.attributes
    ]
    assert shown == ["3"]


def test_a_form_shows_every_option_and_marks_the_chosen_ones(drawing):
    field = {
        "type": "category",
        "field_id": "kind",
        "title": "Which?",
        "choices": [{"label": "Five", "value": 5}, {"label": "Word", "value": "5"}],
    }

    page = drawing("textcollection", {"annotations": {"kind": ["5"]}}, {"fields": [field]})

    assert [option.text for option in page.named("li")] == ["○ Five", "● Word (chosen)"]


def test_the_conversation_of_version_two_is_drawn_with_its_judgements(drawing):
    thread = {"id": "t", "turns": [{"id": "u", "messages": [
        {"role": "user", "source_id": "user", "content": {"text": "Hi"}},
        {"role": "assistant", "source_id": "m1", "content": {"text": "Hello"}, "annotations": [
            {"key": "helpfulness", "title": "Helpfulness", "value": 4,
             "possible_values": [1, 2, 3, 4, 5]}]},
        {"role": "assistant", "source_id": "m2", "content": {"text": "What?"}},
    ], "annotations": [{"key": "selected_model_id", "value": "m1"}]}]}  # fmt: skip

    page = drawing("chat", {"responses": []}, threads=[thread])

    assert [said.text for said in page.named("div", class_="said")] == ["Hi", "Hello", "What?"]
    assert [badge.text for badge in page.named("span", class_="badge")] == ["preferred"]
    assert "●●●●○ 4 of 5" in page.named("dd")[0].text


def compared(before, after):
    document = {"type": "imageannotation", "status": "completed", "params": {}}
    subjects = [
        Subject(document=document, response=answer, media=lambda _: Media(), prefix=prefix)
        for prefix, answer in (("b", before), ("a", after))
    ]
    return subjects, changes(*subjects)


def test_a_comparison_tells_what_was_added_removed_and_changed():
    before = {"annotations": [CAR, CAR | {"uuid": "b"}]}
    after = {"annotations": [CAR | {"label": "bus"}, CAR | {"uuid": "c"}]}

    _, differences = compared(before, after)

    assert [(change.kind, change.what, change.how) for change in differences] == [
        ("changed", "bus", "label: car → bus"),
        ("removed", "car", ""),
        ("added", "car", ""),
    ]


def test_a_comparison_marks_each_change_on_the_picture_where_it_is(read):
    subjects, _ = compared({"annotations": [CAR]}, {"annotations": [CAR | {"uuid": "b"}]})

    page = read(str(draw_comparison(*subjects)))

    marks = [shape.attributes["class"] for shape in page.named("g", class_="shape")]
    assert marks == ["shape mark-removed", "shape mark-added"]


def test_answers_without_ids_are_compared_value_by_value():
    _, differences = compared({"category": "news"}, {"category": "gossip"})

    assert [(change.kind, change.what, change.how) for change in differences] == [
        ("changed", "category", "news → gossip")
    ]


KEYS = st.sampled_from(
    [
        "annotations",
        "uuid",
        "id",
        "label",
        "type",
        "geometry",
        "left",
        "top",
        "width",
        "height",
        "vertices",
        "x",
        "y",
        "z",
        "frames",
        "key",
        "url",
        "cuboids",
        "position",
        "dimensions",
        "yaw",
        "start",
        "end",
        "text",
        "page",
        "location",
        "category",
        "fields",
        "rows",
        "choice",
        "responses",
        "output",
        "transcript",
        "alignment",
        "word",
        "duration",
        "labelMapping",
        "combined",
        "labeled",
        "index",
        "numPixels",
        "point_segmentations",
        "objects",
        "point_objects",
        "camera_responses",
        "path",
        "values",
        "timestamps",
        "links",
        "from",
        "to",
        "relationships",
        "attributes",
        "global_attributes",
        "events",
        "error",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.just(NASTY)
    | st.sampled_from(["box", "cuboid", "ellipse", "line", "point", "polygon", "category"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@pytest.mark.parametrize(
    "task_type", sorted({draw: name for name, draw in DRAWINGS.items()}.values())
)
@given(response=VALUES, params=VALUES, pages=VALUES)
@settings(max_examples=12, deadline=None)
def test_whatever_a_response_holds_it_is_drawn_as_text(task_type, drawing, response, params, pages):
    page = drawing(task_type, response, params, document={"document_pages": pages})

    assert page.open == []
    assert page.active == []


@pytest.mark.parametrize(
    ("task_type", "response", "params"),
    [
        (
            "imageannotation",
            {"annotations": [CAR | {"label": NASTY, "uuid": NASTY, "attributes": {NASTY: NASTY}}]},
            {},
        ),
        (
            "namedentityrecognition",
            {"annotations": [{"id": NASTY, "start": 0, "end": 5, "label": NASTY}]},
            {"text": NASTY},
        ),
        (
            "textcollection",
            {"annotations": {NASTY: NASTY}},
            {"fields": [{"type": "text", "title": NASTY, "field_id": NASTY}]},
        ),
        ("chat", {"responses": [{"type": NASTY, "output": NASTY}]}, {}),
        (
            "audiotranscription",
            {"transcript": NASTY, "alignment": [{"word": NASTY, "start": 0, "end": 1}]},
            {},
        ),
        ("cruisecontrol", {NASTY: [NASTY]}, {}),
    ],
)
def test_markup_of_users_is_text_everywhere(task_type, response, params, drawing):
    page = drawing(task_type, response, params)

    assert page.active == []
    assert "<script>alert(1)</script>" in "".join(element.text for element in page.elements)
