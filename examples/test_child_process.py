"""A nightly script that runs as a process of its own, and talks to the fake over HTTP.

A fake answers in its own process. A child is given the served one in the environment variable
``SCALE_API_BASE_URL``, which our client reads when it is given no address.
"""

import os
import subprocess
import sys

import pytest

# -- the application ----------------------------------------------------------------------------

SCRIPT = """
import sys
import scaleapi

client = scaleapi.ScaleClient("live_nightly")
for text in sys.stdin.read().split("\\n"):
    task = client.create_task(
        scaleapi.TaskType.Categorization,
        attachment_type="text",
        attachment=text,
        categories=["praise", "complaint"],
    )
    print(task.id)
"""


def run_nightly(texts, **environment):
    """Order a label for each text; returns the ids of the tasks."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        input="\n".join(texts),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


# -- its tests ----------------------------------------------------------------------------------


@pytest.fixture
def nightly(scale_server):
    return lambda texts: run_nightly(texts, SCALE_API_BASE_URL=scale_server.url)


def test_what_the_script_orders_stands_in_the_fake(scale, nightly):
    ids = nightly(["Lovely.", "Broken again."])

    assert [task.id for task in scale.tasks] == ids
    scale.requests.expect("POST", "/v1/task/categorization", times=2)


def test_the_script_waits_out_an_outage(scale, nightly):
    scale.faults.add(status=503, method="POST", times=1)

    assert len(nightly(["Lovely."])) == 1


def test_without_the_address_it_is_refused_and_orders_nothing(scale):
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run_nightly(["Lovely."])

    assert "Give the child SCALE_API_BASE_URL=<scale_server.url>" in caught.value.stderr
    assert len(scale.tasks) == 0
