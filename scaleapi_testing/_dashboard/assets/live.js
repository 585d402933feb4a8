// What changes while a page is looked at: the clock, and, where a page asks for it, the page.

const mount = document.body.dataset.mount;
const shape = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "2-digit", month: "short", year: "numeric",
  hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "UTC", hour12: false,
});

export function live(root) {
  const clocks = [...root.querySelectorAll("[data-clock]")];
  const part = root.querySelector("[data-live]");
  const events = new EventSource(`${mount}/events`);
  let waiting = 0;
  const speed = Number(document.body.dataset.speed);
  let stood = { ms: Date.parse(clocks[0]?.dateTime), at: performance.now() };
  // Between two things that happen time goes on as well, where it runs by itself.
  const tick = () => {
    const now = new Date(stood.ms + (performance.now() - stood.at) * speed);
    for (const clock of clocks) {
      clock.dateTime = now.toISOString();
      clock.textContent = shape.format(now).replace(",", "");
    }
  };
  if (speed && clocks.length) setInterval(tick, 250);
  const seen = (event) => {
    const told = JSON.parse(event.data);
    if (told.ms !== undefined && clocks.length) {
      stood = { ms: told.ms, at: performance.now() };
      tick();
    }
    if (part && concerns(part, told)) soon(700);
  };
  const soon = (wait) => {
    if (!waiting) waiting = setTimeout(() => { waiting = 0; refresh(part); }, wait);
  };
  if (part) {
    part.dataset.was = part.innerHTML;
    // What happened while the page was on its way here is told by no event.
    events.addEventListener("open", () => soon(50));
  }
  for (const name of ["call", "control", "clock", "lost"]) events.addEventListener(name, seen);
  addEventListener("pagehide", () => events.close());
}

// A part may name the events that it is about, or the one task.
function concerns(part, told) {
  const tasks = (told.tasks ?? []).map((task) => task.task_id);
  if (part.dataset.liveTask) return tasks.includes(part.dataset.liveTask) || told.what === "lost";
  return !part.dataset.live || part.dataset.live.split(" ").includes(told.what);
}

function isWorkedIn(part) {
  const { activeElement, body } = document;
  if (activeElement !== body && part.contains(activeElement)) return true;
  return Boolean(document.querySelector("dialog[open]") || part.querySelector("[data-choose]:checked, .player [data-playing]"));
}

// Takes the same part of the page as the server has it now; left alone while somebody works in it.
async function refresh(part) {
  if (isWorkedIn(part)) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-live]");
  // Asked again: a button may have been pressed while the page was on its way, and would be lost.
  if (!fresh || fresh.innerHTML === part.dataset.was || isWorkedIn(part)) return;
  part.dataset.was = fresh.innerHTML;
  const open = [...part.querySelectorAll("details")].map((entry) => entry.open);
  part.replaceChildren(...document.importNode(fresh, true).childNodes);
  [...part.querySelectorAll("details")].forEach((entry, place) => { if (open[place] !== undefined) entry.open = open[place]; });
  part.dispatchEvent(new CustomEvent("refreshed", { bubbles: true }));
}
