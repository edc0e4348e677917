const CAUSES = ["SP201", "SP211", "SP221", "SP231", "SP241"];
const FIRST = 5;
const ORIGINS = 12;

function overview() {
  const body = [h("p", { class: "lead" }, [data.extent + " checked", ...data.held].join("; ") + ".")];
  if (data.findings.length) body.push(toFixFirst(), nextOnes());
  body.push(causes(), rules(), unmeasured());
  body.push(data.notes.map((note) => h("p", { class: "lead" }, said(note))));
  return { title: data.title, body };
}

function toFixFirst() {
  return [h("h2", null, "What to fix first"), card(data.findings[0], { tag: "div", extra: "first", explained: true })];
}

function nextOnes() {
  const next = data.findings.slice(1, FIRST);
  if (!next.length) return null;
  const more = data.findings.length - FIRST;
  return [
    h("h2", null, "Then"),
    h("ol", null, next.map(brief)),
    more > 0
      ? h("p", { class: "more" }, h("a", { href: "#/findings" }, `All ${plural(data.findings.length, "finding")}`))
      : null,
  ];
}

function brief(finding) {
  return h(
    "li",
    { class: "finding brief" },
    h("p", { class: "message" }, said(finding.message)),
    h(
      "div",
      { class: "top" },
      place(finding.path, finding.line),
      ruleName(finding),
      h("span", { class: `weight ${finding.severity}` }, finding.severity),
      finding.fails ? h("span", { class: "over" }, "fails the check") : null,
    ),
  );
}

/* Origins by the places they press on, with the share of all places that the list covers so far. */
function causes() {
  const origins = data.findings
    .filter((finding) => CAUSES.includes(finding.rule) && finding.evidence.length)
    .sort((one, two) => two.evidence.length - one.evidence.length);
  if (!origins.length) return null;
  const all = origins.reduce((sum, finding) => sum + finding.evidence.length, 0);
  let covered = 0;
  const rows = origins.slice(0, ORIGINS).map((finding) => {
    const places = finding.evidence.length;
    covered += places;
    return h(
      "li",
      null,
      h(
        "div",
        { class: "what" },
        h("p", { class: "message" }, said(finding.message)),
        h("span", { class: "where" }, place(finding.path, finding.line), " ", ruleName(finding)),
      ),
      h("span", { class: "number" }, places.toLocaleString("en")),
      h(
        "span",
        { class: "tracks", "aria-hidden": "true" },
        h("span", { class: "bar", width: `${(100 * places) / origins[0].evidence.length}%` }),
      ),
      h("span", { class: "number quiet" }, `${Math.round((100 * covered) / all)} %`),
    );
  });
  return [
    h("h2", null, "Root causes"),
    h(
      "p",
      { class: "lead" },
      `${plural(origins.length, "origin")} put pressure on ${plural(all, "place")}. ` +
        "Beside each origin: its places, and the share of all places that it and those above it cover.",
    ),
    h("ol", { class: "pareto" }, rows),
  ];
}

/* Findings by rule; with a baseline, those that it knows beside those that are new. */
function rules() {
  const counts = {};
  for (const finding of data.findings) counts[finding.rule] = (counts[finding.rule] || 0) + 1;
  const codes = [...new Set([...Object.keys(counts), ...Object.keys(data.known)])].sort();
  if (!codes.length) return null;
  const trend = Object.keys(data.known).length > 0;
  const total = (code) => (counts[code] || 0) + (data.known[code] || 0);
  const most = Math.max(...codes.map(total));
  const row = (code) =>
    h(
      "tr",
      null,
      h("td", null, h("a", { href: address("findings", code) }, `${code} ${data.rules[code].name}`)),
      h("td", { class: "number" }, (counts[code] || 0).toLocaleString("en")),
      trend ? h("td", { class: "number quiet" }, (data.known[code] || 0).toLocaleString("en")) : null,
      h(
        "td",
        { class: "share" },
        h(
          "span",
          { class: "bars", "aria-hidden": "true" },
          counts[code] ? h("span", { class: "bar", width: `${(100 * counts[code]) / most}%` }) : null,
          data.known[code] ? h("span", { class: "bar known", width: `${(100 * data.known[code]) / most}%` }) : null,
        ),
      ),
    );
  return [
    h("h2", null, trend ? "Against the baseline" : "By rule"),
    trend
      ? h("p", { class: "lead" }, "What is new since the baseline was recorded, beside what it knows already.")
      : null,
    h(
      "table",
      null,
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          h("th", { scope: "col" }, "Rule"),
          h("th", { scope: "col", class: "number" }, trend ? "New" : "Findings"),
          trend ? h("th", { scope: "col", class: "number" }, "Known") : null,
          h("td", null),
        ),
      ),
      h("tbody", null, codes.map(row)),
    ),
  ];
}

function unmeasured() {
  const gaps = data.files.filter((file) => file.measured !== "complete");
  if (!gaps.length) return null;
  const words = { partial: "partly measured", none: "not measured" };
  return [
    h("h2", null, "Not measured"),
    paged(
      gaps,
      20,
      (file) => h("li", null, place(file.path), " ", h("span", { class: "quiet" }, words[file.measured])),
      h("ul", { class: "trail" }),
    ),
  ];
}
