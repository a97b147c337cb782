"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const all = data.components;
  const ANSWERS = ["move", "split", "stay", "unclear"];
  const LANGUAGES = { go: "Go", rust: "Rust" };
  const FIRST_ROWS = 100; // rows of the table, and places under a rule, that are built before anyone asks for more
  const STEP = 500;
  const $ = (id) => document.getElementById(id);
  const query = (text) => matchMedia(text);
  const number = (value) => value.toLocaleString("en");
  const signed = (value) => (value < 0 ? "\u2212" : "+") + Math.abs(value).toFixed(2);
  const percent = (value) => Math.round(value * 100) + "%";
  const plural = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;

  // Elements. Text goes in as text only; nothing here ever parses markup from the report.
  const fill = (node, attributes, children) => {
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };
  const el = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);
  const svg = (tag, attributes = {}, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
  const broken = (name) => name.split(/(?<=\/|::)/).flatMap((part) => [part, el("wbr")]); // lines may end after a slash
  const told = (pieces) => pieces.flatMap((piece) => {
    if (typeof piece === "string") return [piece];
    const code = el("code", {}, ...broken(piece[0]));
    const url = piece.length > 1 && data.paths[piece[1]][1];
    const name = url ? el("a", { href: url + data.mark + piece[2], rel: "noreferrer" }, code) : code;
    return piece[3] ? [name, el("code", { class: "line" }, piece[3])] : [name];
  });

  const findings = new Map(); // component, or -1 for none -> its findings, the weightiest first
  for (const row of data.findings) {
    if (!findings.has(row[0])) findings.set(row[0], []);
    findings.get(row[0]).push(row);
  }
  all.forEach((component, index) => {
    component.index = index;
    component.places = findings.get(index)?.length ?? 0;
    component.search = component.name.toLowerCase();
  });
  const byName = new Map(all.map((component) => [component.name, component]));

  // Colour: lean picks it between Go and Rust, confidence says how far it stands out from the ground.
  const SCALES = {
    light: { ground: [250, 249, 246], middle: [214, 208, 198], go: [0, 102, 168], rust: [201, 82, 12] },
    dark: { ground: [20, 21, 24], middle: [96, 98, 104], go: [78, 176, 236], rust: [248, 148, 88] },
  };
  const dark = query("screen and (prefers-color-scheme: dark)");
  const mix = (from, to, share) => from.map((value, n) => value + (to[n] - value) * share);
  const hex = (rgb) => "#" + rgb.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("");
  const colour = (lean, sure) => {
    const scale = SCALES[dark.matches ? "dark" : "light"];
    const pure = mix(scale.middle, lean < 0 ? scale.go : scale.rust, Math.min(1, Math.abs(lean)));
    return mix(scale.ground, pure, 0.2 + 0.8 * Math.min(1, Math.max(0, (sure - 0.4) / 0.5)));
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  // Black or white: at least one of the two has a contrast of 4.58 on any colour.
  const inkOn = (rgb) => ((luminance(rgb) + 0.05) ** 2 > 0.05 * 1.05 ? "#000000" : "#ffffff");

  // Filters
  const filters = $("filters");
  const state = { sort: "answer", up: true, rows: FIRST_ROWS, passing: all, focus: 0 };
  const values = {
    answer: (c) => ANSWERS.indexOf(c.answer), name: (c) => c.name, lines: (c) => c.lines,
    language: (c) => c.language, lean: (c) => c.lean, sure: (c) => c.sure, places: (c) => c.places,
  };
  const filtered = () => {
    const answers = new Set([...filters.querySelectorAll("[name=answer]:checked")].map((box) => box.value));
    const language = $("language").value;
    const text = $("text").value.trim().toLowerCase();
    const least = Number($("lines").value) || 0;
    const rest = all.filter((c) =>
      (!language || c.language === language) && c.lines >= least && c.search.includes(text));
    return { rest, passing: rest.filter((c) => answers.has(c.answer)) };
  };
  const update = () => {
    const { rest, passing } = filtered();
    state.passing = passing;
    state.rows = FIRST_ROWS;
    for (const answer of ANSWERS) {
      filters.querySelector(`[data-count=${answer}]`).textContent = number(rest.filter((c) => c.answer === answer).length);
    }
    const lines = (rows) => rows.reduce((sum, c) => sum + c.own, 0);
    const blank = passing.filter((c) => !c.own).length;
    $("status").textContent =
      `Showing ${number(passing.length)} of ${plural(all.length, "component")}, ` +
      `${number(lines(passing))} of ${plural(lines(all), "line")} of code.` +
      (blank ? ` ${number(blank)} without lines of their own: in the table only.` : "");
    drawMap();
    drawTable();
  };

  // Map: a squarified treemap. Components that are judged apart inside another one stand inside its rectangle.
  const map = $("map");
  const defs = map.querySelector("defs");
  const tree = (passing) => {
    const inside = new Map(passing.map((c) => [c.index, { total: c.own, leaf: c, inner: [] }]));
    const top = [];
    const roof = (c) => {
      let at = c.parent;
      while (at >= 0 && !inside.has(at)) at = all[at].parent;
      return at;
    };
    for (const c of passing) {
      const above = roof(c);
      (above < 0 ? top : inside.get(above).inner).push(inside.get(c.index));
    }
    const add = (node) => {
      for (const child of node.inner) node.total += add(child);
      return node.total;
    };
    top.forEach(add);
    return top;
  };
  const worst = (least, most, sum, side) => Math.max((side * side * most) / (sum * sum), (sum * sum) / (side * side * least));
  const squarify = (nodes, x, y, w, h, place) => {
    const items = nodes.filter((node) => node.total > 0).sort((a, b) => b.total - a.total || a.leaf.index - b.leaf.index);
    let left = items.reduce((sum, node) => sum + node.total, 0);
    for (let start = 0, end; start < items.length; start = end) {
      const scale = (w * h) / left;
      const side = Math.min(w, h);
      const most = items[start].total * scale;
      let sum = items[start].total;
      for (end = start + 1; end < items.length; end++) {
        const next = items[end].total;
        const now = worst(items[end - 1].total * scale, most, sum * scale, side);
        if (worst(next * scale, most, (sum + next) * scale, side) > now) break;
        sum += next;
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
  let tiles = []; // {c, x, y, w, h, node}, in reading order
  const layout = (nodes, width, height) => {
    const found = [];
    const groups = [];
    const place = (node, x, y, w, h) => {
      if (!node.inner.length) return found.push({ c: node.leaf, x, y, w, h });
      groups.push([x, y, w, h]);
      squarify([{ total: node.leaf.own, leaf: node.leaf, inner: [] }, ...node.inner], x, y, w, h, place);
    };
    squarify(nodes, 0, 0, width, height, place);
    return { found, groups };
  };
  const outline = (boxes, inset = 0) => boxes.map(([x, y, w, h]) =>
    `M${x + inset} ${y + inset}h${w - 2 * inset}v${h - 2 * inset}h${2 * inset - w}z`).join("");
  const describe = (c) => `${c.name}: ${c.answer}, lean ${signed(c.lean)}, ${percent(c.sure)} sure, ` +
    (c.parts ? `${number(c.own)} of its ${plural(c.lines, "line")}, the rest in ${plural(c.parts, "part")} judged apart`
      : plural(c.lines, "line"));
  const drawMap = () => {
    const width = $("map-box").clientWidth;
    if (!width) return;
    // As high as the window allows, and lower where few tiles would only be large.
    const height = Math.round(Math.max(240, Math.min(640, width * (width < 600 ? 1.3 : 0.52), innerHeight * 0.68, 220 + 16 * state.passing.length)));
    const { found, groups } = layout(tree(state.passing), width, height);
    tiles = found.sort((a, b) => a.c.index - b.c.index);
    $("nothing").hidden = tiles.length > 0;
    map.setAttribute("viewBox", `0 0 ${width} ${height}`);
    map.setAttribute("height", height);
    const rects = [];
    const labels = [];
    for (const [position, tile] of tiles.entries()) {
      const { c, x, y, w, h } = tile;
      const rgb = colour(c.lean, c.sure);
      tile.node = svg("rect", {
        class: "tile", role: "button", tabindex: -1, "aria-haspopup": "dialog", "aria-label": describe(c),
        "data-tile": position, x, y, width: w, height: h, fill: hex(rgb), "stroke-width": Math.min(1.5, w / 8, h / 8),
      });
      rects.push(tile.node);
      labels.push(...label(tile, rgb));
    }
    const boxes = (test) => tiles.filter((t) => test(t.c)).map((t) => [t.x, t.y, t.w, t.h]);
    const acting = boxes((c) => c.answer === "move" || c.answer === "split").filter(([, , w, h]) => w > 10 && h > 10);
    const path = (name, d) => svg("path", { class: name, d, "aria-hidden": "true" });
    map.replaceChildren(defs, ...rects, path("unsure", outline(boxes((c) => c.answer === "unclear"))),
      path("groups", outline(groups)), path("acts", outline(acting, 2.5)),
      ...labels, path("ring outer", ""), path("ring", ""));
    const again = tiles.find((tile) => tile.c.index === state.focus) ?? tiles[0];
    again?.node.setAttribute("tabindex", 0);
  };
  const ruler = document.createElement("canvas").getContext("2d");
  const family = getComputedStyle(document.body).fontFamily;
  const label = ({ c, x, y, w, h }, rgb) => {
    const size = Math.max(11, Math.min(18, Math.sqrt(w * h) / 12));
    if (w < 40 || h < size * 1.7) return [];
    const style = { fill: inkOn(rgb), stroke: hex(rgb), "aria-hidden": "true" };
    ruler.font = `600 ${size}px ${family}`;
    const text = fit(c.short, w - 15);
    if (!text) return [];
    const lines = [svg("text", { ...style, class: "name", x: x + 8, y: y + size + 6, "font-size": size }, text)];
    const small = Math.max(11, size * 0.75);
    const said = `${c.answer} \u00b7 ${number(c.own)}`;
    ruler.font = `${small}px ${family}`;
    if (h > size * 1.7 + small * 1.6 && ruler.measureText(said).width < w - 12) {
      lines.push(svg("text", { ...style, x: x + 8, y: y + size + small * 1.45 + 6, "font-size": small }, said));
    }
    return lines;
  };
  const fit = (name, room) => {
    const fits = (text) => ruler.measureText(text).width <= room;
    if (fits(name)) return name;
    const parts = name.slice(0, 300).split(/(?=\/|::)/);
    while (parts.shift() && parts.length) {
      const tail = "\u2026" + parts.join("");
      if (fits(tail) && tail !== "\u2026/...") return tail;
    }
    name = name.replace(/\/\.\.\.$/, "").split(/\/|::/).at(-1);
    if (fits(name)) return name;
    let end = Math.min(name.length, 60);
    while (end > 2 && !fits(name.slice(0, end) + "\u2026")) end--;
    return end > 2 ? name.slice(0, end) + "\u2026" : "";
  };
  const tileOf = (event) => tiles[event.target.dataset?.tile];
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
  const point = (tile, event) => {
    const tip = $("tip");
    const rings = map.querySelectorAll(".ring");
    tip.hidden = !tile;
    for (const ring of rings) ring.setAttribute("d", tile ? outline([[tile.x, tile.y, tile.w, tile.h]], 2) : "");
    if (!tile) return;
    const { c } = tile;
    tip.replaceChildren(el("b", {}, c.name), describe(c).slice(c.name.length + 2));
    const edge = tile.node.getBoundingClientRect();
    const [x, y] = event ? [event.clientX + 14, event.clientY + 16] : [edge.left + 8, edge.bottom + 8];
    tip.style.left = Math.max(8, Math.min(x, innerWidth - tip.offsetWidth - 8)) + "px";
    tip.style.top = Math.max(8, y + tip.offsetHeight > innerHeight - 8 ? y - tip.offsetHeight - 28 : y) + "px";
  };
  // On the box, not the svg: an svg with listeners for focus would become a tab stop of its own.
  const box = $("map-box");
  box.addEventListener("pointermove", (event) => event.pointerType === "mouse" && point(tileOf(event), event));
  box.addEventListener("pointerleave", () => point(null));
  box.addEventListener("focusin", (event) => {
    const tile = tileOf(event);
    if (!tile) return;
    map.querySelector("[tabindex='0']")?.setAttribute("tabindex", -1);
    tile.node.setAttribute("tabindex", 0);
    state.focus = tile.c.index;
    if (tile.node.matches(":focus-visible")) point(tile);
  });
  box.addEventListener("focusout", () => point(null));
  box.addEventListener("click", (event) => tileOf(event) && open(tileOf(event).c));
  box.addEventListener("keydown", (event) => {
    const tile = tileOf(event);
    if (!tile || event.ctrlKey || event.metaKey || event.altKey) return;
    const goal = { Home: tiles[0], End: tiles.at(-1) }[event.key] ?? (event.key.startsWith("Arrow") ? towards(tile, event.key) : null);
    if (goal) goal.node.focus();
    else if (event.key === "Enter" || event.key === " ") open(tile.c);
    else if (event.key === "Escape") point(null);
    else if (!event.key.startsWith("Arrow")) return;
    event.preventDefault();
  });

  // Legend: lean from left to right, confidence from top to bottom, with what the pattern and the frame mean.
  const drawLegend = () => {
    const [w, h] = [14, 8];
    const cells = [0.95, 0.7, 0.5].flatMap((sure, row) => Array.from({ length: 11 }, (_, column) =>
      svg("rect", { x: column * w, y: row * h, width: w, height: h, fill: hex(colour(column / 5 - 1, sure)) })));
    const item = (...children) => el("span", {}, ...children);
    const scale = svg("svg", { width: 11 * w, height: 3 * h, role: "img", "aria-label":
      "Colour runs from blue for Go to orange for Rust; the fainter, the less sure. Hatched is unclear, framed is move or split." }, ...cells);
    const swatch = svg("svg", { width: 18, height: 18, "aria-hidden": "true" },
      svg("rect", { width: 18, height: 18, fill: hex(colour(0, 0.6)) }), svg("rect", { width: 18, height: 18, fill: "url(#hatch)" }));
    const frame = svg("svg", { width: 18, height: 18, "aria-hidden": "true" }, svg("rect", {
      x: 1, y: 1, width: 16, height: 16, fill: hex(colour(0.6, 0.8)), stroke: "currentColor", "stroke-width": 2 }));
    $("legend").replaceChildren(item("Go", scale, "Rust, fainter is less sure"), item(swatch, "unclear"), item(frame, "move or split"));
  };

  // Table
  const meter = (lean) => {
    const half = 26;
    const bar = Math.abs(lean) * half;
    return svg("svg", { class: "meter", width: 2 * half, height: 10, "aria-hidden": "true" },
      svg("rect", { x: 0, y: 4, width: 2 * half, height: 2, rx: 1, fill: "currentColor", opacity: 0.14 }),
      svg("rect", { x: lean < 0 ? half - bar : half, y: 1, width: bar, height: 8, rx: 1.5, fill: hex(colour(Math.sign(lean), 1)) }),
      svg("rect", { x: half - 0.5, y: 0, width: 1, height: 10, fill: "currentColor", opacity: 0.5 }));
  };
  const cell = (name, ...children) => el("td", name ? { class: name } : {}, ...children);
  const address = (c) => "#" + encodeURIComponent(c.name);
  const title = (c) => {
    const cut = c.name.endsWith(c.short) ? c.name.length - c.short.length : 0;
    return [...(cut ? [el("span", {}, c.name.slice(0, cut))] : []), c.name.slice(cut)];
  };
  const row = (c) => el("tr", {},
    cell("", el("span", { class: "badge " + c.answer }, c.answer)),
    el("th", { scope: "row" }, el("a", { href: address(c), "aria-haspopup": "dialog" }, ...title(c))),
    cell("number", number(c.lines)), cell("roomy", LANGUAGES[c.language]),
    cell("number", meter(c.lean), signed(c.lean)), cell("number", percent(c.sure)),
    cell("number roomy", number(c.places)));
  const ordered = () => {
    const value = values[state.sort];
    const turn = state.up ? 1 : -1;
    return [...state.passing].sort((a, b) => {
      const [one, two] = [value(a), value(b)];
      return (one < two ? -turn : one > two ? turn : 0) || a.index - b.index;
    });
  };
  const drawTable = () => {
    const rows = ordered();
    $("rows").replaceChildren(...rows.slice(0, state.rows).map(row));
    for (const head of document.querySelectorAll("#table th[data-key]")) {
      if (head.dataset.key === state.sort) head.setAttribute("aria-sort", state.up ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    }
    const left = rows.length - state.rows;
    $("more").hidden = left <= 0;
    $("more").textContent = `Show ${number(Math.min(STEP, left))} more of ${number(left)}`;
  };
  $("more").addEventListener("click", () => {
    const first = $("rows").childElementCount;
    state.rows += STEP;
    drawTable();
    $("rows").children[first]?.querySelector("a").focus(); // the button may be gone, or far away
  });
  $("table").tHead.addEventListener("click", (event) => {
    const key = event.target.closest("th")?.dataset.key;
    if (!key || !event.target.closest("button")) return;
    state.up = key === state.sort ? !state.up : ["answer", "name", "language"].includes(key);
    state.sort = key;
    drawTable();
  });

  // The page of a verdict
  const dialog = $("verdict");
  let opener = null;
  const grown = (list, rows, build) => { // a list that is built in steps
    const more = el("button", { type: "button" });
    const grow = () => {
      const from = list.childElementCount;
      list.append(...rows.slice(from, from + FIRST_ROWS).map(build));
      const left = rows.length - list.childElementCount;
      more.textContent = `Show ${number(Math.min(FIRST_ROWS, left))} of ${number(left)} more`;
      more.hidden = left <= 0;
      return list.children[from];
    };
    more.addEventListener("click", () => fill(grow(), { tabindex: -1 }, []).focus());
    grow();
    return [list, el("p", { class: "more" }, more)];
  };
  const place = ([, , path, line, inside, message, code]) => el("li", {},
    ...told([[`${data.paths[path][0]}:${line}`, path, line]]), inside ? " in " : "", ...(inside ? told([[inside]]) : []),
    ...(code ? [el("code", { class: "line" }, code)] : []), el("small", {}, message));
  const byRule = (rows, opened) => {
    const groups = new Map();
    for (const found of rows) {
      if (!groups.has(found[1])) groups.set(found[1], []);
      groups.get(found[1]).push(found);
    }
    return [...groups].map(([id, places]) => {
      const rule = data.rules[id];
      const block = el("details", {}, el("summary", {}, ...told(rule.title), el("b", {}, number(places.length)),
        el("small", {}, `${rule.id}: ${rule.weight}, speaks for ${LANGUAGES[rule.suits]}`)));
      block.addEventListener("toggle", () => {
        if (!block.open || block.childElementCount > 1) return;
        block.append(el("p", { class: "why" }, ...told(rule.why)), ...grown(el("ul", { class: "places" }), places, place));
      });
      block.open = opened;
      return block;
    });
  };
  const fact = (name, value, note) => el("div", {}, el("dt", {}, name), el("dd", {}, value, ...(note ? [el("small", {}, note)] : [])));
  const page = (c) => {
    const close = el("button", { type: "button", class: "close" }, "Close");
    close.addEventListener("click", () => dialog.close());
    const rows = findings.get(c.index) ?? [];
    return [
      el("div", { class: "head" }, el("span", { class: "badge " + c.answer }, c.answer),
        el("h2", { id: "verdict-title", tabindex: -1 }, ...broken(c.name)), close),
      el("p", { class: "sentence" }, ...told(c.sentence)),
      el("dl", { class: "facts" }, fact("Written in", LANGUAGES[c.language]),
        fact("Lines of code", number(c.lines), c.parts ? `of these ${number(c.own)} outside of ${plural(c.parts, "part")} judged apart` : ""),
        fact("Lean", signed(c.lean), "\u22121 Go, +1 Rust"), fact("Sure", percent(c.sure), "expected to be right")),
      ...c.sections.map(([name, suits, items]) => el("section", suits ? { class: "side " + suits } : {},
        el("h3", {}, name), el("ul", {}, ...items.map((item) => el("li", {}, ...told(item)))))),
      ...(rows.length ? [el("section", {}, el("h3", {}, "Findings"), ...byRule(rows, rows.length <= 10))] : []),
    ];
  };
  const open = (c) => {
    opener = document.activeElement;
    if (location.hash === address(c)) route();
    else location.hash = address(c);
  };
  const route = () => {
    let name = "";
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { name = location.hash.slice(1); }
    const component = byName.get(name);
    if (!component) {
      if (dialog.open) dialog.close();
      if (name) $("status").textContent = `There is no component ${name} in this report.`;
      return;
    }
    point(null);
    dialog.replaceChildren(...page(component));
    dialog.scrollTop = 0;
    if (!dialog.open) dialog.showModal();
    $("verdict-title").focus();
  };
  dialog.addEventListener("close", () => {
    dialog.replaceChildren();
    if (location.hash) history.pushState(null, "", location.href.split("#")[0]);
    (opener?.isConnected ? opener : map.querySelector("[tabindex='0']"))?.focus();
    opener = null;
  });
  dialog.addEventListener("click", (event) => event.target === dialog && event.offsetX < 0 && dialog.close());
  document.addEventListener("click", (event) => { const link = event.target.closest?.("#rows a"); if (link) opener = link; });

  // Paper shows what readers without JavaScript see: the table first, then the pages.
  const paper = $("paper");
  const spread = () => {
    if (paper.childElementCount) return;
    paper.innerHTML = $("plain").textContent; // markup of the template, in which every name is escaped
    for (const tail of document.querySelectorAll("details.tail:not([hidden], [open])")) fill(tail, { open: "", "data-paper": "" }, []);
  };
  const fold = () => {
    paper.replaceChildren();
    for (const tail of document.querySelectorAll("[data-paper]")) { tail.open = false; tail.removeAttribute("data-paper"); }
  };
  addEventListener("beforeprint", spread);
  addEventListener("afterprint", fold);
  query("print").addEventListener("change", (event) => (event.matches ? spread() : fold()));

  if (all.length) {
    $("app").hidden = false;
    filters.addEventListener("input", update);
    filters.addEventListener("reset", () => setTimeout(update));
    filters.addEventListener("submit", (event) => event.preventDefault());
    new ResizeObserver(() => box.clientWidth !== map.viewBox.baseVal.width && drawMap()).observe(box);
    dark.addEventListener("change", () => { drawLegend(); drawMap(); drawTable(); });
    addEventListener("hashchange", route);
    drawLegend();
    update();
  }
  const strays = findings.get(-1) ?? [];
  $("strays").hidden = !strays.length;
  $("strays").append(...byRule(strays, false));
  if (all.length) route();
})();
