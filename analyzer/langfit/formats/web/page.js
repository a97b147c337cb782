"use strict";
(() => {
  const root = document.documentElement;
  const $ = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const number = (value) => value.toLocaleString("en");
  const SVG = "http://www.w3.org/2000/svg";
  const svg = (tag, attributes = {}, ...children) => {
    const node = document.createElementNS(SVG, tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const rows = all("#table tbody tr");
  const cards = all(".card");
  const blocks = all(".block");
  const title = document.title;
  root.classList.add("scripted");

  // The address holds what a reader chose: the search, the answers that are shown, the order, and what is open.
  const read = () => new URLSearchParams(location.hash.slice(1));
  const write = (changes, push = false) => {
    const params = read();
    for (const [key, value] of Object.entries(changes)) {
      if (value) params.set(key, value);
      else params.delete(key);
    }
    const hash = params.toString();
    if (hash === location.hash.slice(1)) return;
    history[push ? "pushState" : "replaceState"](null, "", hash ? `#${hash}` : location.href.split("#")[0]);
  };

  // Search: every word must be somewhere in a card, a component or a row of a list.
  const texts = new Map();
  const textOf = (node) => {
    if (!texts.has(node)) texts.set(node, node.textContent.toLowerCase());
    return texts.get(node);
  };
  const hidden = () => new Set(all("#answers input:not(:checked)").map((box) => box.value));
  const filter = () => {
    const words = ($("text").value.toLowerCase().match(/\S+/g) ?? []);
    const off = hidden();
    const has = (node) => words.every((word) => textOf(node).includes(word));
    let shown = 0;
    for (const row of rows) {
      const card = $(`card-${row.dataset.number}`);
      const passes = !off.has(row.dataset.answer) && (has(row) || has(card));
      row.hidden = card.hidden = !passes;
      shown += passes;
    }
    let found = 0;
    for (const block of blocks) {
      block.hidden = !has(block);
      found += !block.hidden;
    }
    $("table")?.classList.toggle("all", words.length > 0 || state.every);
    $("found").textContent = words.length
      ? `${number(shown)} of ${number(rows.length)} that ship, ${number(found)} of ${number(blocks.length)} components` : "";
    const later = rows.filter((row) => row.classList.contains("later") && !row.hidden).length;
    if ($("more")) {
      $("more").hidden = !later || words.length > 0 || state.every;
      $("more").textContent = `Show ${number(later)} more`;
    }
    drawMap();
    drawArrows();
  };
  const state = { every: false, sort: "", up: true };
  $("find").hidden = false;
  $("find").addEventListener("submit", (event) => event.preventDefault());
  $("text").addEventListener("input", () => { write({ q: $("text").value.trim() }); filter(); });
  if ($("answers")) {
    $("answers").hidden = false;
    $("answers").addEventListener("input", () => { write({ without: [...hidden()].join(" ") }); filter(); });
  }
  $("more")?.addEventListener("click", () => { state.every = true; filter(); });
  addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input")) return;
    event.preventDefault();
    $("text").focus();
  });

  // Order
  const order = all("#table th[data-key]");
  const sorted = () => {
    const [key, turn] = [state.sort, state.up ? 1 : -1];
    const value = (row) => (key === "lines" ? Number(row.dataset.lines) : key ? row.dataset[key] : 0);
    const listed = [...rows].sort((a, b) => {
      const [one, two] = [value(a), value(b)];
      return (one < two ? -turn : one > two ? turn : 0) || a.dataset.number - b.dataset.number;
    });
    rows[0]?.parentNode.append(...listed);
    for (const head of order) {
      if (head.dataset.key === key) head.setAttribute("aria-sort", state.up ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
  };
  for (const head of order) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const key = head.dataset.key;
      state.up = state.sort === key ? !state.up : key !== "lines";
      state.sort = key;
      write({ sort: (state.up ? "" : "-") + key });
      sorted();
      drawArrows();
    });
  }

  // Arrows between rows, beside the table where there is room for them.
  const arrows = $("arrows");
  const drawArrows = () => {
    if (!arrows) return;
    const ways = all("li[data-to]", $("table")).map((li) => [li.closest("tr"), $(`row-${li.dataset.to}`)]);
    const visible = ways.filter(([from, to]) => from !== to && from.offsetParent && to?.offsetParent);
    const room = innerWidth >= 900 && visible.length > 0;
    root.classList.toggle("arrows", room);
    arrows.toggleAttribute("hidden", !room);
    for (const old of all("path.way", arrows)) old.remove();
    if (!room) return;
    const top = arrows.getBoundingClientRect().top;
    const middle = (row) => { const box = row.getBoundingClientRect(); return box.top - top + Math.min(22, box.height / 2); };
    const most = Math.max(...visible.map(([from, to]) => Math.abs(middle(from) - middle(to))), 1);
    for (const [from, to] of visible) {
      const [y1, y2] = [middle(from), middle(to)];
      const reach = 18 + 70 * Math.abs(y2 - y1) / most;
      const way = svg("path", { class: "way", d: `M4 ${y1}C${reach} ${y1} ${reach} ${y2} 4 ${y2}`, "marker-end": "url(#head)" });
      way.ends = [from, to];
      arrows.append(way);
    }
  };
  $("table")?.addEventListener("pointerover", (event) => {
    const row = event.target.closest("tbody tr");
    for (const way of all("path.way", arrows)) way.classList.toggle("on", way.ends.includes(row));
  });

  // What is open: a card or a component, by its name in the address.
  const named = new Map([...blocks, ...cards].map((node) => [node.dataset.name, node]));
  const mark = (node) => {
    for (const old of all(".current")) old.classList.remove("current");
    root.classList.toggle("opened", Boolean(node));
    document.title = node ? `${node.dataset.name}: ${title}` : title;
    node?.classList.add("current");
  };
  const open = (node, push = true) => {
    node.hidden = false;
    node.open = true;
    mark(node);
    write({ open: node.dataset.name }, push);
    node.scrollIntoView({ block: "start", behavior: "instant" });
    node.querySelector("summary").focus({ preventScroll: true });
  };
  document.addEventListener("click", (event) => {
    const target = event.target.closest?.("a[href^='#']")?.getAttribute("href").slice(1);
    if (!target || !$(target)) return;
    event.preventDefault();
    open($(target));
  });
  for (const node of [...cards, ...blocks]) {
    node.querySelector("summary").addEventListener("click", () => {
      const opening = !node.open;
      if (opening) mark(node);
      else if (node.classList.contains("current")) mark(null);
      write({ open: opening ? node.dataset.name : "" });
    });
  }
  const route = () => {
    const params = read();
    $("text").value = params.get("q") ?? "";
    const off = new Set((params.get("without") ?? "").split(" "));
    for (const box of all("#answers input")) box.checked = !off.has(box.value);
    const sort = params.get("sort") ?? "";
    [state.sort, state.up] = [sort.replace("-", ""), !sort.startsWith("-")];
    if (sort) sorted();
    filter();
    const name = params.get("open");
    const node = name && named.get(name);
    if (node) open(node, false);
    else mark(null);
    if (name && !node) $("found").textContent = `Nothing in this report is called ${name}.`;
  };

  // The map: a squarified treemap (Bruls, Huizing and van Wijk, 2000). Modules stand inside their crate.
  const worst = (least, most, sum, side) => Math.max((side * side * most) / (sum * sum), (sum * sum) / (side * side * least));
  const squarify = (nodes, x, y, w, h, place) => {
    const items = nodes.filter((node) => node.total > 0).sort((a, b) => b.total - a.total);
    let left = items.reduce((sum, node) => sum + node.total, 0);
    for (let start = 0, end; start < items.length; start = end) {
      const scale = (w * h) / left;
      const side = Math.min(w, h);
      let sum = items[start].total;
      for (end = start + 1; end < items.length; end++) {
        const now = worst(items[end - 1].total * scale, items[start].total * scale, sum * scale, side);
        if (worst(items[end].total * scale, items[start].total * scale, (sum + items[end].total) * scale, side) > now) break;
        sum += items[end].total;
      }
      const thick = (end === items.length ? Math.max(w, h) : (sum * scale) / side) || 0;
      let at = 0;
      for (let n = start; n < end; n++) {
        const length = (side * items[n].total) / sum;
        if (w >= h) place(items[n], x, y + at, thick, length);
        else place(items[n], x + at, y, length, thick);
        at += length;
      }
      if (w >= h) { x += thick; w -= thick; } else { y += thick; h -= thick; }
      left -= sum;
    }
  };
  const map = $("map");
  let tiles = [];
  const drawMap = () => {
    if (!map) return;
    const box = $("map-box");
    const shown = blocks.filter((block) => !block.hidden && !block.dataset.support);
    box.hidden = !shown.length;
    const width = box.clientWidth;
    if (!width) return;
    const height = Math.round(Math.max(200, Math.min(560, width * (width < 600 ? 1.2 : 0.5), 160 + 14 * shown.length)));
    const nodes = new Map(shown.map((block) => [block.id, { block, total: Number(block.dataset.own), own: Number(block.dataset.own), inner: [] }]));
    const top = [];
    for (const node of nodes.values()) (nodes.get(`block-${node.block.dataset.parent}`)?.inner ?? top).push(node);
    for (const node of top) node.total += node.inner.reduce((sum, inner) => sum + inner.total, 0);
    tiles = [];
    const place = (node, x, y, w, h) => {
      if (!node.inner.length) { tiles.push({ block: node.block, x, y, w, h }); return; }
      squarify([{ ...node, total: node.own, inner: [] }, ...node.inner], x, y, w, h, place);
    };
    squarify(top, 0, 0, width, height, place);
    tiles.sort((a, b) => a.y - b.y || a.x - b.x);
    map.setAttribute("viewBox", `0 0 ${width} ${height}`);
    map.setAttribute("height", height);
    map.replaceChildren(...tiles.flatMap((tile, position) => {
      const { block, x, y, w, h } = tile;
      const said = `${block.dataset.name}: ${block.querySelector("summary small").textContent}`;
      tile.node = svg("rect", { class: block.dataset.shade, role: "button", tabindex: position ? -1 : 0, x, y, width: w, height: h,
        "aria-label": said, "data-tile": position }, svg("title", {}, said));
      const name = fit(block.dataset.short, w - 14);
      return h > 24 && name ? [tile.node, svg("text", { class: block.dataset.shade, x: x + 7, y: y + 18, "aria-hidden": "true" }, name)] : [tile.node];
    }));
  };
  const ruler = document.createElement("canvas").getContext("2d");
  ruler.font = `600 12px ${getComputedStyle(document.body).fontFamily}`;
  const fit = (name, room) => { // the end of a name is what tells it from others; no word is cut
    const parts = name.slice(0, 300).split(/(?=\/|::)/);
    while (parts.length) {
      const text = (parts.join("").length < name.length ? "\u2026" : "") + parts.join("");
      if (ruler.measureText(text).width <= room) return text;
      parts.shift();
    }
    const last = name.split(/\/|::/).at(-1);
    return ruler.measureText(last).width <= room ? last : "";
  };
  const towards = (from, key) => {
    const vertical = key === "ArrowUp" || key === "ArrowDown";
    const sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
    const [start, size, across, breadth] = vertical ? ["y", "h", "x", "w"] : ["x", "w", "y", "h"];
    const end = sign > 0 ? (tile) => tile[start] : (tile) => tile[start] + tile[size];
    const edge = sign > 0 ? from[start] + from[size] : from[start];
    const middle = from[across] + from[breadth] / 2;
    const off = (tile) => Math.max(0, tile[across] - middle, middle - tile[across] - tile[breadth]);
    const cost = (tile) => sign * (end(tile) - edge) + 3 * off(tile);
    return tiles.filter((tile) => tile !== from && sign * (end(tile) - edge) > -0.01)
      .reduce((best, tile) => (!best || cost(tile) < cost(best) ? tile : best), null);
  };
  const tileOf = (event) => tiles[event.target.closest?.("[data-tile]")?.dataset.tile];
  map?.parentNode.addEventListener("click", (event) => tileOf(event) && open(tileOf(event).block));
  map?.parentNode.addEventListener("keydown", (event) => {
    const tile = tileOf(event);
    if (!tile || event.ctrlKey || event.metaKey || event.altKey) return;
    const goal = { Home: tiles[0], End: tiles.at(-1) }[event.key] ?? (event.key.startsWith("Arrow") ? towards(tile, event.key) : null);
    if (event.key === "Enter" || event.key === " ") open(tile.block);
    else if (!event.key.startsWith("Arrow") && !goal) return;
    if (goal) {
      tile.node.setAttribute("tabindex", -1);
      goal.node.setAttribute("tabindex", 0);
      goal.node.focus();
    }
    event.preventDefault();
  });

  let wide = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== wide) { wide = innerWidth; drawMap(); drawArrows(); } });
  addEventListener("hashchange", route);
  addEventListener("popstate", route);
  document.addEventListener("toggle", drawArrows, true);
  route();
})();
