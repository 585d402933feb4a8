"""Masks: a label for every pixel, one layer each, half transparent (docs/scale/images.md 9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .colours import colour_of
from .images import size_of
from .markup import element, joined, text
from .parts import canvas, figure, global_attributes, legend_of, said_of, stacked_bar
from .subject import as_dict, dicts, number

if TYPE_CHECKING:
    from markupsafe import Markup

    from .subject import Subject

OPACITY: Final = 0.55


def draw_segmentation(subject: Subject) -> Markup:
    """The image under its masks."""
    url = subject.params.get("attachment")
    url = url if isinstance(url, str) else None
    size = size_of(subject, url)
    mapping = as_dict(subject.answer.get("labelMapping"))
    counts = {str(label): _pixels(entry) for label, entry in mapping.items()}
    labeled = as_dict(as_dict(subject.answer.get("annotations")).get("labeled"))
    layers = [
        _layer(subject, str(label), urls, place, size)
        for place, (label, urls) in enumerate(labeled.items())
    ]
    drawn = [layer for layer in layers if layer]
    return figure(
        "segmentation",
        canvas(
            subject,
            url,
            size,
            element("g", joined(drawn), class_="masks", attributes={"data-masks": True}),
            what="Masks: "
            + ", ".join(f"{label} {count} pixels" for label, count in counts.items()),
        ),
        said_of(subject, url, size),
        _slider(subject.prefix) if drawn else _missing(),
        legend_of(counts, " px"),
        global_attributes(subject.answer),
        _shares(counts, size),
    )


def _layer(
    subject: Subject, label: str, urls: Any, place: int, size: tuple[int, int]
) -> Markup | None:
    """All masks of one label, in its colour whatever colour the files have."""
    addresses = [
        subject.address(url)
        for url in (urls if isinstance(urls, list) else [urls])
        if isinstance(url, str)
    ]
    shown = [address for address in addresses if address is not None]
    if not shown:
        return None
    name = f"{subject.prefix}-mask-{place}"
    tint = element(
        "filter",
        element("feFlood", flood_color=colour_of(label)),
        element("feComposite", in2="SourceAlpha", operator="in"),
        id=name,
        x="0",
        y="0",
        width="1",
        height="1",
        attributes={"color-interpolation-filters": "sRGB"},
    )
    masks = [
        element("image", href=address, width=size[0], height=size[1], preserveAspectRatio="none")
        for address in shown
    ]
    return element(
        "g",
        element("title", text(label)),
        tint,
        element("g", *masks, filter=f"url(#{name})", opacity=OPACITY),
        class_="shape",
        attributes={"data-label": label},
    )


def _pixels(entry: Any) -> int:
    entries = dicts(entry) if isinstance(entry, list) else [as_dict(entry)]
    return round(sum(number(single.get("numPixels")) or 0 for single in entries))


def _slider(prefix: str) -> Markup:
    name = f"{prefix}-opacity"
    return element(
        "p",
        element("label", "Opacity of the masks", for_=name),
        element(
            "input",
            id=name,
            type="range",
            min=0,
            max=100,
            value=round(OPACITY * 100),
            attributes={"data-opacity": True},
        ),
        class_="control needs-script",
    )


def _missing() -> Markup:
    return element(
        "p",
        element("b", "The masks are not on this server."),
        " Their sizes are listed below.",
        class_="note note-missing",
    )


def _shares(counts: dict[str, int], size: tuple[int, int]) -> Markup:
    # All pixels, where the mask names them; counts may also be of a picture of another size.
    whole = max(sum(counts.values()), size[0] * size[1], 1)
    shares = [
        (
            count / whole,
            f"{label}: {count / whole:.1%}",
            {"fill": colour_of(label), "attributes": {"data-label": label}},
        )
        for label, count in counts.items()
    ]
    return stacked_bar(
        shares,
        (1000, 14),
        {"fill": "#cfd6df"},
        what="Share of each label in all pixels",
        class_="shares",
    )
