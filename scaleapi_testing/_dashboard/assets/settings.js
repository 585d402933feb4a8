// Loading a dump from a file: it is read here and sent to the control plane as JSON.
import { control, say } from "./controls.js";

document.querySelector("[data-load]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const file = event.target.querySelector("input[type=file]").files[0];
  try {
    const dump = JSON.parse(await file.text());
    await control("/load", { dump });
    location.reload();
  } catch (error) {
    say(error instanceof SyntaxError ? `${file.name} is no JSON: ${error.message}` : error.message, "bad");
  }
});

for (const form of document.querySelectorAll("form[data-confirm]")) {
  // Before the listener that acts, which is why it captures.
  form.addEventListener("submit", (event) => {
    if (!confirm(form.dataset.confirm)) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
  }, { capture: true });
}
