// Forms and buttons that act: each goes to the control plane as JSON, as any program could send it.

const mount = document.body.dataset.mount;

export function say(text, kind = "good") {
  const line = document.querySelector("[data-message]");
  line.textContent = text;
  line.dataset.kind = kind;
  line.scrollIntoView({ block: "nearest" });
}

export async function control(path, values, method = "POST") {
  const answer = await fetch(mount + path, {
    method,
    headers: method === "DELETE" ? {} : { "Content-Type": "application/json" },
    body: method === "DELETE" ? undefined : JSON.stringify(values),
  });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = body.error ?? {};
    throw new Error([error.message ?? `The server answered ${answer.status}.`, error.hint].filter(Boolean).join(" "));
  }
  return body;
}

// The arguments that a form holds: empty ones are not given, data-type says how the others are read.
export function argumentsOf(form) {
  const values = {};
  for (const input of form.elements) {
    if (!input.name || input.disabled || (input.type === "radio" && !input.checked)) continue;
    const type = input.dataset.type;
    if (input.type === "checkbox") {
      if (input.checked || type === "boolean") values[input.name] = input.checked;
      continue;
    }
    const text = input.value.trim();
    if (!text) continue;
    if (type === "number") values[input.name] = Number(text);
    else if (type === "list") values[input.name] = text.split(",").map((part) => part.trim()).filter(Boolean);
    else if (type === "json") {
      try {
        values[input.name] = JSON.parse(input.value);
      } catch (error) {
        throw new Error(`${input.labels?.[0]?.textContent ?? input.name} is no JSON: ${error.message}`);
      }
    } else values[input.name] = text;
  }
  return values;
}

// What an edited answer lacks; it may be used nevertheless, as labelers may answer anything.
function tell(line, messages) {
  const list = document.createElement("ul");
  list.append(...messages.map((message) => Object.assign(document.createElement("li"), { textContent: message })));
  line.replaceChildren("This does not fit the task:", list);
  line.scrollIntoView({ block: "nearest" });
}

export function controls(root) {
  for (const form of root.querySelectorAll("form[data-control]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const line = form.querySelector("[data-form-message]");
      const buttons = form.querySelectorAll("button");
      try {
        const values = argumentsOf(form);
        for (const button of buttons) button.disabled = true;
        if (form.dataset.check && values.response !== undefined && event.submitter?.dataset.asIs === undefined) {
          const { problems } = await control(form.dataset.check, { task: values.task, response: values.response });
          if (problems.length) {
            for (const button of buttons) button.disabled = false;
            tell(line, problems.map((problem) => problem.message));
            form.querySelector("[data-as-is]").hidden = false;
            return;
          }
        }
        await control(form.dataset.control, values, form.dataset.method ?? "POST");
        if (form.dataset.then) location.assign(mount + form.dataset.then);
        else location.reload();
      } catch (error) {
        for (const button of buttons) button.disabled = false;
        if (line) line.textContent = error.message;
        else {
          form.closest("dialog")?.close();
          say(error.message, "bad");
        }
      }
    });
  }
  for (const form of root.querySelectorAll("form[data-check]")) {
    form.querySelector("textarea").addEventListener("input", () => {
      form.querySelector("[data-form-message]").replaceChildren();
      form.querySelector("[data-as-is]").hidden = true;
    });
  }
  for (const button of root.querySelectorAll("[data-open]")) {
    button.addEventListener("click", () => document.getElementById(`dialog-${button.dataset.open}`).showModal());
  }
  for (const button of root.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  for (const button of root.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", async () => {
      const text = document.querySelector(button.dataset.copy).textContent;
      const words = button.textContent;
      try {
        await navigator.clipboard.writeText(text);
        button.textContent = "Copied";
      } catch {
        const range = document.createRange();
        range.selectNodeContents(document.querySelector(button.dataset.copy));
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        button.textContent = "Marked: copy it";
      }
      setTimeout(() => { button.textContent = words; }, 1800);
    });
  }
}
