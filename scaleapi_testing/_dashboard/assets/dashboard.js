// What every page does: the theme, what acts, and the drawings on it.
import { controls } from "./controls.js";
import { drawings } from "./drawings.js";
import { live } from "./live.js";
import { tables } from "./tables.js";

document.documentElement.classList.add("scripted");

document.querySelector("[data-theme-switch]")?.addEventListener("click", () => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const next = (root.dataset.theme || (dark ? "dark" : "light")) === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=strict`;
});

function prepare(part) {
  controls(part);
  tables(part);
  drawings(part);
}

live(document); // first: it keeps what the page was, as the server wrote it
prepare(document);
document.addEventListener("refreshed", (event) => prepare(event.target));
