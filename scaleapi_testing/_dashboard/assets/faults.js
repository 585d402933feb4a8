// The form of a fault: which fields belong to its kind, and the sentence that says what will happen.

const form = document.querySelector("[data-fault-form]");
const kind = form.querySelector("[data-fault-kind]");
const operation = form.querySelector("[data-operation]");
const line = form.querySelector("[data-sentence]");
const field = (name) => form.elements.namedItem(name);

const HAPPENS = {
  timeout: () => "gets no answer until the client’s read timeout has passed",
  connect_timeout: () => "cannot connect until the client gives up",
  disconnect: () => "is cut off without an answer",
  truncate: () => "gets the first half of its answer, then the line is cut",
  garbage: () => "gets an answer that is no JSON",
  latency: () => `is answered ${field("latency").value || "…"} late`,
  status: () => {
    const wait = field("retry_after").value.trim();
    return `is answered with ${field("status").value || "…"}${wait ? ` and Retry-After: ${wait}` : ""}`;
  },
};

function update() {
  for (const part of form.querySelectorAll("[data-for]")) {
    part.hidden = part.dataset.for !== kind.value;
    for (const input of part.querySelectorAll("input")) input.disabled = part.hidden;
  }
  for (const flag of form.querySelectorAll("[data-flag]")) flag.disabled = flag.dataset.flag !== kind.value;
  const commit = field("after_commit");
  const isCommitFree = kind.value === "connect_timeout" || kind.value === "latency";
  commit.disabled = isCommitFree;
  const chosen = operation.selectedOptions[0];
  form.querySelector("[data-method-field]").value = chosen.dataset.method;
  form.querySelector("[data-path-field]").value = chosen.dataset.path.replace(/\{[^}]*\}/g, "*");
  const times = field("times").value.trim();
  const who = !times ? "Every call" : times === "1" ? "The next call" : `Each of the next ${times} calls`;
  const where = chosen.dataset.method ? ` of ${chosen.dataset.method} ${chosen.dataset.path}` : "";
  const after = commit.checked && !isCommitFree ? ", after it took effect" : "";
  line.textContent = `${who}${where} ${HAPPENS[kind.value]()}${after}.`;
}

form.addEventListener("input", update);
update();
