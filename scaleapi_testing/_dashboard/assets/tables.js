// The table of tasks: many chosen at once, and what is done with them.
import { control, say } from "./controls.js";

const mount = document.body.dataset.mount;

export function tables(root) {
  const bulk = root.querySelector("[data-bulk]");
  if (!bulk) return;
  const boxes = [...root.querySelectorAll("[data-choose]")];
  const all = root.querySelector("[data-choose-all]");
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const told = () => {
    const count = chosen().length;
    bulk.querySelector("[data-bulk-count]").textContent = count ? `${count} chosen` : "none chosen";
    for (const button of bulk.querySelectorAll("button")) button.disabled = !count;
    all.checked = count > 0 && count === boxes.length;
    all.indeterminate = count > 0 && count < boxes.length;
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    told();
  });
  for (const box of boxes) box.addEventListener("change", told);
  told();
  for (const button of bulk.querySelectorAll("[data-bulk-do]")) {
    button.addEventListener("click", async () => {
      const name = button.dataset.bulkDo;
      let more = {};
      if (name === "tag") {
        const tags = prompt("Tags to add, with commas between them");
        if (!tags) return;
        more = { add: tags.split(",").map((tag) => tag.trim()).filter(Boolean) };
      }
      const refused = [];
      for (const task of chosen()) {
        try {
          await control(name === "tag" ? "/tags" : `/${name}`, { task, ...more });
        } catch (error) {
          refused.push(error.message);
        }
      }
      if (!refused.length) return location.reload();
      const count = chosen().length;
      for (const box of boxes) box.checked = false;
      told();
      say(`${refused.length} of ${count} refused: ${refused[0]}`, "bad");
    });
  }
  for (const button of bulk.querySelectorAll("[data-bulk-export]")) {
    button.addEventListener("click", () => {
      const query = new URLSearchParams({ format: button.dataset.bulkExport });
      for (const task of chosen()) query.append("task", task);
      location.assign(`${mount}/ui/export?${query}`);
    });
  }
}
