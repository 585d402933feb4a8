"""The conversations of a completed task: those it was given, else ones that fit its project.

Nothing of this is stored: threads follow from the fake's seed, the task, and its v1 response, so
both versions tell the same story. All of it is assumed in detail; the shapes are the documented
ones (docs/scale/v2-tasks.md 2.6).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from .._http.wire import timestamp
from .._random import seeded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from random import Random

JSONObject = dict[str, Any]

CHAT_TYPES: Final = ("chat", "chatlite", "chatexperimental", "multichat")
"""Task types whose tasks have threads."""

TYPES: Final = (
    "SFT",
    "RLHF: Pref Ranking",
    "RLHF: Pref Ranking with Rewrites",
    "RLVR: Reinforcement Learning with Verifiable Rewards",
    "Rubrics",
    "Process Supervision",
    "Evals",
    "Prompt Generation",
    "Content Understanding",
    "Other",
)
"""The documented kinds of projects (official client 2.18, ``GenAIProjectType``)."""

EVALUATED: Final = ("base_model", "test_model")
"""Who answers in a project of kind Evals (documented)."""

DETAILS: Final = ("title", "description", "labels", "possible_values")
"""What the option ``annotation_details`` adds to an annotation (assumed)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a task's threads depend on.

    Attributes:
        seed: the fake's.
        task_id: of the task.
        attempt: how often it was completed.
        completed_ms: when it was completed.
        response: its v1 response.
        types: kinds of its project.
        models: names of the project's models.
    """

    seed: int
    task_id: str
    attempt: int
    completed_ms: int
    response: Mapping[str, Any]
    types: Sequence[str] = ()
    models: Sequence[str] = ()


def threads_of(question: Asked) -> list[JSONObject]:
    """The threads of a completed task, with every detail."""
    threads = question.response.get("threads")
    # Threads that a test gave as the response stand as they are.
    if isinstance(threads, list):
        return threads
    return [_Thread(question).whole()]


def reports_of(response: Mapping[str, Any]) -> list[JSONObject]:
    """What was reported as sensitive; a task with such a report shows no threads (documented)."""
    reports = response.get("sensitive_content_reports")
    return reports if isinstance(reports, list) else []


def annotations_in(value: Any) -> Iterator[JSONObject]:
    """Every annotation within threads, at whatever level it stands."""
    if isinstance(value, list):
        for item in value:
            yield from annotations_in(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            # Not by their keys: what a test gives may be slim, and lack all but one of them.
            if name == "annotations" and isinstance(inner, list):
                yield from (item for item in inner if isinstance(item, dict))
            yield from annotations_in(inner)


def owner_of(annotation_id: str) -> str | None:
    """The part of a task's id that an annotation made here carries; ``None`` for other ids."""
    if annotation_id.startswith(PREFIX) and len(annotation_id) == len(PREFIX) + 24:
        # So that one annotation is found without making the threads of all tasks.
        return annotation_id[len(PREFIX) : len(PREFIX) + 16]
    return None


PREFIX: Final = "an_"


@dataclass(slots=True)
class _Thread:
    """Makes one thread."""

    asked: Asked
    random: Random = field(init=False)
    made: int = 0

    def __post_init__(self) -> None:
        question = self.asked
        # Numbers of their own: threads are made anew at each read, and must be equal.
        self.random = seeded(question.seed, "threads", question.task_id[8:], question.attempt)

    def whole(self) -> JSONObject:
        turns = [
            self._turn(number, prompt, reply)
            for number, (prompt, reply) in enumerate(self._exchanges())
        ]
        topic = self._annotation(
            "topic",
            "category",
            self.random.choice(("everyday", "work", "science")),
            title="Topic",
            description="What is the conversation about?",
            possible_values=["everyday", "work", "science"],
            labels=["Everyday life", "Work", "Science"],
        )
        submitted = {
            "submitted_at": timestamp(self.asked.completed_ms),
            "contributor_id": f"{self.random.getrandbits(96):024x}",
        }
        return {
            "id": "thread_0",
            "submissions": [submitted],
            "turns": turns,
            "annotations": [topic],
        }

    def _exchanges(self) -> list[tuple[str, str]]:
        """Prompts and replies of the v1 response, in order."""
        exchanges: list[tuple[str, str]] = []
        prompt: str | None = None
        responses = self.asked.response.get("responses")
        for entry in responses if isinstance(responses, list) else []:
            output = entry.get("output") if isinstance(entry, dict) else None
            if not isinstance(output, str):
                continue
            if entry.get("type") == "PromptInput":
                prompt = output
            elif entry.get("type") == "ModelResponse":
                exchanges.append((prompt or "", output))
                prompt = None
        return exchanges or [("Tell me something.", "There is nothing to tell.")]

    def _is(self, *kinds: str) -> bool:
        return any(kind in self.asked.types for kind in kinds)

    def _sources(self) -> list[str]:
        if self._is("Prompt Generation"):
            return []
        if self._is("Evals"):
            return list(EVALUATED)
        models = [str(name) for name in self.asked.models] or ["model_a"]
        ranked = self._is("RLHF: Pref Ranking", "RLHF: Pref Ranking with Rewrites")
        # A preference needs two replies, even in a project with a single model.
        if ranked and len(models) == 1:
            models.append(f"{models[0]}_2")
        return models

    def _turn(self, number: int, prompt: str, reply: str) -> JSONObject:
        sources = self._sources()
        rubric = self._rubric() if self._is("Rubrics", _RLVR) else None
        messages = [self._prompt(prompt)]
        messages += [
            # The first reply is that of the v1 response: both versions show the same task.
            self._reply(source, reply if first == 0 else self._other(reply), rubric)
            for first, source in enumerate(sources)
        ]
        turn: JSONObject = {"id": f"turn_{number}", "messages": messages}
        turn["annotations"] = self._about_turn(sources, rubric)
        if rubric is not None:
            turn["rubrics"] = [rubric]
        return turn

    def _prompt(self, text: str) -> JSONObject:
        annotations: list[JSONObject] = []
        if self._is("Content Understanding"):
            words = text.split() or [text]
            annotations = [
                self._annotation(
                    "spans",
                    "labeled_text",
                    [{"label": "subject", "text": words[0]}, {"label": "rest", "text": words[-1]}],
                    title="Spans",
                ),
                self._annotation(
                    "evidence",
                    "file",
                    [
                        {
                            "url": f"https://files.example.com/{self.asked.task_id}.txt",
                            "name": "evidence.txt",
                            "mime_type": "text/plain",
                        }
                    ],
                    title="Evidence",
                ),
            ]
        return {
            "role": "user",
            "source_id": "user",
            "content": {"text": text},
            "annotations": annotations,
        }

    def _reply(self, source: str, text: str, rubric: JSONObject | None) -> JSONObject:
        message: JSONObject = {"role": "assistant", "source_id": source, "content": {"text": text}}
        if self._is("Process Supervision"):
            message["content"]["chunks"] = [
                {
                    "type": "text",
                    "text": part,
                    "annotations": [
                        self._annotation("correct", "boolean", self.random.random() < 0.8)
                    ],
                }
                for part in _parts(text)
            ]
            message["content"]["reasoning"] = [
                {"content": f"step {text.split(maxsplit=1)[0].lower()}"}
            ]
        message["model_parameters"] = {
            "model": source,
            "temperature": self.random.choice((0, 0.5, 0.7, 1)),
            "max_completion_tokens": 512,
            "top_p": 1,
            "top_k": 40,
        }
        message["annotations"] = self._about_reply(text, rubric)
        if rubric is not None:
            message["rubric_evaluations"] = [self._evaluation(rubric)]
        return message

    def _about_reply(self, text: str, rubric: JSONObject | None) -> list[JSONObject]:
        random = self.random
        about = [
            self._annotation(
                "helpfulness",
                "integer",
                random.randint(1, 5),
                title="Helpfulness",
                description="How useful is the reply?",
                labels=["none", "low", "fair", "good", "great"],
                possible_values=[1, 2, 3, 4, 5],
            )
        ]
        if self._is("SFT", "RLHF: Pref Ranking with Rewrites"):
            about.append(self._annotation("rewrite", "text", self._other(text), title="Rewrite"))
        if self._is("SFT", "Evals", "Other"):
            about.append(
                self._annotation(
                    "issues",
                    "category_multiple",
                    random.sample(["typo", "too_long", "off_topic"], random.randint(0, 2)),
                    title="Issues",
                    possible_values=["typo", "too_long", "off_topic"],
                )
            )
        if self._is("Evals", "Other"):
            about.append(
                self._annotation(
                    "is_safe", "boolean", self._likely(), possible_values=[True, False]
                )
            )
        if rubric is not None:
            for criterion in rubric["criteria_definitions"]:
                rating = self._annotation(
                    "criteria_rating",
                    "rubric_rating",
                    {"score": random.choice((0, 0.5, 1)), "color": "green"},
                    title=criterion["criterion"],
                )
                about.append({**rating, "metadata": {"criteria": criterion["id"]}})
        if self._is(_RLVR):
            about.append(self._annotation("code_run", "workspace_container", self._workspace()))
        return about

    def _about_turn(self, sources: list[str], rubric: JSONObject | None) -> list[JSONObject]:
        random = self.random
        about: list[JSONObject] = []
        if len(sources) > 1:
            ranked = random.sample(sources, len(sources))
            about += [
                self._annotation("selected_model_id", "text", ranked[0], title="Better reply"),
                self._annotation(
                    "likert_value",
                    "integer",
                    random.randint(1, 7),
                    title="How much better?",
                    possible_values=list(range(1, 8)),
                ),
                self._annotation("justification", "text", f"{ranked[0]} answers the question."),
                self._annotation("ranking", "ranked_choices", ranked),
                self._annotation("ranking_ties", "ranked_groups", [[name] for name in ranked]),
            ]
        if rubric is not None:
            about += [
                {
                    **self._annotation(
                        "criteria",
                        "rubric_criteria",
                        {"weight": criterion["weight"]},
                        title=criterion["criterion"],
                    ),
                    # The rating's metadata.criteria points here, and /v2/annotation must find it.
                    "id": criterion["id"],
                }
                for criterion in rubric["criteria_definitions"]
            ]
        return about

    def _rubric(self) -> JSONObject:
        # Criterion ids stand in two places; the task's own part keeps them apart from other tasks'.
        mark = self.asked.task_id[8:]
        criteria: list[JSONObject] = [
            {
                "id": f"rubric_{mark}_criteria_{number}",
                "criterion": text,
                "weight": self.random.randint(1, 5),
                "annotations": [],
            }
            for number, text in enumerate(("Answers the question", "Is correct", "Is short"))
        ]
        return {
            "criteria_definitions": criteria,
            "max_total_score": sum(criterion["weight"] for criterion in criteria),
        }

    def _evaluation(self, rubric: JSONObject) -> JSONObject:
        evaluations: list[JSONObject] = []
        total = 0.0
        for criterion in rubric["criteria_definitions"]:
            score = self.random.choice((0, 0.5, 1))
            total += score * criterion["weight"]
            evaluations.append(
                {
                    "criterion_definition_id": criterion["id"],
                    "score": score,
                    "annotations": [],
                }
            )
        return {
            "criteria_evaluations": evaluations,
            "annotations": [],
            "total_score": total,
            "percentage": round(100 * total / rubric["max_total_score"], 1),
        }

    def _workspace(self) -> JSONObject:
        mark = f"ws-{self.random.getrandbits(32):08x}"
        return {
            "workspace_id": mark,
            "workspace_config": {
                "workspace_id": mark,
                "workspace_url": f"https://workspaces.example.com/{mark}",
                "workspace_token": f"{self.random.getrandbits(64):016x}",
                "expires_at": timestamp(self.asked.completed_ms + 30 * 86_400_000),
                "inactivity_freeze_time": 900,
                "force_enable_workspace_access": False,
                "workspace_image_version": 4,
            },
            "output_files": [
                {
                    "file_name": "out.csv",
                    "scale_url": f"https://api.scale.com/v1/files/{mark}",
                    "url": f"https://files.example.com/{mark}/out.csv",
                    "file_language": "csv",
                    "file_content": "a,b",
                }
            ],
            "stdout_output": {"content": "done"},
            "stderr_output": {"content": ""},
            "test_stdout_output": {"content": "2 passed"},
            "test_stderr_output": {"content": ""},
        }

    def _annotation(self, key: str, kind: str, value: Any, **details: Any) -> JSONObject:
        self.made += 1
        return {
            "id": f"{PREFIX}{self.asked.task_id[8:]}{self.made:08x}",
            "key": key,
            "type": kind,
            **details,
            "value": value,
        }

    def _likely(self) -> bool:
        return self.random.random() < 0.8

    def _other(self, text: str) -> str:
        """The same words in another order."""
        words = text.rstrip(".").lower().split()
        self.random.shuffle(words)
        return f"{' '.join(words).capitalize()}."


_RLVR: Final = TYPES[3]


def _parts(text: str) -> list[str]:
    words = text.split()
    middle = (len(words) + 1) // 2
    return [" ".join(part) for part in (words[:middle], words[middle:]) if part]
