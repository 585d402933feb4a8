// Drawings: legends that hide and show, zoom and pan, the player of frames, the opacity of masks.

export function drawings(root) {
  for (const figure of root.querySelectorAll(".drawing")) {
    legend(figure);
    player(figure);
    opacity(figure);
    for (const canvas of figure.querySelectorAll("[data-zoom]")) zoomable(canvas);
  }
}

function legend(figure) {
  const hidden = new Set();
  for (const button of figure.querySelectorAll("[data-toggle-label]")) {
    button.addEventListener("click", () => {
      const label = button.dataset.toggleLabel;
      hidden.has(label) ? hidden.delete(label) : hidden.add(label);
      button.setAttribute("aria-pressed", String(!hidden.has(label)));
      for (const shape of figure.querySelectorAll("[data-label]")) {
        if (shape.tagName.toLowerCase() === "mark") shape.classList.toggle("span-hidden", hidden.has(shape.dataset.label));
        else if (hidden.has(shape.dataset.label)) shape.setAttribute("visibility", "hidden");
        else shape.removeAttribute("visibility");
      }
    });
  }
}

function player(figure) {
  const seek = figure.querySelector("[data-seek]");
  if (!seek) return;
  const names = seek.dataset.names.split("|");
  const output = figure.querySelector("[data-frame-name]");
  const play = figure.querySelector("[data-play]");
  const head = figure.querySelector("[data-playhead]");
  const frames = new Map();
  for (const group of figure.querySelectorAll("[data-frame]")) {
    const place = Number(group.dataset.frame);
    frames.set(place, [...(frames.get(place) ?? []), group]);
  }
  let shown = Number(seek.value);
  const show = (place) => {
    for (const group of frames.get(shown) ?? []) group.setAttribute("display", "none");
    for (const group of frames.get(place) ?? []) group.removeAttribute("display");
    shown = place;
    seek.value = String(place);
    seek.setAttribute("aria-valuetext", names[place]);
    output.textContent = names[place];
    if (head) {
      const x = Number(head.dataset.axis) + ((place + 0.5) * Number(head.dataset.long)) / Number(head.dataset.count);
      head.setAttribute("x1", String(x));
      head.setAttribute("x2", String(x));
    }
  };
  show(shown);
  seek.addEventListener("input", () => show(Number(seek.value)));
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    delete play.dataset.playing;
    play.textContent = "▶";
    play.setAttribute("aria-label", "Play");
  };
  play.addEventListener("click", () => {
    if (timer) return stop();
    play.textContent = "❚❚";
    play.dataset.playing = "";
    play.setAttribute("aria-label", "Pause");
    timer = setInterval(() => show((shown + 1) % names.length), Math.max(80, Math.min(400, 4000 / names.length)));
  });
}

function opacity(figure) {
  const slider = figure.querySelector("[data-opacity]");
  slider?.addEventListener("input", () => {
    for (const mask of figure.querySelectorAll("[data-masks] [opacity]")) mask.setAttribute("opacity", String(Number(slider.value) / 100));
  });
}

// Wheel with Ctrl (or pinch) zooms, dragging moves, a double click shows all again; keys + - 0 and arrows do the same.
function zoomable(canvas) {
  const whole = canvas.viewBox.baseVal;
  const all = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
  let view = { ...all };
  const isCrowded = canvas.querySelectorAll(".shape").length > 100;
  let resting = 0;
  const apply = () => {
    canvas.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
    if (!isCrowded) return;
    // Hundreds of shapes with smooth edges take several frames: they are smooth again at rest.
    canvas.classList.add("moving");
    clearTimeout(resting);
    resting = setTimeout(() => canvas.classList.remove("moving"), 200);
  };
  const zoom = (factor, x, y) => {
    const width = Math.min(all.width, Math.max(all.width / 40, view.width * factor));
    const scale = width / view.width;
    view = { x: x - (x - view.x) * scale, y: y - (y - view.y) * scale, width, height: view.height * scale };
    hold();
    apply();
  };
  const hold = () => {
    view.x = Math.min(Math.max(view.x, all.x), all.x + all.width - view.width);
    view.y = Math.min(Math.max(view.y, all.y), all.y + all.height - view.height);
  };
  const place = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(canvas.getScreenCTM().inverse());
    return [point.x, point.y];
  };
  canvas.tabIndex = 0;
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey && view.width === all.width) return;
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, ...place(event));
  }, { passive: false });
  canvas.addEventListener("dblclick", (event) => {
    if (view.width < all.width) { view = { ...all }; apply(); } else zoom(0.4, ...place(event));
  });
  let from = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (view.width === all.width || event.button !== 0) return;
    from = [event.clientX, event.clientY];
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    const scale = view.width / canvas.getBoundingClientRect().width;
    view.x -= (event.clientX - from[0]) * scale;
    view.y -= (event.clientY - from[1]) * scale;
    from = [event.clientX, event.clientY];
    hold();
    apply();
  });
  canvas.addEventListener("pointerup", () => { from = null; });
  canvas.addEventListener("keydown", (event) => {
    const centre = [view.x + view.width / 2, view.y + view.height / 2];
    const step = view.width / 10;
    const moves = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] };
    if (event.key === "+" || event.key === "=") zoom(1 / 1.3, ...centre);
    else if (event.key === "-") zoom(1.3, ...centre);
    else if (event.key === "0") { view = { ...all }; apply(); }
    else if (moves[event.key] && view.width < all.width) {
      view.x += moves[event.key][0];
      view.y += moves[event.key][1];
      hold();
      apply();
    } else return;
    event.preventDefault();
  });
}
