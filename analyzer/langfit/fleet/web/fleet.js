"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const STEP = 200;
  // A column: its name, how a cell is shown, and whether a reader may choose among its values.
  const number = (value) => value.toLocaleString("en-US");
  const lean = (value) => (value < 0 ? "" : "+") + value.toFixed(2);
  const list = (value) => value.join(", ");
  const tables = {
    items: {
      rows: data.items,
      columns: [
        { name: "Advice", choose: true, badge: true }, { name: "Repository" }, { name: "Name" },
        { name: "In", choose: true }, { name: "Lines", show: number, right: true },
        { name: "Lean", show: lean, right: true }, { name: "Strongest sign", choose: true },
        { name: "Owner", choose: true }, { name: "Tags", show: list, choose: true },
      ],
    },
    repos: {
      rows: data.repositories,
      columns: [
        { name: "Repository", head: true }, { name: "State", choose: true },
        { name: "Lines", show: number, right: true }, { name: "Move", show: number, right: true },
        { name: "Split", show: number, right: true }, { name: "Unclear", show: number, right: true },
        { name: "Stay", show: number, right: true }, { name: "Seconds", show: String, right: true },
        { name: "Owner", choose: true }, { name: "Tags", show: list, choose: true },
      ],
    },
  };

  const made = (kind, text, className) => {
    const element = document.createElement(kind);
    if (text !== undefined) element.textContent = text;
    if (className) element.className = className;
    return element;
  };

  const start = (id) => {
    const { rows, columns } = tables[id];
    const table = document.getElementById(id);
    const body = table.tBodies[0];
    const count = document.getElementById(`${id}-count`);
    const more = document.getElementById(`${id}-more`);
    const form = document.querySelector(`form[data-for=${id}]`);
    const words = rows.map((row) => row.map((cell) => (Array.isArray(cell) ? cell.join(" ") : cell)).join(" ").toLowerCase());
    const order = rows.map((_, at) => at);
    const chosen = new Map();
    let text = "", shown = STEP, found = order, sorted = -1, down = false;

    const draw = () => {
      body.replaceChildren(...found.slice(0, shown).map((at) => {
        const line = made("tr");
        columns.forEach((column, place) => {
          const value = rows[at][place];
          const cell = made(column.head ? "th" : "td", undefined, column.right ? "number" : "");
          if (column.head) cell.scope = "row";
          const said = column.show ? column.show(value) : value;
          if (column.badge) cell.append(made("span", said, `badge ${said}`));
          else cell.textContent = said;
          line.append(cell);
        });
        return line;
      }));
      count.textContent = `${number(Math.min(shown, found.length))} of ${number(found.length)} shown` +
        (found.length < rows.length ? `, ${number(rows.length)} in all` : "");
      more.hidden = shown >= found.length;
      more.textContent = `Show ${number(Math.min(STEP, found.length - shown))} more`;
    };

    const find = () => {
      const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
      found = order.filter((at) => parts.every((part) => words[at].includes(part)) &&
        [...chosen].every(([place, value]) => {
          const cell = rows[at][place];
          return Array.isArray(cell) ? cell.includes(value) : cell === value;
        }));
      shown = STEP;
      draw();
    };

    const compare = (place) => (a, b) => {
      const [left, right] = [rows[a][place], rows[b][place]];
      const by = typeof left === "number" ? left - right : String(left).localeCompare(String(right), "en");
      return (down ? -by : by) || a - b;
    };

    columns.forEach((column, place) => {
      const head = table.tHead.rows[0].cells[place];
      const button = made("button", head.textContent);
      button.type = "button";
      button.addEventListener("click", () => {
        down = sorted === place ? !down : Boolean(column.right);
        sorted = place;
        order.sort(compare(place));
        for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        find();
      });
      head.replaceChildren(button);
    });

    const search = made("label", "Search");
    const input = made("input");
    input.type = "search";
    input.addEventListener("input", () => { text = input.value; find(); });
    search.append(input);
    form.append(search);
    columns.forEach((column, place) => {
      if (!column.choose) return;
      const values = [...new Set(rows.flatMap((row) => row[place]))].filter(Boolean).sort();
      if (values.length < 2) return;
      const label = made("label", column.name);
      const select = made("select");
      select.append(made("option", "any"));
      select.options[0].value = "";
      for (const value of values) select.append(made("option", value));
      select.addEventListener("change", () => {
        if (select.selectedIndex) chosen.set(place, values[select.selectedIndex - 1]);
        else chosen.delete(place);
        find();
      });
      label.append(select);
      form.append(label);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
    form.hidden = false;
    more.addEventListener("click", () => { shown += STEP; draw(); });
    draw();
  };

  for (const id of Object.keys(tables)) start(id);
})();
