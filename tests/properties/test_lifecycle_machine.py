"""The whole life cycle, driven at random through API and controls, against a small model of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from scaleapi.exceptions import ScaleDuplicateResource, ScaleInvalidRequest
from scaleapi_testing import FakeScale, IllegalTransition

PARAMS = {"attachment": "a", "attachment_type": "text", "categories": ["a", "b"]}
URL = "https://h.example.com/cb"
TURNAROUND = timedelta(hours=3)


class Model:
    """What a task is, in the words of the documentation, independent of the fake's code."""

    def __init__(self, batch, created, unique_id):
        self.batch = batch
        self.created = created
        self.unique_id = unique_id
        self.status = "pending"
        self.work_started = False
        self.review = None
        self.due = created + TURNAROUND
        self.callbacks = 0
        self.audits = 0

    @property
    def ended(self):
        return self.status != "pending"

    def finish(self, status):
        self.status = status
        self.due = None
        if status == "completed":
            self.work_started = True
        if status in {"completed", "error"}:
            self.callbacks += 1


class Lifecycle(RuleBasedStateMachine):
    tasks = Bundle("tasks")

    def __init__(self):
        super().__init__()
        self.scale = FakeScale(start_time=datetime(2026, 1, 1, tzinfo=UTC), turnaround=TURNAROUND)
        self.client = self.scale.client()
        self.client.create_project(project_name="p", task_type="categorization")
        self.client.create_batch(project="p", batch_name="b", callback=URL)
        self.model: dict[str, Model] = {}
        self.now = self.scale.clock.now()
        self.batch_callbacks = 0

    # -- the model's side of a move ---------------------------------------------------------

    def end(self, task_id, status):
        model = self.model[task_id]
        model.finish(status)
        if model.batch and all(m.ended for m in self.model.values() if m.batch):
            self.batch_callbacks += 1

    # -- rules ------------------------------------------------------------------------------

    @rule(target=tasks, in_batch=st.booleans(), unique_id=st.none() | st.sampled_from("uvw"))
    def create(self, in_batch, unique_id):
        fields = {"batch": "b"} if in_batch else {}
        if unique_id is not None:
            fields["unique_id"] = unique_id
        taken = {m.unique_id for m in self.model.values()} - {None}
        if unique_id in taken:
            with pytest.raises(ScaleDuplicateResource):
                self.client.create_task("categorization", callback_url=URL, **PARAMS, **fields)
            return next(i for i, m in self.model.items() if m.unique_id == unique_id)
        task = self.client.create_task("categorization", callback_url=URL, **PARAMS, **fields)
        self.model[task.id] = Model(in_batch, self.now, unique_id)
        return task.id

    @rule(task_id=tasks)
    def start_work(self, task_id):
        if self.model[task_id].status != "pending":
            with pytest.raises(IllegalTransition, match=f"cannot start work on task {task_id}"):
                self.scale.start_work(task_id)
        else:
            self.scale.start_work(task_id)
            self.model[task_id].work_started = True

    @rule(task_id=tasks)
    def complete(self, task_id):
        if self.model[task_id].status != "pending":
            with pytest.raises(IllegalTransition, match=f"cannot complete task {task_id}"):
                self.scale.complete(task_id)
        else:
            self.scale.complete(task_id)
            self.end(task_id, "completed")

    @rule(task_id=tasks)
    def fail(self, task_id):
        if self.model[task_id].status != "pending":
            with pytest.raises(IllegalTransition, match=f"cannot fail task {task_id}"):
                self.scale.fail(task_id)
        else:
            self.scale.fail(task_id)
            self.end(task_id, "error")

    @rule(task_id=tasks, clear=st.booleans())
    def cancel(self, task_id, clear):
        model = self.model[task_id]
        if model.status in {"completed", "error"}:
            with pytest.raises(ScaleInvalidRequest):
                self.client.cancel_task(task_id, clear_unique_id=clear)
            return
        self.client.cancel_task(task_id, clear_unique_id=clear)
        if clear:
            model.unique_id = None
        if model.status == "pending":
            self.end(task_id, "canceled")

    @rule(task_id=tasks)
    def recall(self, task_id):
        model = self.model[task_id]
        if model.status != "completed":
            with pytest.raises(IllegalTransition, match=f"cannot recall task {task_id}"):
                self.scale.recall(task_id)
            return
        self.scale.recall(task_id)
        model.status = "pending"
        model.work_started = False
        model.callbacks += 1

    @rule(task_id=tasks, accepted=st.booleans())
    def audit(self, task_id, accepted):
        model = self.model[task_id]
        if model.status != "completed":
            with pytest.raises(ScaleInvalidRequest, match="Only completed tasks can be audited"):
                self.client.audit_task(task_id, accepted=accepted)
            return
        self.client.audit_task(task_id, accepted=accepted)
        model.review = "accepted" if accepted else "rejected"
        model.audits += 1
        model.callbacks += 1

    @rule(task_id=tasks)
    def fix(self, task_id):
        model = self.model[task_id]
        if model.status != "completed":
            with pytest.raises(IllegalTransition, match=f"cannot fix task {task_id}"):
                self.scale.fix(task_id, {"category": "b"})
            return
        self.scale.fix(task_id, {"category": "b"})
        model.review = "fixed"
        model.audits += 1
        model.callbacks += 1

    @rule(hours=st.integers(0, 4))
    def time_passes(self, hours):
        self.scale.clock.advance(hours=hours)
        self.now += timedelta(hours=hours)
        due = sorted(
            (m.due, i) for i, m in self.model.items() if m.due is not None and m.due <= self.now
        )
        for _, task_id in due:
            self.end(task_id, "completed")

    @precondition(lambda self: self.model)
    @rule()
    def a_snapshot_brings_everything_back(self):
        before = [task.as_dict() for task in self.scale.tasks]
        snapshot = self.scale.snapshot()
        self.scale.clock.advance(days=2)
        self.scale.complete_all()
        self.scale.restore(snapshot)
        assert [task.as_dict() for task in self.scale.tasks] == before

    # -- what must hold after each of them ---------------------------------------------------

    @invariant()
    def tasks_are_what_the_model_says(self):
        assert self.scale.clock.now() == self.now
        for task_id, model in self.model.items():
            task = self.client.get_task(task_id).as_dict()
            assert task["status"] == model.status
            assert task["work_started"] is model.work_started
            assert task.get("customer_review_status") == model.review
            assert len(task.get("audits", [])) == model.audits
            assert task.get("unique_id") == model.unique_id
            assert ("response" in task) == (model.status in {"completed", "error"})
            assert ("completed_at" in task) == (model.status == "completed")
            sent = [d for d in self.scale.callbacks if d.task_id == task_id]
            assert len(sent) == model.callbacks

    @invariant()
    def lists_and_counts_agree(self):
        for status in ("pending", "completed", "canceled", "error"):
            expected = [i for i, m in self.model.items() if m.status == status]
            page = self.client.tasks(status=status)
            assert [task.id for task in page] == expected[::-1]
        in_batch = [m for m in self.model.values() if m.batch]
        batch = self.client.get_batch("b")
        open_tasks = [m for m in in_batch if m.status == "pending"]
        completed = bool(in_batch) and not open_tasks
        assert batch.status == ("completed" if completed else "in_progress")
        assert len([d for d in self.scale.callbacks if d.batch == "b" and d.task_id is None]) == (
            self.batch_callbacks
        )

    @invariant()
    def only_pending_tasks_are_on_the_timeline(self):
        planned = {event.what.split()[1] for event in self.scale.timeline.pending()}
        assert planned == {i for i, m in self.model.items() if m.due is not None}


Lifecycle.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestLifecycle = Lifecycle.TestCase
