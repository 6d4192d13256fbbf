"use strict";
// Sorting by a click on a column's head, and filters. Without this script the page reads the same, in its first order.
(function () {
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  function value(row, column) {
    const cell = row.cells[column];
    if (!cell) return "";
    return cell.dataset.v !== undefined ? cell.dataset.v : cell.textContent.trim();
  }

  function compare(one, other) {
    const numbers = [parseFloat(one), parseFloat(other)];
    if (!Number.isNaN(numbers[0]) && !Number.isNaN(numbers[1])) return numbers[0] - numbers[1];
    if (Number.isNaN(numbers[0]) !== Number.isNaN(numbers[1]) && (one === "" || other === "")) return one === "" ? -1 : 1;
    return collator.compare(one, other);
  }

  // Of a large class, rows beyond the first are laid out only when asked for: 2,000 take a browser a second.
  const FIRST = 200;
  const whole = new WeakSet();

  function lay(table) {
    let shown = 0;
    for (const row of table.tBodies[0].rows) {
      if (!row.hidden) shown += 1;
      row.classList.toggle("beyond", shown > FIRST && !whole.has(table));
    }
    if (table.nextElementSibling && table.nextElementSibling.className === "more") table.nextElementSibling.remove();
    if (shown <= FIRST || whole.has(table)) return;
    const more = document.createElement("button");
    more.type = "button";
    more.className = "more";
    more.textContent = "Show all " + shown;
    more.addEventListener("click", () => { whole.add(table); lay(table); });
    table.after(more);
  }

  function sort(table, head, column) {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => [value(row, column), row]);
    rows.sort((a, b) => (down ? compare(b[0], a[0]) : compare(a[0], b[0])));
    body.remove(); // out of the page, moving a row costs no styles
    body.replaceChildren();
    for (const [, row] of rows) body.appendChild(row);
    table.appendChild(body);
    lay(table);
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    lay(table);
    Array.from(table.tHead.rows[0].cells).forEach((head, column) => {
      if (head.dataset.fixed !== undefined) return;
      const button = document.createElement("button");
      button.type = "button";
      while (head.firstChild) button.appendChild(head.firstChild);
      head.appendChild(button);
      button.addEventListener("click", () => sort(table, head, column));
    });
  }

  for (const controls of document.querySelectorAll(".controls")) {
    const rows = Array.from(document.querySelectorAll(controls.dataset.rows));
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const words = controls.querySelector("input");
    const choice = controls.querySelector("select");
    const count = controls.querySelector("output");
    const filter = () => {
      const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
      const kind = choice ? choice.value : "";
      let shown = 0;
      rows.forEach((row, index) => {
        const fits = wanted.every((word) => texts[index].includes(word));
        row.hidden = !fits || (kind !== "" && !(" " + row.dataset.kinds + " ").includes(" " + kind + " "));
        shown += row.hidden ? 0 : 1;
      });
      new Set(rows.map((row) => row.closest("table"))).forEach(lay);
      count.textContent = shown === rows.length ? "" : shown + " of " + rows.length;
    };
    words.addEventListener("input", filter);
    if (choice) choice.addEventListener("change", filter);
    controls.hidden = false;
  }
})();
