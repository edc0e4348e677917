const SETTLED = 0.05;
const STEPS = [0, 14, 28, 42, 56, 70, 84, 98]; /* pixels between a node and its name */
const MARKS = { cause: "cause", suspicion: "suspicion", copy: "copies", function: "function with a site" };

function kindOf(node) {
  if (node.finding < 0) return "function";
  const finding = data.findings[node.finding];
  return finding.rule === "SP251" ? "copy" : finding.kind === "suspicion" ? "suspicion" : "cause";
}

function graphView() {
  const nodes = data.network.nodes;
  const rules = [...new Set(nodes.filter((node) => node.finding >= 0).map((node) => node.label))].sort();
  const folders = [...new Set(nodes.flatMap((node) => parents(node.path)))].sort();
  const canvas = h("canvas", { tabindex: "0", role: "img" });
  const picked = h(
    "div",
    { class: "picked", "aria-live": "polite" },
    h(
      "p",
      { class: "quiet" },
      "Point at a node to see what it is; click one to keep it. Drag to move, scroll to zoom.",
    ),
  );
  const table = h("div");
  const drawing = drawn(canvas, picked);
  const { form, values } = filterForm(
    [
      ["rule", "Rule", [["", "all rules"], ...rules.map((rule) => [rule, `${rule} ${data.rules[rule].name}`])]],
      ["folder", "Folder", [["", "all folders"], ...folders.map((folder) => [folder, folder])]],
    ],
    update,
  );
  function update({ rule, folder }) {
    const inside = (path) => !folder || path.startsWith(`${folder}/`);
    const findings = new Set(
      nodes.map((node, at) => at).filter((at) => nodes[at].finding >= 0 && (!rule || nodes[at].label === rule)),
    );
    const links = data.network.links.filter(
      (link) =>
        link.relation !== "calls" &&
        findings.has(link.source) &&
        (inside(nodes[link.source].path) || inside(nodes[link.target].path)),
    );
    const kept = new Set(links.flatMap((link) => [link.source, link.target]));
    const calls = data.network.links.filter(
      (link) => link.relation === "calls" && kept.has(link.source) && kept.has(link.target),
    );
    drawing.show(kept, [...links, ...calls]);
    const shownFindings = [...kept]
      .filter((at) => nodes[at].finding >= 0)
      .map((at) => data.findings[nodes[at].finding]);
    canvas.setAttribute(
      "aria-label",
      `${plural(shownFindings.length, "finding")} and ${plural(kept.size - shownFindings.length, "function")} ` +
        "with their sites; the list below says the same in words",
    );
    table.replaceChildren(
      h("h2", null, "The same as a list"),
      paged(
        shownFindings,
        50,
        (finding) =>
          h("li", null, place(finding.path, finding.line), " ", ruleName(finding), " ", said(finding.message)),
        h("ol", { class: "words" }),
      ),
    );
  }
  const legend = h(
    "div",
    { class: "legend" },
    Object.entries(MARKS).map(([kind, word]) => h("span", null, swatch(kind), word)),
    h("span", null, "line: one of its sites"),
    h("span", null, "pale line: a call"),
  );
  const zoom = h(
    "div",
    { class: "controls" },
    h("button", { type: "button", "aria-label": "Zoom in", onclick: () => drawing.zoom(1.3) }, "+"),
    h("button", { type: "button", "aria-label": "Zoom out", onclick: () => drawing.zoom(1 / 1.3) }, "−"),
    h("button", { type: "button", onclick: () => drawing.fit() }, "Fit"),
  );
  const lead =
    "Each finding with the functions in which it has its sites." +
    (data.network.left_out
      ? ` The strongest are drawn; ${plural(data.network.left_out, "finding")} more would not be told apart.`
      : "");
  return {
    title: "Graph",
    body: [h("p", { class: "lead" }, lead), form, legend, h("div", { class: "canvas" }, canvas, zoom), picked, table],
    ready: Promise.resolve().then(() => update(values())),
    left: drawing.stop,
  };
}

function parents(path) {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
}

function swatch(kind) {
  const mark = h("canvas", { "aria-hidden": "true" });
  mark.width = mark.height = 28;
  mark.style.width = mark.style.height = "14px";
  mark.style.verticalAlign = "-2px";
  mark.style.marginRight = "0.4rem";
  const pen = mark.getContext("2d");
  pen.scale(2, 2);
  drawMark(pen, kind, 7, 7, 5, colours());
  return mark;
}

function colours() {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(
    ["page", "text", "quiet", "rule", "accent"].map((name) => [name, style.getPropertyValue(`--${name}`).trim()]),
  );
}

function drawMark(pen, kind, x, y, size, colour) {
  pen.beginPath();
  if (kind === "suspicion") {
    pen.moveTo(x, y - size * 1.15);
    pen.lineTo(x + size * 1.1, y + size * 0.8);
    pen.lineTo(x - size * 1.1, y + size * 0.8);
    pen.closePath();
  } else if (kind === "copy") pen.rect(x - size * 0.85, y - size * 0.85, size * 1.7, size * 1.7);
  else pen.arc(x, y, size, 0, 7);
  pen.fillStyle = kind === "function" ? colour.page : colour.accent;
  pen.strokeStyle = kind === "function" ? colour.quiet : colour.page;
  pen.lineWidth = kind === "function" ? 1.5 : 1;
  pen.fill();
  pen.stroke();
}

function drawn(canvas, picked) {
  const all = data.network.nodes.map((node, at) => ({ ...node, at, kind: kindOf(node), degree: 0 }));
  const pen = canvas.getContext("2d");
  let nodes = [],
    links = [],
    view = { x: 0, y: 0, k: 1 },
    over = null,
    kept = null,
    moved = false,
    asked = 0,
    width = 0,
    height = 0;
  const simulation = d3
    .forceSimulation()
    .stop()
    .alphaDecay(0.035)
    .force("charge", d3.forceManyBody().strength(-60).distanceMax(400).theta(1))
    .force("x", d3.forceX().strength(0.08))
    .force("y", d3.forceY().strength(0.08))
    .force(
      "apart",
      d3.forceCollide((node) => radius(node) + 3),
    )
    .on("tick", () => {
      if (!moved) frame();
      ask();
    });

  const radius = (node) => (node.finding < 0 ? 3.5 : 4.5 + Math.sqrt(node.degree));
  function show(names, edges) {
    for (const node of all) node.degree = 0;
    nodes = all.filter((node) => names.has(node.at));
    links = edges.map((edge) => ({ source: all[edge.source], target: all[edge.target], relation: edge.relation }));
    for (const link of links)
      if (link.relation !== "calls") {
        link.source.degree++;
        link.target.degree++;
      }
    const force = d3
      .forceLink(links.filter((link) => link.relation !== "calls"))
      .distance((link) => 22 + radius(link.source))
      .strength(0.6);
    over = kept = null;
    moved = false;
    simulation.nodes(nodes).force("link", force).alpha(1).restart();
  }
  function size() {
    const scale = window.devicePixelRatio || 1;
    width = canvas.clientWidth;
    height = canvas.clientHeight;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    pen.setTransform(scale, 0, 0, scale, 0, 0);
  }
  function frame() {
    if (!nodes.length) return;
    const [left, right] = ends(nodes.map((node) => node.x)),
      [top, bottom] = ends(nodes.map((node) => node.y));
    const k = Math.min(
      2,
      (0.92 * canvas.clientWidth) / (right - left + 60),
      (0.92 * canvas.clientHeight) / (bottom - top + 60),
    );
    view = {
      k,
      x: canvas.clientWidth / 2 - (k * (left + right)) / 2,
      y: canvas.clientHeight / 2 - (k * (top + bottom)) / 2,
    };
  }
  const ends = (values) => [Math.min(...values), Math.max(...values)];
  function ask() {
    if (!asked)
      asked = requestAnimationFrame(() => {
        asked = 0;
        paint();
      });
  }
  function paint() {
    size();
    const colour = colours(),
      focus = over || kept;
    const near = new Set(
      focus
        ? [
            focus,
            ...links
              .filter((link) => link.source === focus || link.target === focus)
              .flatMap((link) => [link.source, link.target]),
          ]
        : [],
    );
    pen.clearRect(0, 0, width, height);
    pen.translate(view.x, view.y);
    pen.scale(view.k, view.k);
    for (const calls of [true, false]) {
      pen.beginPath();
      for (const link of links) {
        if ((link.relation === "calls") !== calls) continue;
        pen.moveTo(link.source.x, link.source.y);
        pen.lineTo(link.target.x, link.target.y);
      }
      pen.strokeStyle = calls ? colour.rule : colour.quiet;
      pen.globalAlpha = focus ? 0.25 : calls ? 0.8 : 0.55;
      pen.lineWidth = (calls ? 0.6 : 1) / Math.max(0.6, view.k);
      pen.stroke();
    }
    pen.globalAlpha = 1;
    if (focus) {
      pen.beginPath();
      for (const link of links)
        if (link.source === focus || link.target === focus) {
          pen.moveTo(link.source.x, link.source.y);
          pen.lineTo(link.target.x, link.target.y);
        }
      pen.strokeStyle = colour.accent;
      pen.lineWidth = 1.4 / Math.max(0.6, view.k);
      pen.stroke();
    }
    marks(focus, near, colour);
    names(focus, near, colour);
  }
  /* Functions in one stroke, since most nodes are functions, then the findings over them. */
  function marks(focus, near, colour) {
    for (const bright of focus ? [false, true] : [true]) {
      pen.globalAlpha = bright ? 1 : 0.3;
      const some = focus ? nodes.filter((node) => near.has(node) === bright) : nodes;
      pen.beginPath();
      for (const node of some) {
        if (node.finding >= 0) continue;
        pen.moveTo(node.x + radius(node), node.y);
        pen.arc(node.x, node.y, radius(node), 0, 7);
      }
      pen.fillStyle = colour.page;
      pen.strokeStyle = colour.quiet;
      pen.lineWidth = 1.5;
      pen.fill();
      pen.stroke();
      for (const node of some) if (node.finding >= 0) drawMark(pen, node.kind, node.x, node.y, radius(node), colour);
    }
    pen.globalAlpha = 1;
  }
  /* Each name as near its node as it covers no node and no name, with a line to it from afar; none where there is no
     such place or the name is long, which the list has in full, and none while the nodes still move. */
  function names(focus, near, colour) {
    if (!focus && simulation.alpha() > SETTLED) return;
    pen.setTransform(window.devicePixelRatio || 1, 0, 0, window.devicePixelRatio || 1, 0, 0);
    pen.font = "12px system-ui, sans-serif";
    pen.textBaseline = "middle";
    const taken = [];
    const points = nodes.map((node) => [
      node.x * view.k + view.x,
      node.y * view.k + view.y,
      1.15 * radius(node) * view.k + 2,
      node.finding >= 0,
    ]);
    const covers = ([left, y, wide]) =>
      points.some(([x, high, reach]) => x > left - reach && x < left + wide + reach && Math.abs(high - y) < 6 + reach);
    /* Whether the line from a node to its name, which is level or upright, goes through another finding. */
    const through = (x, y, [, , , right, low]) =>
      points.some(
        ([at, high, reach, finding]) =>
          finding &&
          (at !== x || high !== y) &&
          at > Math.min(x, right) - reach &&
          at < Math.max(x, right) + reach &&
          high > Math.min(y, low) - reach &&
          high < Math.max(y, low) + reach,
      );
    const free = ([left, y, wide]) =>
      left > 2 &&
      left + wide < width - 2 &&
      y > 9 &&
      y < height - 9 &&
      taken.every((box) => left > box[0] + box[2] + 8 || box[0] > left + wide + 8 || Math.abs(y - box[1]) > 15);
    const wanted = focus
      ? [focus, ...near]
      : nodes
          .filter((node) => node.finding >= 0 && node.degree > 2)
          .sort((one, two) => two.degree - one.degree)
          .slice(0, 40);
    for (const node of new Set(wanted)) {
      const label = nameOf(node);
      const [x, y] = [node.x * view.k + view.x, node.y * view.k + view.y];
      const reach = 1.15 * radius(node) * view.k + 5,
        wide = pen.measureText(label).width;
      if (wide > width / 2) continue;
      const most = 14 + 8 * Math.sqrt(node.degree); /* its functions stand around it in a ring */
      const boxes = STEPS.filter((step) => step <= most).flatMap((far) => [
        [x + reach + far, y, wide, x + reach + far - 3, y],
        [x - reach - far - wide, y, wide, x - reach - far + 3, y],
        [x - wide / 2, y + reach + far + 6, wide, x, y + reach + far - 3],
        [x - wide / 2, y - reach - far - 6, wide, x, y - reach - far + 3],
      ]).filter(free);
      const best = boxes.find((box) => !covers(box) && !through(x, y, box)) || (node === focus && boxes[0]);
      if (!best) continue;
      const [left, high, , ...end] = best;
      taken.push(best);
      if (Math.hypot(end[0] - x, end[1] - y) > reach + 3) {
        pen.beginPath();
        pen.moveTo(x, y);
        pen.lineTo(...end);
        pen.lineWidth = 1;
        pen.strokeStyle = colour.accent;
        pen.stroke();
      }
      pen.lineWidth = 4;
      pen.strokeStyle = colour.page;
      pen.strokeText(label, left, high);
      pen.fillStyle = node === focus ? colour.accent : colour.text;
      pen.fillText(label, left, high);
    }
  }
  function nameOf(node) {
    if (node.finding < 0) return node.label.replace(HIDDEN, "\ufffd");
    return (data.findings[node.finding].message.match(/`([^`]+)`/) || [, node.label])[1].replace(HIDDEN, "\ufffd");
  }
  function at(event) {
    const box = canvas.getBoundingClientRect();
    const x = (event.clientX - box.left - view.x) / view.k,
      y = (event.clientY - box.top - view.y) / view.k;
    let best = null,
      least = Infinity;
    for (const node of nodes) {
      const distance = Math.hypot(node.x - x, node.y - y) - radius(node);
      if (distance < least) {
        best = node;
        least = distance;
      }
    }
    return least * view.k < 10 ? best : null;
  }
  function tellAbout(node) {
    if (!node) return;
    picked.replaceChildren(
      node.finding < 0
        ? h(
            "p",
            null,
            place(node.path, node.line),
            " ",
            h("code", null, shown(node.label)),
            " ",
            h("span", { class: "quiet" }, plural(node.degree, "finding")),
          )
        : card(data.findings[node.finding], { tag: "div" }),
    );
  }
  function zoom(by, x = width / 2, y = height / 2) {
    const k = Math.min(8, Math.max(0.05, view.k * by));
    view = { k, x: x - ((x - view.x) * k) / view.k, y: y - ((y - view.y) * k) / view.k };
    moved = true;
    ask();
  }
  let drag = null;
  canvas.addEventListener("pointerdown", (event) => {
    drag = { x: event.clientX, y: event.clientY, far: 0 };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (drag) {
      const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
      drag = { x: event.clientX, y: event.clientY, far: drag.far + Math.abs(dx) + Math.abs(dy) };
      if (drag.far > 4) {
        view = { ...view, x: view.x + dx, y: view.y + dy };
        moved = true;
        ask();
      }
      return;
    }
    const node = at(event);
    if (node !== over) {
      over = node;
      if (!kept) tellAbout(node);
      ask();
    }
  });
  canvas.addEventListener("pointerup", (event) => {
    if (drag && drag.far <= 4) {
      kept = at(event);
      tellAbout(kept);
      ask();
    }
    drag = null;
  });
  canvas.addEventListener("pointerleave", () => {
    over = null;
    ask();
  });
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const box = canvas.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
    },
    { passive: false },
  );
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] };
    if (event.key === "+" || event.key === "-") zoom(event.key === "+" ? 1.3 : 1 / 1.3);
    else if (moves[event.key]) {
      view = { ...view, x: view.x + moves[event.key][0], y: view.y + moves[event.key][1] };
      moved = true;
      ask();
    } else return;
    event.preventDefault();
  });
  const resized = new ResizeObserver(() => {
    if (!moved) frame();
    ask();
  });
  resized.observe(canvas);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", ask);
  return {
    show,
    zoom,
    fit: () => {
      moved = false;
      frame();
      ask();
    },
    stop: () => {
      simulation.stop();
      resized.disconnect();
    },
  };
}
