"""Any folder of JPEG and PNG files becomes pictures; what cannot be one is named in a line."""

import io
import os

import pytest
from PIL import Image

from scaleapi_testing._demo.pictures import Picture, Refused, in_folder

RED, BLUE = (220, 30, 30), (30, 30, 220)
PLAIN_MODES = ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"]


def two_halves(width=80, height=40):
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def reasons(folder):
    return [found.reason for found in in_folder(folder) if isinstance(found, Refused)]


def test_files_come_in_the_order_of_their_names_and_others_are_ignored(tmp_path):
    for name in ("b.png", "a.jpg", "C.JPEG", "d.gif"):
        two_halves().save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "inner").mkdir()
    two_halves().save(tmp_path / "inner" / "e.png")

    assert [picture.name for picture in in_folder(tmp_path)] == ["C.JPEG", "a.jpg", "b.png"]


def test_a_good_file_is_uploaded_as_it_is(tmp_path):
    two_halves().save(tmp_path / "a.jpg")

    [picture] = in_folder(tmp_path)

    assert picture == Picture("a.jpg", (tmp_path / "a.jpg").read_bytes(), 80, 40)


@pytest.mark.parametrize("mode", PLAIN_MODES)
def test_a_png_of_any_mode_is_shown_as_rgb(tmp_path, mode):
    two_halves().convert("L" if mode == "I;16" else mode).convert(mode).save(tmp_path / "a.png")

    [picture] = in_folder(tmp_path)
    shown = picture.shown()

    assert (shown.mode, shown.size) == ("RGB", (80, 40))
    assert len(shown.getcolors()) > 1


def test_a_cmyk_jpeg_is_shown_in_its_colours(tmp_path):
    two_halves().convert("CMYK").save(tmp_path / "a.jpg")

    [picture] = in_folder(tmp_path)
    red, _, blue = picture.shown().getpixel((10, 10))

    assert red > 180
    assert blue < 90


def test_sixteen_bits_of_grey_are_stretched_to_what_a_screen_shows(tmp_path):
    image = Image.new("I;16", (4, 2), 20_000)
    image.putpixel((0, 0), 20_400)
    image.save(tmp_path / "a.png")

    [picture] = in_folder(tmp_path)

    assert picture.shown().getpixel((0, 0)) == (255, 255, 255)
    assert picture.shown().getpixel((3, 1)) == (0, 0, 0)


def test_transparency_is_shown_on_white(tmp_path):
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "a.png")

    [picture] = in_folder(tmp_path)

    assert picture.shown().getpixel((1, 1)) == (255, 255, 255)


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_turned_photograph_is_uploaded_upright(tmp_path, suffix):
    exif = Image.Exif()
    exif[0x0112] = 6  # a viewer turns it clockwise: what was left comes to the top
    two_halves().save(tmp_path / f"a.{suffix}", exif=exif)

    [picture] = in_folder(tmp_path)
    uploaded = Image.open(io.BytesIO(picture.content))

    assert (picture.width, picture.height) == uploaded.size == (40, 80)
    assert uploaded.getexif().get(0x0112, 1) == 1
    assert picture.shown().getpixel((20, 10))[0] > 150
    assert picture.shown().getpixel((20, 70))[2] > 150


def test_a_folder_that_is_not_there_is_named(tmp_path):
    assert reasons(tmp_path / "no") == [f"{tmp_path / 'no'}: no such folder"]


def test_a_file_given_as_folder_is_named(tmp_path):
    path = tmp_path / "a.jpg"
    two_halves().save(path)

    assert reasons(path) == [f"{path}: not a folder; give the folder that holds the images"]


def test_a_folder_without_images_is_named(tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")

    [reason] = reasons(tmp_path)

    assert reason == f"{tmp_path}: no JPEG or PNG file in it (subfolders are not searched)"


def test_a_text_with_the_name_of_an_image_is_no_image(tmp_path):
    (tmp_path / "a.jpg").write_text("no picture")

    assert reasons(tmp_path) == [f"{tmp_path / 'a.jpg'}: not a JPEG or PNG image"]


def test_another_format_with_the_name_of_a_png_is_no_png(tmp_path):
    two_halves().save(tmp_path / "a.png", format="GIF")

    assert reasons(tmp_path) == [f"{tmp_path / 'a.png'}: not a JPEG or PNG image"]


@pytest.mark.parametrize("suffix", ["jpg", "png"])
def test_a_file_cut_short_is_damaged_and_the_others_are_read(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.effect_noise((200, 200), 60).save(path)
    path.write_bytes(path.read_bytes()[:2000])
    two_halves().save(tmp_path / "b.png")

    damaged, good = in_folder(tmp_path)

    assert damaged.reason.startswith(f"{path}: damaged or unreadable (")
    assert "\n" not in damaged.reason
    assert good.name == "b.png"


def test_a_folder_with_the_name_of_an_image_is_named(tmp_path):
    (tmp_path / "a.png").mkdir()

    [reason] = reasons(tmp_path)

    assert reason.startswith(f"{tmp_path / 'a.png'}: damaged or unreadable")


def test_an_image_too_large_to_open_safely_is_named(tmp_path, monkeypatch):
    two_halves().save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)

    assert reasons(tmp_path) == [f"{tmp_path / 'a.png'}: more pixels than Pillow opens safely"]


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_a_name_that_is_not_utf8_is_named(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.png")
    two_halves().save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(path)

    assert reasons(tmp_path) == [f"{os.fsencode(path)!r}: its name is not UTF-8, which JSON needs"]
