"""All that the official packages offer, tried on them and on the client of this project.

What is tried is generated: every public name, and every method in each form of its arguments,
found by looking at the official package as it is installed. See ``stories/surface.py``.
"""

import re

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

VERSIONS = ["2.18.4", "1.0.4"]

NOT_TAKEN_OVER = {
    "scaleapi.api:HTTP_RETRY_ALLOWED_METHODS": "ours are arguments of the client, and changing",
    "scaleapi.api:HTTP_RETRY_BACKOFF_FACTOR": "a constant of the module would have no effect",
    "scaleapi.api:HTTP_STATUS_FORCE_LIST": "the same",
    "scaleapi.api:HTTP_TOTAL_RETRIES": "the same",
    "scaleapi:StrictStr": "another library's",
    "scaleapi:T": "a type variable of its own source",
    "scaleapi:taskType": "what a loop left behind",
}

DIFFERENT_ON_PURPOSE = {
    r"\.(tasks|batches) [^.]*\.(text|begins): ": "a page says how many there are, not its JSON",
    r"\.(tasks|batches) 2 [^.]*\.code: 400 is None": "nothing was sent, so no status came",
    r"\.attributes\.initial_response: None is ": "it was never read from the answer",
    r"\.attributes\.workers\.holds\[0\]": "they were in a list within a tuple by mistake",
    r"studio_assignments [^:]*\.private\._json\.(kind|holds): missing": "the JSON is an object",
    r"Teammate\.update_teammate_role [^:]*\.object\.": "the object takes its new role over",
}


@pytest.fixture(scope="module")
def told():
    """What each version offers and gives, and what ours gives for the same calls."""
    return {}


@pytest.fixture
def surfaces(told, tell):
    def of(version):
        if version not in told:
            official = tell(version, "surface")
            told[version] = (official, tell(None, "surface", official["calls"]))
        return told[version]

    return of


@pytest.fixture(params=VERSIONS)
def surface(request, surfaces):
    return surfaces(request.param)


def differences(official, ours, where):
    """Where ours does not give what the official package gave; ours may give more."""
    if isinstance(official, dict) and isinstance(ours, dict):
        for key, value in official.items():
            if key not in ours:
                yield f"{where}.{key}: missing"
            else:
                yield from differences(value, ours[key], f"{where}.{key}")
    elif isinstance(official, list) and isinstance(ours, list) and len(official) == len(ours):
        for index, (one, other) in enumerate(zip(official, ours, strict=True)):
            yield from differences(one, other, f"{where}[{index}]")
    elif official != ours:
        yield f"{where}: {official!r:.80} is {ours!r:.80}"


def test_every_public_name_is_there(surface):
    official, ours = surface

    missing = set(official["names"]) - set(ours["names"]) - set(NOT_TAKEN_OVER)

    assert sorted(missing) == []


def test_every_public_attribute_of_a_class_is_there(surface):
    official, ours = surface

    assert sorted(set(official["members"]) - set(ours["members"])) == []


def test_every_call_gives_what_it_gave(surface):
    official, ours = surface
    assert len(official["gave"]) > 30

    found = list(differences(official["gave"], ours["gave"], ""))

    wrong = [
        text for text in found if not any(re.search(one, text) for one in DIFFERENT_ON_PURPOSE)
    ]
    assert wrong == []


def test_every_difference_on_purpose_is_still_one(surfaces):
    official, ours = surfaces("2.18.4")

    found = "\n".join(differences(official["gave"], ours["gave"], ""))

    assert [one for one in DIFFERENT_ON_PURPOSE if not re.search(one, found)] == []
