"""What a client offers and what each call of it gives, found by looking at the client itself.

Reads the calls to make from stdin; without any, makes them up from the signatures that it finds:
each method with what it needs and with all it takes, by place and by name. Each call is made in a
fresh world that is always the same.
"""

import enum
import importlib
import inspect
import io
import json
import pkgutil
import sys
from datetime import UTC, datetime

import requests

import scaleapi
from scaleapi_testing import FakeScale

KEY = "live_official"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
BOXES = {
    "instruction": "Draw a box around each cow.",
    "attachment": "https://images.example/cow.jpg",
    "attachment_type": "image",
    "geometries": {"box": {"objects_to_annotate": ["cow"]}},
}
ANN = "ann@example.com"

# What each parameter is given, by its name; for one method alone, by method and name.
GIVEN = {
    "accepted": True,
    "add_emails": [],
    "batch_name": "monday",
    "batch_names": ["shift"],
    "batch_status": {"$enum": ["batches", "BatchStatus", "InProgress", "in_progress"]},
    "callback": "https://mine.example/batches",
    "calibration_batch": False,
    "clear_unique_id": True,
    "comments": "well done",
    "dataset_id": None,
    "emails": [ANN],
    "exclude_archived": True,
    "file": {"$file": "some words"},
    "file_url": "https://images.example/cow.jpg",
    "include_attachment_url": True,
    "limit": 1,
    "limited_response": False,
    "metadata": {"week": 10},
    "params": {"instruction": "Box."},
    "project": "cows",
    "project_group": "owls",
    "project_groups": ["owls"],
    "project_name": "cows",
    "projects": ["night"],
    "rapid": False,
    "remove_emails": [],
    "review_status": {"$enum": ["tasks", "TaskReviewStatus", "Accepted", "accepted"]},
    "role": {"$enum": ["teams", "TeammateRole", "Labeler", "labeler"]},
    "self_label_batch": False,
    "status": {"$enum": ["tasks", "TaskStatus", "Completed", "completed"]},
    "studio": False,
    "tags": ["night"],
    "task_id": {"$task": "moo"},
    "task_type": {"$enum": ["tasks", "TaskType", "ImageAnnotation", "imageannotation"]},
    "type": "imageannotation",
    "unique_id": "moo-2",
    "new_role": {"$enum": ["teams", "TeammateRole", "Member", "member"]},
    **{
        f"{what}_{when}": f"2026-03-0{day}T00:00:00Z"
        for what in ("completed", "created", "updated")
        for when, day in (("after", 1), ("before", 4))
    },
}
GIVEN_TO = {
    "audit_task task_id": {"$task": "baa"},
    "assign_studio_batches batch_name": "shift",
    "create_batch batch_name": "tuesday",
    "create_project project_name": "goats",
    "create_project_group project": "night",
    "create_project_group project_group": "cats",
    "get_project_template project_name": "chats",
    "get_tasks tags": ["day"],
    "get_tasks unique_id": ["baa", "moo"],
    "get_tasks_count tags": ["day"],
    "get_tasks_count unique_id": "baa",
    "invite_teammates emails": ["bo@example.com"],
    "list_project_groups project": "night",
    "update_project_group project": "night",
}
NAMED = {"metadata": {"n": 1}, "unique_id": "new", "tags": ["day"], "project": "cows"}
QUALITY = {**BOXES, "project": "rapid", "expected_response": {"annotations": []}}
# What is passed on beside the named parameters, one call for each.
PASSED_ON = {
    "create_task": [BOXES, {**BOXES, **NAMED}],
    "create_training_task": [QUALITY],
    "create_evaluation_task": [QUALITY, {**QUALITY, "initial_response": {"annotations": []}}],
    "create_imageannotation_task": [BOXES, {**BOXES, **NAMED}],
    "tasks": [{"limit": 1}, {"status": "completed", "project": "cows"}, {"herd": 1}],
    "batches": [{"limit": 1}, {"project": "cows", "status": "in_progress"}, {"herd": 1}],
    "update_project": [{"instruction": "All."}, {"patch": True, "instruction": "All."}],
    "upload_file": [
        {"project_name": "cows"},
        {"project_name": "cows", "metadata": '{"week": 10}', "display_name": "words"},
    ],
    "import_file": [
        {"project_name": "cows"},
        {"project_name": "cows", "metadata": '{"week": 10}', "reference_id": "r"},
        {"project_name": "cows", "metadata": {"week": 10}},
    ],
}
# Objects whose own methods are called: how each is made.
OBJECTS = {
    "Task": ["get_task", "fetch_task", [{"$task": "moo"}]],
    "Task audit": ["get_task", "fetch_task", [{"$task": "baa"}]],
    "Batch": ["get_batch", "get_batch", ["monday"]],
    "Project": ["get_project", "get_project", ["chats"]],
    "TaskTemplate": ["get_project_template", "get_project_template", ["chats"]],
    "Teammate": ["invite_teammates", "invite_teammates", [["bo@example.com"], GIVEN["role"]]],
}


def post(path, body, method="POST"):
    answer = requests.request(method, f"https://api.scale.com/v1/{path}", json=body, auth=(KEY, ""))
    assert answer.status_code == 200, answer.text
    return answer.json()


def filled(scale):
    """The world that every call is made in; gives the ids of its tasks by their unique_id."""
    for name, more in (("cows", {}), ("night", {"studio": True}), ("rapid", {"rapid": True})):
        post("projects", {"name": name, "type": "imageannotation", "params": BOXES, **more})
    post("projects", {"name": "chats", "type": "chat"})
    scale.publish_template("chats", {"prompt": {"type": "text"}})
    post("batches", {"project": "cows", "name": "monday", "metadata": {"week": 9}})
    post("batches", {"project": "night", "name": "shift"})
    more = {**BOXES, "project": "cows", "batch": "monday", "tags": ["day"]}
    tasks = {
        name: post("task/imageannotation", {**more, "unique_id": name})["task_id"]
        for name in ("moo", "baa")
    }
    scale.complete(tasks["baa"], {"annotations": []})
    post("teams/invite", {"emails": [ANN], "team_role": "labeler"})
    scale.accept_invitation(ANN)
    post("studio/assignments/add", {"emails": [ANN], "projects": ["night"]})
    post("studio/projects/night/groups", {"emails": [ANN], "name": "owls"})
    return tasks


def meant(value, tasks):
    """A sample as the client under test takes it."""
    if isinstance(value, list):
        return [meant(one, tasks) for one in value]
    if not isinstance(value, dict):
        return value
    if "$task" in value:
        return tasks[value["$task"]]
    if "$file" in value:
        file = io.BytesIO(value["$file"].encode())
        file.name = "words.txt"
        return file
    if "$enum" in value:
        module, kind, member, _ = value["$enum"]
        return getattr(getattr(importlib.import_module(f"scaleapi.{module}"), kind), member)
    return {key: meant(one, tasks) for key, one in value.items()}


def shown(value, depth=0):
    """A result as JSON: its kind, its public attributes, what it holds."""
    if isinstance(value, enum.Enum):
        return shown(value.value)
    if value is None or isinstance(value, str | int | float):
        return value
    if inspect.isgenerator(value):
        return {"kind": "generator", "holds": [shown(one) for one in value]}
    kind = type(value).__name__
    if isinstance(value, dict):
        return {"keys": {str(key): shown(one, depth + 1) for key, one in value.items()}}
    if isinstance(value, list | tuple) and type(value) in (list, tuple):
        return {"kind": "list", "holds": [shown(one, depth + 1) for one in value]}
    told = {"kind": kind, "attributes": attributes(value, depth), "text": str(value)}
    told["begins"] = repr(value)[: len(kind) + 1]
    told["private"] = {
        name: shown(getattr(value, name), depth + 1)
        for name in ("_json", "param_dict")
        if hasattr(value, name)
    }
    if isinstance(value, list):
        told["docs"] = value.docs == list(value)
        told["holds"] = [shown(one, depth + 1) for one in value]
    if hasattr(value, "keys"):
        told["keys"] = {key: shown(value[key], depth + 1) for key in value.keys()}  # noqa: SIM118
    return told


def attributes(value, depth):
    json_keys = getattr(value, "_json", None) or getattr(value, "param_dict", None)
    names = {name for name in dir(value) if not name.startswith("_")} | {
        key
        for keys in (json_keys, getattr(value, "params", None))
        if isinstance(keys, dict)
        for key in keys
    }
    found = {}
    # Reading the counts of the 1.0 client fetches them: after those of 2.18, which does not.
    later = {"pending", "completed", "error", "canceled"}
    shown_names = names - {"client", "docs", "param_dict"}
    for name in sorted(shown_names, key=lambda name: (name in later, name)):
        attribute = getattr(value, name, None)
        if hasattr(value, name) and not callable(attribute) and depth < 6:
            found[name] = shown(attribute, depth + 1)
    return found


def as_known(value):
    """A sample with text in place of the enumerations that this package does not have."""
    if isinstance(value, list):
        return [as_known(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "$enum" in value:
        module, kind, _, text = value["$enum"]
        known = hasattr(importlib.import_module(f"scaleapi.{module}"), kind)
        return value if known else text
    return {key: as_known(one) for key, one in value.items()}


def calls():
    """Each method with what it needs and with all it takes, by place and by name."""
    made_up = {}
    methods = [("ScaleClient", scaleapi.ScaleClient)]
    kinds = {name: kind for name, kind in public_classes().items() if name in OBJECTS}
    for target, kind in [*methods, *kinds.items()]:
        for name, method in inspect.getmembers(kind, inspect.isfunction):
            if name.startswith(("_", "v2_")):
                continue
            for label, args, kwargs in forms(name, method):
                made = "Task audit" if (target, name) == ("Task", "audit") else target
                made_up[f"{target}.{name} {label}"] = as_known([made, name, args, kwargs])
    return made_up


def forms(name, method):
    parameters = list(inspect.signature(method).parameters.values())[1:]
    plain = [one for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    given = {one.name: GIVEN_TO.get(f"{name} {one.name}", GIVEN.get(one.name)) for one in plain}
    needed = {one.name: given[one.name] for one in plain if one.default is one.empty}
    if len(plain) == len(parameters):
        asked = (("needed", needed), ("all", given)) if given != needed else (("all", given),)
        if name in ("get_tasks", "get_tasks_count"):
            asked = (("all", given), ("project", {"project_name": "cows"}))
        for label, some in asked:
            yield f"{label} by place", list(some.values()), {}
            yield f"{label} by name", [], some
        return
    for number, more in enumerate(PASSED_ON.get(name, [])):
        yield f"{number} by place", list(given.values()), more
        yield f"{number} by name", [], {**given, **more}


def made(call):
    """What one call gives, in a world of its own."""
    target, name, args, kwargs = call
    with FakeScale(seed=5, start_time=NOW) as scale:
        tasks = filled(scale)
        client = scaleapi.ScaleClient(KEY)
        args, kwargs = meant(args, tasks), meant(kwargs, tasks)
        try:
            if target == "ScaleClient":
                return shown(getattr(client, name)(*args, **kwargs))
            first, second, places = OBJECTS[target]
            maker = getattr(client, first, None) or getattr(client, second)
            made_object = maker(*meant(places, tasks))
            if target == "Teammate":
                made_object = made_object[-1]
            given = getattr(made_object, name)(*args, **kwargs)
            result = shown(given)
            if given is made_object:  # which showing it may have changed
                made_object = maker(*meant(places, tasks))
            if hasattr(made_object, "refresh"):
                made_object.refresh()
            return {"keys": {"result": result, "object": shown(made_object)}}
        except Exception as error:  # noqa: BLE001  # the packages have no common root by name
            return refusal(error)


def refusal(error):
    kinds = [kind.__name__ for kind in type(error).__mro__]
    assert "ScaleException" in kinds, (type(error), error)
    return {"raised": [kind for kind in kinds if kind.startswith("Scale")], "code": error.code}


def public_modules():
    yield scaleapi
    for found in pkgutil.iter_modules(scaleapi.__path__, "scaleapi."):
        plain = found.name.removeprefix("scaleapi.")
        if not plain.startswith("_") and plain not in ("api_client", "v2"):
            yield importlib.import_module(found.name)


def public_classes():
    return {
        name: value
        for module in public_modules()
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__.startswith("scaleapi")
    }


def names():
    """module:name of all that the package itself defines, and Class.member of its classes."""
    told = set()
    for module in public_modules():
        for name in dir(module):
            value = getattr(module, name)
            home = getattr(value, "__module__", module.__name__)
            if name.startswith("_") or inspect.ismodule(value):
                continue
            if isinstance(home, str) and home.split(".")[0] in ("scaleapi", "builtins"):
                told.add(f"{module.__name__}:{name}")
    return sorted(told)


def members():
    told = set()
    for name, kind in public_classes().items():
        if kind.__module__.startswith(("scaleapi.api", "scaleapi.v2")):
            continue
        told |= {f"{name}.{member}" for member in dir(kind) if not member.startswith("_")}
    return sorted(told)


asked = json.loads(sys.stdin.read() or "null")
todo = asked if asked is not None else calls()
print(
    json.dumps(
        {
            "names": names(),
            "members": members(),
            "calls": todo,
            "gave": {label: made(call) for label, call in todo.items()},
        }
    )
)
