const LONGEST = 2000; /* characters of a line that are drawn, and around each place in a longer one */
const tip = document.getElementById("tip");

function filesView() {
  const counts = new Map(),
    speaking = new Map();
  const count = (map, path) => map.set(path, (map.get(path) || 0) + 1);
  for (const finding of data.findings) {
    count(counts, finding.path);
    for (const one of finding.evidence) count(speaking, one.path);
  }
  const hottest = (file) => file.hot.reduce((most, token) => Math.max(most, token[4]), 0);
  const rows = data.files
    .map((file) => ({
      file,
      count: counts.get(file.path) || 0,
      places: speaking.get(file.path) || 0,
      heat: hottest(file),
    }))
    .sort(
      (one, two) =>
        two.count - one.count ||
        two.places - one.places ||
        two.heat - one.heat ||
        (one.file.path < two.file.path ? -1 : 1),
    );
  const warm = rows.some((row) => row.heat > 0);
  const list = h("div");
  const { form } = filterForm([["text", "Path"]], draw);
  function draw({ text }) {
    const words = text.toLowerCase();
    const some = rows.filter((row) => row.file.path.toLowerCase().includes(words));
    const body = h("tbody");
    const table = h(
      "table",
      null,
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h("th", { scope: "col" }, "File"),
          h("th", { scope: "col", class: "number minor" }, "Lines"),
          h("th", { scope: "col", class: "number" }, "Findings"),
          h("th", { scope: "col", class: "number minor" }, "Places"),
          warm ? h("th", { scope: "col", class: "number" }, "Hottest token") : null,
        ),
      ),
      body,
    );
    list.replaceChildren(
      h("p", { class: "quiet", role: "status" }, plural(some.length, "file")),
      table,
      paged(some, 200, row, body),
    );
    table.append(body);
  }
  const row = ({ file, count, places, heat }) =>
    h(
      "tr",
      null,
      h("td", null, place(file.path)),
      h("td", { class: "number quiet minor" }, file.lines.toLocaleString("en")),
      h("td", { class: "number" }, count ? count.toLocaleString("en") : ""),
      h("td", { class: "number minor" }, places ? places.toLocaleString("en") : ""),
      warm ? h("td", { class: "number quiet" }, heat ? percent(heat) : "") : null,
    );
  draw({ text: "" });
  return {
    title: "Files",
    body: [
      h(
        "p",
        { class: "lead" },
        "Files by their findings, and by the places in them that speak for findings here or in other files" +
          (warm ? ", then by their hottest token: the one that a careful author would likeliest edit." : "."),
      ),
      form,
      list,
    ],
  };
}

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text();
}

function sourceView(path, line) {
  const file = data.files.find((one) => one.path === path);
  const own = data.findings.filter((finding) => finding.path === path);
  const about = file
    ? [plural(file.lines, "line"), file.language, own.length ? plural(own.length, "finding") : "no findings"]
        .filter(Boolean)
        .join(", ")
    : "";
  const body = [h("p", { class: "lead" }, about)];
  if (!file || !file.text) {
    const reason = file
      ? "Nothing to see in this file, so the report does not carry its source."
      : "The report does not know this file.";
    body.push(
      h("p", { class: "lead" }, reason),
      h(
        "ol",
        null,
        own.map((finding) => card(finding)),
      ),
    );
    return { title: path, code: true, body };
  }
  const holder = h("div", { class: "source" });
  body.push(heatLegend(file, holder), holder);
  return {
    title: path,
    code: true,
    body,
    ready: unpacked(file.text).then((text) => drawSource(holder, text, file, own, line)),
  };
}

function heatLegend(file, holder) {
  if (!file.hot.length) return null;
  let at = -1;
  const go = (step) => {
    const tokens = [...holder.querySelectorAll(".hot")];
    if (!tokens.length) return;
    at = (at + step + tokens.length) % tokens.length;
    tokens[at].focus();
    tokens[at].scrollIntoView({ block: "center" });
  };
  const legend = h(
    "div",
    { class: "legend" },
    h("span", null, "P(edit) from 0"),
    h("span", { class: "scale", "aria-hidden": "true" }),
    h("span", null, "to 100 %"),
    h("button", { type: "button", onclick: () => go(-1) }, "Previous hot token"),
    h("button", { type: "button", onclick: () => go(1) }, "Next hot token"),
  );
  return [h("p", { class: "lead" }, MEANING), legend];
}

function drawSource(holder, text, file, own, line) {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const at = (map, key, value) => map.set(key, [...(map.get(key) || []), value]);
  const marks = new Map(),
    cards = new Map(),
    speaks = new Map();
  for (const token of file.hot) for (let row = token[0]; row <= token[2]; row++) at(marks, row, token);
  for (const finding of own) at(cards, finding.line, finding);
  for (const finding of data.findings)
    for (const one of finding.evidence) if (one.path === file.path) at(speaks, one.line, [finding, one]);
  const rows = document.createDocumentFragment();
  lines.forEach((code, index) => {
    const row = index + 1;
    const notes = [
      ...(cards.get(row) || []).map((finding) => card(finding, { tag: "div", extra: "note", inSource: true })),
      ...(speaks.get(row) || []).map(([finding, one]) =>
        h(
          "div",
          { class: "note speaks" },
          said(one.message),
          ": ",
          place(finding.path, finding.line),
          " ",
          said(finding.message),
        ),
      ),
    ];
    const classes = ["line", notes.length ? "block" : "", row === line ? "here" : "", speaks.has(row) ? "site" : ""]
      .filter(Boolean)
      .join(" ");
    rows.append(
      h(
        "div",
        { class: classes, id: `L${row}` },
        h("span", { class: "n" }, row),
        h("span", { class: "code", "--hang": hang(code) }, coloured(code, row, marks.get(row) || [], cards.get(row) || [])),
        notes,
      ),
    );
  });
  holder.replaceChildren(rows);
  const target = line && holder.querySelector(`#L${line}`);
  if (target) target.scrollIntoView({ block: "center" });
}

/* A line with its hot tokens. Columns count code points, as Spotter's do. */
function coloured(code, row, tokens, findings) {
  const points = /[\ud800-\udfff]/.test(code) ? Array.from(code) : null;
  const length = points ? points.length : code.length;
  const slice = (start, end) => (points ? points.slice(start, end).join("") : code.slice(start, end));
  const parts = [];
  let at = 0;
  const gap = (end, last) => {
    const around = LONGEST / 2;
    if (end - at <= LONGEST) parts.push(shown(slice(at, end)));
    else
      parts.push(
        shown(slice(at, at + around)),
        h("span", { class: "quiet" }, ` … ${plural(end - at - (last ? 1 : 2) * around, "character")} … `),
        last ? "" : shown(slice(end - around, end)),
      );
    at = end;
  };
  for (const token of tokens) {
    const start = token[0] === row ? token[1] - 1 : 0;
    const end = Math.min(token[2] === row ? token[3] - 1 : length, length);
    if (start < at || end <= start) continue;
    if (start > at) gap(start, false);
    const named = findings.some((finding) => finding.column - 1 === start && finding.rule.startsWith("SP1"));
    parts.push(
      h(
        "span",
        {
          class: named ? "hot named" : "hot",
          tabindex: named ? "0" : "-1",
          "--p": token[4],
          "aria-describedby": "tip",
          onmouseenter: (event) => tell(event.target, token),
          onfocus: (event) => tell(event.target, token),
          onmouseleave: hush,
          onblur: hush,
        },
        end - start > LONGEST ? shown(slice(start, start + LONGEST) + "…") : shown(slice(start, end)),
      ),
    );
    at = end;
  }
  if (at < length) gap(length, true);
  return parts;
}

function tell(token, [, , , , p, alternatives]) {
  const edits = {
    replace: (text) => [h("code", null, shown(text)), " instead"],
    insert: (text) => [h("code", null, shown(text)), " before it"],
    delete: () => "nothing in its place",
  };
  const times = Math.round(p / BASE_RATE);
  tip.replaceChildren(
    h("div", null, `P(edit) ${percent(p)}, ${times.toLocaleString("en")} times the usual`),
    ...alternatives.map(([edit, text, share]) =>
      h("div", null, h("span", { class: "share" }, percent(share)), edits[edit](text)),
    ),
  );
  tip.hidden = false;
  const box = token.getClientRects()[0] || token.getBoundingClientRect();
  const left = Math.min(box.left, window.innerWidth - tip.offsetWidth - 12);
  const below = box.bottom + 6 + tip.offsetHeight < window.innerHeight;
  tip.style.left = `${Math.max(12, left) + window.scrollX}px`;
  tip.style.top = `${(below ? box.bottom + 6 : box.top - tip.offsetHeight - 6) + window.scrollY}px`;
}

function hush() {
  tip.hidden = true;
}
