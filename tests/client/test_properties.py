"""What holds for every input: paths, masking, copies of errors."""

from __future__ import annotations

import pickle
from urllib.parse import unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from scaleapi import ScaleException
from scaleapi._secrets import HiddenText, Mask
from scaleapi._transport import encoded, path_of

names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1)
keys = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=6, max_size=60)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(names)
def test_a_name_of_any_text_is_one_segment_that_reads_back(name):
    path = path_of("projects", name, "setParams")

    first, segment, last = path.split("/")
    assert (first, unquote(segment), last) == ("projects", name, "setParams")
    assert segment not in {".", ".."}
    assert urlsplit(f"https://api.scale.com/v1/{path}").path == f"/v1/{path}"


@given(keys, st.text(), st.text())
def test_no_masked_text_holds_the_key(key, before, after):
    assert key not in Mask(key).text(f"{before}{key}{after}")


@given(keys)
def test_a_hidden_text_is_the_text_and_does_not_show_it(key):
    hidden = HiddenText(key)

    assert hidden == key
    assert repr(hidden) == "'***'"
    assert key not in repr(Mask(key))


@given(st.text(), st.none() | st.integers(100, 599), st.integers(0, 9))
def test_any_error_survives_pickling(message, code, attempts):
    error = ScaleException(message, code, method="GET", path="/v1/x", attempts=attempts)

    again = pickle.loads(pickle.dumps(error))

    assert (str(again), again.args, vars(again)) == (str(error), error.args, vars(error))


@given(json_values)
def test_any_json_value_is_sent_as_it_is(value):
    import json

    assert json.loads(encoded(value)) == value
