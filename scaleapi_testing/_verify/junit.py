"""A verification as JUnit XML, which CI systems show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from .report import described_difference

if TYPE_CHECKING:
    from .verification import Verdict, Verification

_NO_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold."""


def junit(verification: Verification) -> str:
    """A suite for each file, a case for each exchange; what is not comparable is skipped."""
    root = ET.Element("testsuites", name="scaleapi-testing verify")
    for file in verification.files:
        verdicts = [verdict for verdict in verification.exchanges if _is_of(verdict, file)]
        suite = ET.SubElement(
            root,
            "testsuite",
            name=_clean(file),
            tests=str(len(verdicts)),
            failures=str(sum(verdict.outcome == "different" for verdict in verdicts)),
            skipped=str(sum(verdict.outcome == "not comparable" for verdict in verdicts)),
            errors="0",
        )
        for verdict in verdicts:
            number = verdict.place.rpartition(", ")[2]
            case = ET.SubElement(
                suite,
                "testcase",
                classname=_clean(verdict.operation),
                name=_clean(f"{number}: {verdict.call}"),
            )
            if verdict.outcome == "different":
                lines = [described_difference(difference) for difference in verdict.differences]
                failure = ET.SubElement(case, "failure", message=_clean(lines[0]))
                failure.text = _clean("\n".join(lines))
            elif verdict.outcome == "not comparable":
                ET.SubElement(case, "skipped", message=_clean(verdict.reason))
    ET.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ET.tostring(root, encoding='unicode')}\n"


def _is_of(verdict: Verdict, file: str) -> bool:
    return verdict.place.rpartition(", ")[0] == file


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
