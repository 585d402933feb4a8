// What every page does: the theme, and the drawings on it.
import { drawings } from "./drawings.js";

document.documentElement.classList.add("scripted");

const themeSwitch = document.querySelector("[data-theme-switch]");
themeSwitch?.addEventListener("click", () => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const now = root.dataset.theme || (dark ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=strict`;
});

drawings(document);
